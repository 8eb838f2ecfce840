// `tabferry init`: a first configuration that says by itself what to change.
#include "app/settings.h"
#include "app/settings_address.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

// {0}: server, {1}: site.
constexpr std::string_view kStarter = R"yaml(# The configuration of tabferry. Look at it: tabferry config show.
# Try it: tabferry doctor; without publishing: tabferry publish --dry-run
# Paths that are not absolute start at this file's folder.

sites:                          # the first one is the default; --site NAME picks another
  main:
    server: "{0}"
    site: "{1}"                 # the part after /#/site/ in the browser; "" is a Server's default site
    auth:
      # A personal access token. Make it in the browser: your picture (top right) > My Account Settings >
      # Personal Access Tokens. Its secret is shown once. Do not write it here, name where it is found:
      pat_name: tabferry                   # the name that you gave the token
      pat_secret: "env:TABLEAU_PAT_SECRET" # or "file:PATH"
      # On Tableau Server also: username: NAME, and password: "env:NAME" or "file:PATH"
    # A token has one session. Where several workers share a backup they sign in by a connected app (docs/accounts.md):
    # worker_auth:
    #   connected_app: {{client_id: ID, secret_id: ID, secret_value: "env:TABLEAU_APP_SECRET", username: me@acme.example}}

# memory: 512MiB                # what tabferry may use; at least 256MiB

# S3: credentials come from where AWS's own tools look (environment, ~/.aws, SSO, the machine's role) unless you say more
# (docs/s3.md). A directory can stand in for a bucket: s3://my-bucket/x.csv is then /data/buckets/my-bucket/x.csv
# s3: {{region: eu-west-1, buckets: {{my-bucket: {{endpoint: "file:///data/buckets"}}}}}}

# Backups of the whole site (docs/backup.md): where they are, what is left out, what `tabferry prune` keeps, who is told.
# store: s3://my-bucket/tableau                                   # or file:///DIR, or a path beside this file
# backup: {{exclude: ["Scratch/**"], full_every: 7d}}               # all else is taken; after 7 days all is downloaded again
# prune: {{keep_last: 3, keep_daily: 7, keep_weekly: 4, keep_monthly: 12}}
# notify: {{on_failure: ["env:SLACK_WEBHOOK_URL"]}}                 # a webhook; also sns:ARN, exec:COMMAND

# What `tabferry publish` makes. Only backups wanted? Take it out, down to the end.
datasources:
  sales:                        # what you call it on the command line: tabferry publish sales
    name: "Sales (daily)"       # what people see on the site; default: the key
    project: default            # on the site: the full path, such as Finance/Daily, or a name that only one project has
    template: sales.tdsx        # made once in Tableau Desktop; its extract is swapped, the file is never written
                                # Not there yet? `tabferry publish` builds the extract and says how to make it.
    tables:
      orders:                   # the table in the extract
        files: "data/orders/*.csv"         # or s3://BUCKET/orders/*.csv.gz, file:///DIR/*.csv; * stops at /, ** crosses it
        columns:                           # in the order of the files; or header_file: the two-line file (names, types)
          order_id: {{type: bigint, nullable: false}}
          ordered_on: date
          customer: text
          amount: "numeric(18,2)"
        # csv: {{delimiter: ";", quote: '"', header: true}}   # defaults: comma, double quote, true
        file_column: File Path             # lineage: the file of each row; leave it out for none
)yaml";

constexpr std::string_view kForms =
    "copy it from the browser when you are signed in: https://HOST/#/site/NAME/home, "
    "or https://HOST/#/home for a Server's default site";

BrowserAddress read_site_url(const std::string& site_url) {
  auto address = parse_browser_address(base::trim(site_url));
  if (address && (address->rest.empty() || address->rest == "/")) address->content_url = "";  // a Server's default site
  if (!address || !address->content_url)
    base::fail(ErrorKind::usage, "{} is no address of a site; {}", base::quoted(site_url), kForms);
  if (address->content_url->empty() && is_tableau_cloud(address->host))
    base::fail(ErrorKind::usage, "{} does not say which site: on Tableau Cloud the address has /#/site/NAME in it; {}",
               base::quoted(site_url), kForms);
  if (!is_content_url(*address->content_url))
    base::fail(ErrorKind::usage, "{} is no site's part of an address; {}", base::quoted(*address->content_url), kForms);
  return *address;
}

}  // namespace

std::string starter_config(const std::string& site_url) {
  if (site_url.empty()) return fmt::format(kStarter, "https://YOUR-POD.online.tableau.com", "YOUR-SITE");
  const BrowserAddress address = read_site_url(site_url);
  return fmt::format(kStarter, address.server, *address.content_url);
}

}  // namespace tabferry::app
