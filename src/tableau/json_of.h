// XML answers as JSON: what a backup keeps of them.
#pragma once

#include "doc/json.h"
#include "doc/xml.h"

namespace tabferry::tableau {

// The element as JSON, lossless; every value is text, as the site sent it.
// - Attributes become keys, in their order; child elements become keys, in the order of their first sight.
// - A child stands in an array always where its parent is its plural or list ("tags"/"tag", "labelCategoryList"/
//   "labelCategory", "virtualConnectionConnections"/"connection") or the schema lets it repeat all the same
//   ("permissions"/"granteeCapabilities"), and wherever it appears more than once. Else it is a single value.
// - An element without attributes and children is its text, or {} where it has none: "tags": {}.
// - Text beside attributes or children is the key "value" (white space alone is layout and dropped).
// - A child named as an attribute of its parent gets "<name>Element"; a second "value" is "valueText".
// What belongs to the document and not to its data is left out: xmlns..., xsi:..., comments.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_schema.htm
doc::Json json_of(const doc::Element& element);

}  // namespace tabferry::tableau
