// A line of the journal, read without a tree of JSON values in between: a site of 100,000 items starts in half the
// time.
#pragma once

#include <string>
#include <vector>

#include "doc/json.h"
#include "sim/core/site.h"

namespace tabferry::sim {

// A SAX handler of nlohmann::json. Applies each change to the site as soon as it has been read. Throws Error{corrupt}
// for what the journal never writes.
class ChangeReader : public nlohmann::json_sax<doc::Json> {
 public:
  explicit ChangeReader(Site& site) : site_(site) {}

  bool start_array(std::size_t) override;
  bool end_array() override;
  bool start_object(std::size_t) override;
  bool end_object() override;
  bool key(string_t& text) override;
  bool string(string_t& text) override;
  bool boolean(bool value) override;

  bool null() override { refuse_value(); }
  bool number_integer(number_integer_t) override { refuse_value(); }
  bool number_unsigned(number_unsigned_t) override { refuse_value(); }
  bool number_float(number_float_t, const string_t&) override { refuse_value(); }
  bool binary(binary_t&) override { refuse_value(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override;

 private:
  // [                      lines
  //   ["+", kind, id,      change
  //     {name: value},     fields
  //     [node, ...]]]      parts; a node is {"n":, "a": {attributes}, "c": [nodes], "t":, "l":, "v":}
  enum class Place { outside, line, change, fields, parts, node, attributes };

  [[noreturn]] static void refuse_value();
  void take_word(std::string& text);
  void check_item() const;
  void finish_change();

  Site& site_;
  std::vector<Place> places_{Place::outside};
  std::string key_;
  std::vector<std::string> words_;  // "+", kind, id
  std::optional<Item> item_;
  std::vector<Node> nodes_;  // the open ones
};

}  // namespace tabferry::sim
