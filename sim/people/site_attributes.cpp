#include "sim/people/site_attributes.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "sim/core/kinds.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

enum class Editor : uint8_t { site_admin, server_admin };

struct SiteAttribute {
  std::string_view name;
  Shape shape = Shape::flag;
  std::string_view otherwise = "false";  // what a site says that has none; "": nothing
  Editor editor = Editor::site_admin;
  std::string_view words = {};  // what it may say, separated by spaces; "": anything of its shape
};

using enum Shape;
using enum Editor;

// The defaults are those of a new site [INF].
constexpr std::array kAttributes = {
    SiteAttribute{"name", text, "", server_admin},
    SiteAttribute{"contentUrl", text, "", server_admin},
    SiteAttribute{"adminMode", text, "ContentAndUsers", server_admin, "ContentAndUsers ContentOnly"},
    SiteAttribute{"state", text, "Active", server_admin, "Active Suspended"},
    SiteAttribute{"userQuota", number, "", server_admin},
    SiteAttribute{"storageQuota", number, "", server_admin},
    SiteAttribute{"tierCreatorCapacity", number, "", server_admin},
    SiteAttribute{"tierExplorerCapacity", number, "", server_admin},
    SiteAttribute{"tierViewerCapacity", number, "", server_admin},
    SiteAttribute{"disableSubscriptions"},
    SiteAttribute{"subscribeOthersEnabled", flag, "true"},
    SiteAttribute{"revisionHistoryEnabled", flag, "true"},
    SiteAttribute{"revisionLimit", number, "25"},
    SiteAttribute{"extractEncryptionMode", text, "disabled", site_admin, "enforced enabled disabled"},
    SiteAttribute{"timeZone", text, ""},
    SiteAttribute{"useDefaultTimeZone", flag, "true"},
    SiteAttribute{"userVisibilityMode", text, "FULL", site_admin, "FULL LIMITED"},
    SiteAttribute{"askDataMode", text, "DisabledByDefault", site_admin, "DisabledAlways DisabledByDefault"},
    SiteAttribute{"dataAccelerationMode", text, "disable"},
    SiteAttribute{"personalSpaceEnabled"},
    SiteAttribute{"personalSpaceStorageQuota", number, ""},
    SiteAttribute{"tagLimit", number, "50"},
    SiteAttribute{"adminInsightsPublishFrequency", number, ""},
    SiteAttribute{"autoSuspendRefreshEnabled", flag, "true"},
    SiteAttribute{"autoSuspendRefreshInactivityWindow", number, "30"},
    SiteAttribute{"maxServiceTokenLimitPerUser", number, ""},
    SiteAttribute{"refreshTokenAbsoluteExpiry", number, ""},
    SiteAttribute{"customSubscriptionEmail", text, ""},
    SiteAttribute{"customSubscriptionEmailEnabled"},
    SiteAttribute{"customSubscriptionFooter", text, ""},
    SiteAttribute{"customSubscriptionFooterEnabled"},
    SiteAttribute{"dashboardInsightsGroupId", text, ""},
    SiteAttribute{"generativeAiDataCatalogGroupId", text, ""},
    SiteAttribute{"generativeAiGroupId", text, ""},
    SiteAttribute{"generativeAiPrepGroupId", text, ""},
    SiteAttribute{"generativeAiPulseDiscoverGroupId", text, ""},
    SiteAttribute{"generativeAiPulseExternalEmbeddingsGroupId", text, ""},
    SiteAttribute{"generativeAiWebAuthoringGroupId", text, ""},
    SiteAttribute{"idpConfigurationIdForScim", text, ""},
    SiteAttribute{"pulseGroupId", text, ""},
    SiteAttribute{"allowSubscriptionAttachments", flag, "true"},
    SiteAttribute{"attributeCaptureEnabled"},
    SiteAttribute{"authoringEnabled", flag, "true"},
    SiteAttribute{"autoExtractRefreshMonitoringEnabled"},
    SiteAttribute{"autoFlowRunMonitoringEnabled"},
    SiteAttribute{"blockNonExtractEnabled"},
    SiteAttribute{"cacheWarmupEnabled", flag, "true"},
    SiteAttribute{"catalogObfuscationEnabled"},
    SiteAttribute{"catalogingEnabled", flag, "true"},
    SiteAttribute{"cmekEnabled"},
    SiteAttribute{"commentingEnabled", flag, "true"},
    SiteAttribute{"commentingMentionsEnabled", flag, "true"},
    SiteAttribute{"contentMigrationToolEnabled"},
    SiteAttribute{"dashboardInsightsEnabled"},
    SiteAttribute{"dashboardNarrativeEnabled"},
    SiteAttribute{"dataAlertsEnabled", flag, "true"},
    SiteAttribute{"dataOrientationEnabled", flag, "true"},
    SiteAttribute{"derivedPermissionsEnabled"},
    SiteAttribute{"dqwSubscriptionsEnabled"},
    SiteAttribute{"easEnabled"},
    SiteAttribute{"editingFlowsEnabled", flag, "true"},
    SiteAttribute{"einsteinInFlowEnabled"},
    SiteAttribute{"explainDataEnabled", flag, "true"},
    SiteAttribute{"exploreInTableauEnabled", flag, "true"},
    SiteAttribute{"flowAutoSaveEnabled", flag, "true"},
    SiteAttribute{"flowFederationStrategySelectedConnectionEnabled"},
    SiteAttribute{"flowOutputSubscriptionsDataAsEmailAttachmentEnabled"},
    SiteAttribute{"flowOutputSubscriptionsDataInEmailBodyEnabled"},
    SiteAttribute{"flowOutputSubscriptionsEnabled"},
    SiteAttribute{"flowParametersAnyTypeEnabled"},
    SiteAttribute{"flowParametersEnabled", flag, "true"},
    SiteAttribute{"flowParametersSystemTypeEnabled"},
    SiteAttribute{"flowsEnabled", flag, "true"},
    SiteAttribute{"generativeAiDataCatalog"},
    SiteAttribute{"generativeAiEnabled"},
    SiteAttribute{"generativeAiPrep"},
    SiteAttribute{"generativeAiPulse"},
    SiteAttribute{"generativeAiPulseDiscoverEnabled"},
    SiteAttribute{"generativeAiPulseExternalEmbeddingsEnabled"},
    SiteAttribute{"generativeAiWebAuthoring"},
    SiteAttribute{"generativeAiWebAuthoringOnPremEnabled"},
    SiteAttribute{"groupAssertionsConnectedAppsEnabled"},
    SiteAttribute{"groupAssertionsEnabled"},
    SiteAttribute{"groupAssertionsOIDCEnabled"},
    SiteAttribute{"groupAssertionsSAMLEnabled"},
    SiteAttribute{"groupSetsEnabled", flag, "true"},
    SiteAttribute{"guestAccessEnabled"},
    SiteAttribute{"linkedTaskRunNowEnabled", flag, "true"},
    SiteAttribute{"linkedTaskSchedulingEnabled", flag, "true"},
    SiteAttribute{"loginBasedLicenseManagementEnabled"},
    SiteAttribute{"metricsContentTypeEnabled"},
    SiteAttribute{"mfaEnforcementExemption"},
    SiteAttribute{"mobileBiometricsEnabled"},
    SiteAttribute{"namedSharingEnabled", flag, "true"},
    SiteAttribute{"notifySiteAdminsOnThrottle"},
    SiteAttribute{"publishToSalesforceEnabled"},
    SiteAttribute{"pulseEnabled", flag, "true"},
    SiteAttribute{"pulsePersonalizedRankingEnabled"},
    SiteAttribute{"recycleBinEnabled"},
    SiteAttribute{"requestAccessEnabled", flag, "true"},
    SiteAttribute{"runNowEnabled", flag, "true"},
    SiteAttribute{"schedulingFlowsEnabled", flag, "true"},
    SiteAttribute{"selfServiceScheduleForRefreshEnabled"},
    SiteAttribute{"sheetImageEnabled", flag, "true"},
    SiteAttribute{"siteInviteEmailEnabled", flag, "true"},
    SiteAttribute{"sitePromptedLoginFlowEnabled"},
    SiteAttribute{"webExtractionEnabled"},
    SiteAttribute{"webZoneContentEnabled", flag, "true"},
    SiteAttribute{"workflowExtensionEnabled"},
};

