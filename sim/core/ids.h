// Names that the site makes up, from the machine's random source: none can be guessed.
#pragma once

#include <string>

namespace tabferry::sim {

// "3f2b...-....-4...-....-............", a random UUID
std::string make_luid();
// "<22 letters and digits>|<32 of them>", as real ones look
std::string make_session_token();
// "3877:63f8579222de403ea574673e22dafdca-1:0" (fileUploadSessionIdType of the schema)
std::string make_upload_session_id();

}  // namespace tabferry::sim
