// A file of Tableau's that passes by, block by block, and is looked at without being kept: which kind its bytes prove, and
// whether its end is there. Cuts are found so, not flipped bits: those are for a checksum's eye.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tabferry::package {

class PassingCheck {
 public:
  enum class Form {
    unknown,  // no byte came yet
    zip,      // begins with PK\x03\x04
    xml,
    json,
    other,    // nothing can be said of its end
  };

  // The first so many bytes together prove the form; a shorter file's, all of them.
  static constexpr size_t kProofBytes = 4096;

  // At any size. Keeps the last 128 KiB (a zip's end record with the longest comment, and the end of its directory).
  void feed(std::string_view block);
  // What the bytes so far prove, for good after kProofBytes: a byte order mark and white space before '<', '{' and '[' are passed over.
  Form form() const { return form_; }
  // Throws Error{corrupt} with `what` where the end is not that of a whole file:
  //   zip   an end record (zip64's too: APPNOTE.TXT 4.3.14 - 4.3.16) at the very end, whose directory begins where it says,
  //         ends at the record, and, as far as it is kept, is made of as many entries as it says
  //   xml   ends with the end tag of its root; json: with the bracket that it began with
  // and where it is a web page or an error of the REST API, sent in the file's place.
  void finish(const std::string& what) const;

 private:
  void finish_zip(const std::string& what) const;
  void finish_xml(const std::string& what) const;

  Form form_ = Form::unknown;
  std::string head_;  // the first bytes: for the form and the name of an XML root
  std::string tail_;
  uint64_t size_bytes_ = 0;
};

}  // namespace tabferry::package
