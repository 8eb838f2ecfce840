// The file of an import (https://help.tableau.com/current/server/en-us/csvguidelines.htm).
#include "base/text.h"
#include "sim/people/user_import.h"

namespace tabferry::sim {
namespace {

class Rows {
 public:
  explicit Rows(std::string_view text) : text_(text) {}

  std::vector<std::vector<std::string>> read() {
    while (at_ < text_.size()) take(text_[at_++]);
    if (in_quotes_) refuse(400019, "The import file has a quote that does not end.");
    end_row();
    return std::move(rows_);
  }

 private:
  void take(char c) {
    if (in_quotes_)
      take_quoted(c);
    else if (c == '"')
      in_quotes_ = true;
    else if (c == ',')
      end_field();
    else if (c == '\n')
      end_row();
    else if (c != '\r')
      field_ += c;
  }

  void take_quoted(char c) {
    if (c != '"') {
      field_ += c;
    } else if (at_ < text_.size() && text_[at_] == '"') {
      field_ += '"';
      ++at_;
    } else {
      in_quotes_ = false;
    }
  }

  void end_field() {
    row_.emplace_back(base::trim(field_));
    field_.clear();
  }

  void end_row() {
    if (row_.empty() && field_.empty()) return;
    end_field();
    rows_.push_back(std::move(row_));
    row_.clear();
  }

  std::string_view text_;
  size_t at_ = 0;
  bool in_quotes_ = false;
  std::string field_;
  std::vector<std::string> row_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace

std::vector<std::vector<std::string>> parse_import_file(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (!base::is_utf8(text)) refuse(400019, "The import file is no UTF-8.");
  return Rows(text).read();
}

}  // namespace tabferry::sim
