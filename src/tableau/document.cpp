#include "tableau/document.h"

#include "base/error.h"
#include "base/text.h"
#include "tableau/content_disposition.h"
#include "tableau/json_of.h"
#include "tableau/json_text.h"

namespace tabferry::tableau {
namespace {

[[noreturn]] void fail_without(const std::string& element, const std::string& doing) {
  base::fail(base::ErrorKind::corrupt, "{}: the answer holds no {}, but something else", doing, base::quoted(element));
}

doc::Json body_of_xml(const Answer& answer, const std::string& element, const std::string& doing) {
  const doc::Element root = answer.root(doing);
  if (element.empty()) return json_of(root);
  if (const auto found = root.child(element)) return json_of(found);
  if (const auto deeper = root.descendants(element); !deeper.empty()) return json_of(deeper.front());
  if (!root.children().empty()) fail_without(element, doing);
  return nullptr;
}

doc::Json body_of_json(const Answer& answer, const std::string& element, const std::string& doing) {
  doc::Json all = answer.json(doing);
  if (element.empty()) return all;
  if (const doc::Json* found = found_at(all, element)) return *found;
  if (!all.empty()) fail_without(element, doing);
  return nullptr;
}

class FileOnItsWay : public Download {
 public:
  FileOnItsWay(std::unique_ptr<http::Incoming> body, std::string doing)
      : body_(std::move(body)),
        doing_(std::move(doing)),
        filename_(filename_in(body_->head().header("content-disposition"))) {}

  std::optional<uint64_t> size_bytes() const override { return body_->size_bytes(); }
  std::string filename() const override { return filename_; }
  size_t read(std::span<char> into) override {
    try {
      return body_->read(into);
    } catch (const base::Error& error) {
      throw base::Error(error.kind(), fmt::format("{}: {}", doing_, error.what()));
    }
  }

 private:
  std::unique_ptr<http::Incoming> body_;
  std::string doing_, filename_;
};

}  // namespace

Document get_document(Lane& lane, const Call& call, const std::string& element, std::stop_token stop) {
  const Answer answer = lane.ask(call, stop);
  Document document{.refusal = answer.refusal(), .as_of = answer.date()};
  if (document.refusal) return document;
  if (!answer.ok()) answer.fail(call.doing);
  document.body =
      answer.is_json() ? body_of_json(answer, element, call.doing) : body_of_xml(answer, element, call.doing);
  return document;
}

DownloadResult begin_download(Lane& lane, const Call& call, std::stop_token stop) {
  Opened opened = lane.open(call, stop);
  if (auto refusal = opened.answer.refusal()) return {.refusal = std::move(refusal)};
  if (!opened.answer.ok()) opened.answer.fail(call.doing);
  if (opened.answer.web_page()) (void)opened.answer.root(call.doing);  // throws: a proxy's word, or a login page
  return {.file = std::make_unique<FileOnItsWay>(std::move(opened.body), call.doing)};
}

}  // namespace tabferry::tableau
