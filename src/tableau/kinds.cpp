#include "tableau/kinds.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "base/url.h"

namespace tabferry::tableau {
namespace {

constexpr SiteDocument kSite[] = {
    {"site", {}, Below::api, "sites/{}?includeUsage=true", "site"},
    {"server", {204}, Below::api, "serverinfo", "serverInfo"},
    {"embedding", {316}, Below::site, "settings/embedding", "site"},
    {"extensions", {321}, Below::site, "settings/extensions", "extensionsSiteSettings"},
    {"mobile_security", {318}, Below::site, "settings/mobilesecuritysettings", "mobileSecuritySettingsList"},
    {"notifications", {315}, Below::site, "settings/notifications", "userNotificationsPreferences"},
    {"oidc", {322, 323}, Below::site, "site-oidc-configuration", "siteOIDCConfiguration"},
};

constexpr LabelledKind kLabelled[] = {
    {"workbooks", "workbook"},
    {"views", "view"},
    {"datasources", "datasource"},
    {"flows", "flow"},
    {"databases", "database"},
    {"tables", "table"},
    {"virtual_connections", "virtualConnection"},
};

}  // namespace

int version_number(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return 0;
  int major = 0;
  int minor = 0;
  const auto first = std::from_chars(text.data(), text.data() + dot, major);
  const auto second = std::from_chars(text.data() + dot + 1, text.data() + text.size(), minor);
  const bool whole = first.ec == std::errc{} && second.ec == std::errc{} && second.ptr == text.data() + text.size();
  return whole && major > 0 && major < 1000 && minor >= 0 && minor < 100 ? major * 100 + minor : 0;
}

std::span<const SiteDocument> site_documents() { return kSite; }
std::span<const LabelledKind> labelled_kinds() { return kLabelled; }

const ListedKind* listed_kind(std::string_view kind) {
  for (const auto& row : listed_kinds())
    if (row.kind == kind) return &row;
  return nullptr;
}

ListRequest request_for(const ListedKind& kind) {
  return {.doing = fmt::format("listing the {}", kind.noun),
          .below = kind.below,
          .path = std::string(kind.path),
          .sort = std::string(kind.sort),
          .wrapper = std::string(kind.wrapper),
          .item = std::string(kind.item),
          .id_path = std::string(kind.id_path),
          .paged = kind.paged};
}

std::string path_for(std::string_view path, std::string_view id) {
  const auto place = path.find("{}");
  if (place == std::string_view::npos) return std::string(path);
  return fmt::format("{}{}{}", path.substr(0, place), base::percent_encoded(id), path.substr(place + 2));
}

}  // namespace tabferry::tableau