std::string value_of(const Item& site, const SiteAttribute& attribute) {
  return site.has(attribute.name) ? site.get(attribute.name) : std::string(attribute.otherwise);
}

[[noreturn]] void refuse_value(const SiteAttribute& attribute, const std::string& value) {
  refuse(400003, "'{}' is no value for the attribute '{}' of a site.", value, attribute.name);
}

void check_number(const SiteAttribute& attribute, const std::string& value) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size() || number < -1) refuse_value(attribute, value);
  const bool is_limit = attribute.name == "revisionLimit";
  if (is_limit && number != -1 && (number < 2 || number > 10000)) refuse_value(attribute, value);
}

void check_text(const SiteAttribute& attribute, const std::string& value) {
  if (attribute.name == "name" && base::trim(value).empty()) refuse_value(attribute, value);
  const auto is_allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  if (attribute.name == "contentUrl" && !std::all_of(value.begin(), value.end(), is_allowed))
    refuse_value(attribute, value);
  if (attribute.words.empty()) return;
  const auto words = base::split(attribute.words, ' ');
  if (std::find(words.begin(), words.end(), value) == words.end()) refuse_value(attribute, value);
}

// As it is kept.
std::string checked(const SiteAttribute& attribute, const std::string& value) {
  if (attribute.shape == flag) {
    const std::string word = base::lower(value);
    if (word != "true" && word != "false") refuse_value(attribute, value);
    return word;
  }
  if (attribute.shape == number)
    check_number(attribute, value);
  else
    check_text(attribute, value);
  return value;
}

const SiteAttribute& attribute_named(std::string_view name) {
  for (const auto& attribute : kAttributes)
    if (attribute.name == name) return attribute;
  refuse(400000, "Attribute '{}' is not allowed to appear in element 'site'.", name);
}

}  // namespace

Node site_node(const Item& site, bool sees_all) {
  Node node("site");
  node.with("id", site.id()).with("name", site.get("name")).with("contentUrl", site.get("contentUrl"));
  if (!sees_all) return node;
  for (const auto& attribute : kAttributes) {
    const std::string value = value_of(site, attribute);
    if (attribute.name == "name" || attribute.name == "contentUrl" || value.empty()) continue;
    if (attribute.shape == flag)
      node.with_flag(attribute.name, value == "true");
    else
      node.with(attribute.name, value);
  }
  return node;
}

void take_site_attributes(Item& site, const Node& asked, bool is_server_admin) {
  for (const auto& given : asked.attributes) {
    const SiteAttribute& attribute = attribute_named(given.name);
    const std::string value = checked(attribute, given.value);
    if (value == value_of(site, attribute)) continue;
    if (attribute.editor == server_admin && !is_server_admin)
      refuse(403004, "The attribute '{}' of a site is the server administrators'.", given.name);
    site.set(given.name, value);
  }
}

}  // namespace tabferry::sim
