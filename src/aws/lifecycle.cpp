#include "aws/lifecycle.h"

#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "doc/xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

// A number that cannot be read must not make a rule look harmless.
std::optional<uint64_t> days_in(const doc::Element& element, std::string_view name) {
  const auto child = element.child(name);
  if (!child) return std::nullopt;
  const std::string text(base::trim(child.text()));
  uint64_t days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  return error == std::errc{} && end == text.data() + text.size() ? days : 0;
}

store::When when_of(const doc::Element& element) {
  store::When when{.after_days = days_in(element, "Days"), .on = {}};
  if (const auto date = element.child("Date"))
    when.on = base::parse_iso_time(base::trim(date.text())).value_or(base::WallTime{});
  return when;
}

// Which objects it is for: a <Filter> with one condition, several of them in an <And>, or (of old) a <Prefix> alone.
void read_filter(const doc::Element& element, store::LifecycleRule& rule) {
  const auto filter = element.child("Filter");
  const auto conditions = filter.child("And") ? filter.child("And") : filter;
  rule.prefix = (filter ? conditions : element).child("Prefix").text();
  rule.tagged_only = static_cast<bool>(conditions.child("Tag"));
  rule.sized_only = conditions.child("ObjectSizeGreaterThan") || conditions.child("ObjectSizeLessThan");
}

store::LifecycleRule rule_of(const doc::Element& element) {
  store::LifecycleRule rule{.id = element.child("ID").text(), .prefix = {}};
  rule.enabled = element.child("Status").text() != "Disabled";
  read_filter(element, rule);
  rule.expires = when_of(element.child("Expiration"));  // neither days nor date: of markers of deleted objects
  for (const auto& transition : element.children("Transition"))
    rule.transitions.push_back(
        {.storage_class = transition.child("StorageClass").text(), .when = when_of(transition)});
  rule.noncurrent_expires_after_days =
      days_in(element.child("NoncurrentVersionExpiration"), "NoncurrentDays");
  rule.aborts_uploads_after_days =
      days_in(element.child("AbortIncompleteMultipartUpload"), "DaysAfterInitiation");
  return rule;
}

bool may_pass(ErrorKind kind) { return kind == ErrorKind::transient || kind == ErrorKind::cancelled; }

}  // namespace

store::Lifecycle lifecycle_of(const Bucket& bucket) {
  const BucketCall call{
      .doing = "reading the lifecycle rules of", .right = "s3:GetLifecycleConfiguration", .query = "?lifecycle="};
  const auto response = bucket.ask(call);
  if (response.status >= 300) {
    const auto refusal = refusal_in(response);
    if (refusal.code == "NoSuchLifecycleConfiguration") return {};
    if (response.status == 501) return {.offered = false};
    const auto error = error_of(refusal, bucket.asked(call.doing, "", call.right));
    if (may_pass(error.kind())) throw error;
    return {.readable = false, .why_not = error.what()};
  }
  const auto document =
      doc::XmlDocument::parse(response.body, fmt::format("the lifecycle rules of {}", bucket.url("")));
  if (document.root().name() != "LifecycleConfiguration")
    base::fail(ErrorKind::corrupt, "{}: the answer is a <{}>, not the bucket's lifecycle rules",
               base::quoted(bucket.url(""), 400), document.root().name());
  store::Lifecycle lifecycle;
  for (const auto& rule : document.root().children("Rule")) lifecycle.rules.push_back(rule_of(rule));
  return lifecycle;
}

}  // namespace tabferry::aws
