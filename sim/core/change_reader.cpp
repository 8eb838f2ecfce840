#include "sim/core/change_reader.h"

#include "base/error.h"
#include "sim/core/kinds.h"

namespace tabferry::sim {

void ChangeReader::refuse_value() { base::fail(base::ErrorKind::corrupt, "a line is no change of a simulated site"); }

bool ChangeReader::start_array(std::size_t) {
  switch (places_.back()) {
    case Place::outside:
      places_.push_back(Place::line);
      return true;
    case Place::line:
      places_.push_back(Place::change);
      return true;
    case Place::change:
      if (!item_) refuse_value();
      places_.push_back(Place::parts);
      return true;
    case Place::node:
      places_.push_back(Place::parts);
      return true;  // "c"
    default:
      refuse_value();
  }
}

bool ChangeReader::end_array() {
  if (places_.back() == Place::change) finish_change();
  places_.pop_back();
  return true;
}

bool ChangeReader::start_object(std::size_t) {
  switch (places_.back()) {
    case Place::change:
      if (words_.size() != 3) refuse_value();
      item_.emplace(kind_named(words_[1]), words_[2]);
      places_.push_back(Place::fields);
      return true;
    case Place::parts:
      nodes_.emplace_back();
      places_.push_back(Place::node);
      return true;
    case Place::node:
      places_.push_back(Place::attributes);
      return true;  // "a"
    default:
      refuse_value();
  }
}

bool ChangeReader::end_object() {
  const Place ended = places_.back();
  places_.pop_back();
  if (ended != Place::node) return true;
  Node node = std::move(nodes_.back());
  nodes_.pop_back();
  if (nodes_.empty())
    item_->put_part(std::move(node));
  else
    nodes_.back().add(std::move(node));
  return true;
}

bool ChangeReader::key(string_t& text) {
  key_.swap(text);
  return true;
}

bool ChangeReader::string(string_t& text) {
  switch (places_.back()) {
    case Place::change:
      take_word(text);
      return true;
    case Place::fields:
      item_->add(std::move(key_), std::move(text));
      return true;
    case Place::attributes:
      nodes_.back().with(key_, text);
      return true;
    case Place::node:
      (key_ == "n" ? nodes_.back().name : nodes_.back().text) = std::move(text);
      return true;
    default:
      refuse_value();
  }
}

bool ChangeReader::boolean(bool value) {
  if (places_.back() == Place::attributes)
    nodes_.back().with_flag(key_, value);
  else if (places_.back() == Place::node)
    (key_ == "l" ? nodes_.back().is_list : nodes_.back().is_literal) = value;
  else
    refuse_value();
  return true;
}

bool ChangeReader::parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
  base::fail(base::ErrorKind::corrupt, "a line is no JSON ({})", error.what());
}

void ChangeReader::take_word(std::string& text) {
  words_.push_back(std::move(text));
  if (words_.size() > 3) refuse_value();
}

// What the site relies on wherever it uses an item: a file of its own folder, rules of a grantee and capabilities.
void ChangeReader::check_item() const {
  if (item_->get("_file").find('/') != std::string::npos) refuse_value();
  for (const auto& part : item_->parts())
    if (part.name == "granteeCapabilities" && part.children.size() != 2) refuse_value();
}

void ChangeReader::finish_change() {
  if (words_.size() != 3) refuse_value();
  if (words_[0] == "+" && item_)
    site_.put(std::move(*item_));
  else if (words_[0] == "-" && !item_)
    site_.erase(kind_named(words_[1]), words_[2]);
  else
    refuse_value();
  words_.clear();
  item_.reset();
}

}  // namespace tabferry::sim
