#include "sim/catalog/graphql.h"

#include <algorithm>

#include "base/text.h"

namespace tabferry::sim::graphql {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 10;
constexpr int kDeepest = 20;

bool is_name_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

struct Token {
  enum class Kind { end, name, number, text, sign } kind = Kind::end;
  std::string text;
  int line = 1, column = 1;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) { next(); }

  const Token& peek() const { return token_; }
  bool at(std::string_view sign) const { return token_.kind == Token::Kind::sign && token_.text == sign; }

  Token take() {
    Token taken = std::move(token_);
    next();
    return taken;
  }

  bool take_if(std::string_view sign) {
    if (!at(sign)) return false;
    next();
    return true;
  }

  void expect(std::string_view sign) {
    if (!take_if(sign)) fail(fmt::format("'{}' expected", sign));
  }

  std::string take_name() {
    if (token_.kind != Token::Kind::name) fail("a name expected");
    return take().text;
  }

  [[noreturn]] void fail(const std::string& reason) const {
    base::fail(base::ErrorKind::corrupt, "Invalid Syntax : {} at {} line {} column {}", reason,
               token_.kind == Token::Kind::end ? "the end," : base::quoted(token_.text), token_.line, token_.column);
  }

 private:
  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (std::string_view(" \t\r\n,").find(text_[at_]) != std::string_view::npos) {
        if (text_[at_++] == '\n') line_start_ = at_, ++line_;
      } else {
        return;
      }
    }
  }

  void next() {
    skip();
    token_ = {Token::Kind::end, "", line_, static_cast<int>(at_ - line_start_) + 1};
    if (at_ >= text_.size()) return;
    const char c = text_[at_];
    if (c == '"') return read_text();
    if (is_name_letter(c) || c == '-') return read_word();
    token_.kind = Token::Kind::sign;
    token_.text = text_.substr(at_, text_.substr(at_).starts_with("...") ? 3 : 1);
    at_ += token_.text.size();
  }

  void read_word() {
    const size_t start = at_;
    const bool is_number = text_[at_] == '-' || (text_[at_] >= '0' && text_[at_] <= '9');
    ++at_;
    while (at_ < text_.size() &&
           (is_name_letter(text_[at_]) || (is_number && (text_[at_] == '.' || text_[at_] == '+'))))
      ++at_;
    token_.kind = is_number ? Token::Kind::number : Token::Kind::name;
    token_.text = text_.substr(start, at_ - start);
  }

  void read_text() {
    token_.kind = Token::Kind::text;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\n') break;
      if (text_[at_] != '\\')
        token_.text += text_[at_];
      else if (++at_ < text_.size())
        token_.text += text_[at_] == 'n' ? '\n' : text_[at_] == 't' ? '\t' : text_[at_];
    }
    if (at_ >= text_.size() || text_[at_] != '"') fail("a text is not closed");
    ++at_;
  }

  std::string_view text_;
  size_t at_ = 0, line_start_ = 0;
  int line_ = 1;
  Token token_;
};

Value parse_value(Reader& in, int depth) {
  if (depth > kDeepest) in.fail("too many levels");
  using Kind = Value::Kind;
  if (in.take_if("$")) return {.kind = Kind::variable, .text = in.take_name(), .items = {}, .members = {}};
  Value value;
  if (in.take_if("[")) {
    value.kind = Kind::list;
    while (!in.take_if("]")) value.items.push_back(parse_value(in, depth + 1));
    return value;
  }
  if (in.take_if("{")) {
    value.kind = Kind::object;
    while (!in.take_if("}")) {
      std::string name = in.take_name();
      in.expect(":");
      value.members.emplace_back(std::move(name), parse_value(in, depth + 1));
    }
    return value;
  }
  if (in.peek().kind == Token::Kind::sign || in.peek().kind == Token::Kind::end) in.fail("a value expected");
  const Token token = in.take();
  value.text = token.text;
  if (token.kind == Token::Kind::text)
    value.kind = Kind::text;
  else if (token.kind == Token::Kind::number)
    value.kind = Kind::number;
  else if (token.text == "true" || token.text == "false")
    value.kind = Kind::flag;
  else
    value.kind = token.text == "null" ? Kind::null : Kind::word;
  return value;
}

std::vector<Field> parse_fields(Reader& in, int depth);

Field parse_field(Reader& in, int depth) {
  if (in.at("...")) in.fail("fragments are not known to this simulator");
  if (in.at("@")) in.fail("directives are not known to this simulator");
  Field field;
  field.line = in.peek().line;
  field.column = in.peek().column;
  field.alias = field.name = in.take_name();
  if (in.take_if(":")) field.name = in.take_name();
  if (in.take_if("(")) {
    while (!in.take_if(")")) {
      std::string name = in.take_name();
      in.expect(":");
      field.arguments.emplace_back(std::move(name), parse_value(in, depth + 1));
    }
  }
  if (in.at("{")) field.fields = parse_fields(in, depth + 1);
  return field;
}

std::vector<Field> parse_fields(Reader& in, int depth) {
  if (depth > kDeepest) in.fail("too many levels");
  in.expect("{");
  std::vector<Field> fields;
  while (!in.take_if("}")) fields.push_back(parse_field(in, depth));
  if (fields.empty()) in.fail("a field expected");
  return fields;
}

// ($first: Int = 10, $after: String!): what they are is in the request's variables.
void skip_declarations(Reader& in) {
  if (!in.take_if("(")) return;
  while (!in.take_if(")")) {
    if (in.peek().kind == Token::Kind::end) in.fail("')' expected");
    in.take();
  }
}

}  // namespace

const Value* Value::member(std::string_view name) const {
  const auto at = std::find_if(members.begin(), members.end(), [&](const auto& one) { return one.first == name; });
  return at == members.end() ? nullptr : &at->second;
}

const Value* Field::argument(std::string_view wanted) const {
  const auto at =
      std::find_if(arguments.begin(), arguments.end(), [&](const auto& one) { return one.first == wanted; });
  return at == arguments.end() ? nullptr : &at->second;
}

std::vector<Field> parse(std::string_view query) {
  if (query.size() > kMaxBytes) base::fail(base::ErrorKind::corrupt, "Invalid Syntax : the query is too large");
  Reader in(query);
  if (!in.at("{")) {
    if (in.take_name() != "query") in.fail("only queries are known");
    if (in.peek().kind == Token::Kind::name) in.take();
    skip_declarations(in);
  }
  std::vector<Field> fields = parse_fields(in, 0);
  if (in.peek().kind != Token::Kind::end) in.fail("one operation expected");
  return fields;
}

}  // namespace tabferry::sim::graphql
