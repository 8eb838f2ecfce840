// Wildcards over keys and paths.
//
// Two forms, because today's users come with both:
//   paths    `*` and `?` stop at '/', `**` crosses it ("**/" also matches nothing)      our own YAML
//   fnmatch  `*` and `?` cross '/'                                                      the s3-to-hyper sample's config.json
//            (Python's fnmatch on the whole key: https://docs.python.org/3/library/fnmatch.html)
// Both know [abc], [a-z] and [!abc]; a '[' that is never closed is a plain character. There is no escape but [*].
#pragma once

#include <string>
#include <string_view>

namespace tabferry::base {

class Glob {
 public:
  enum class Form { paths, fnmatch };

  Glob() = default;
  explicit Glob(std::string pattern, Form form = Form::paths) : pattern_(std::move(pattern)), form_(form) {}

  // Linear in the text for each star: no pattern makes it explode.
  bool matches(std::string_view text) const;
  // What every match starts with: all before the first wildcard. What a listing needs to ask for.
  std::string literal_prefix() const;
  // No wildcard in it: it matches itself alone.
  bool is_literal() const { return literal_prefix() == pattern_; }
  const std::string& pattern() const { return pattern_; }

 private:
  std::string pattern_;
  Form form_ = Form::paths;
};

}  // namespace tabferry::base
