"""All that can be read of a site that holds some of everything fits the official schema, in XML and in JSON. What is
wrong is collected by schema.py and told at the end of each test.
"""

import subprocess

import pytest
import schema
from lxml import etree
from programs import program
from simulator import PASSWORD, SITE, USER, start_sim

VERSION = "3.29"
XML, JSON = "application/xml", "application/json"

# list -> what is below each of its items; "" is the item itself.
LISTS = {
    "users": ["", "groups", "workbooks"],
    "groups": ["users"],
    "groupsets": [""],
    "projects": ["permissions", "default-permissions/workbooks", "default-permissions/datasources",
                 "default-permissions/flows", "default-permissions/virtualconnections"],
    "workbooks": ["", "views", "connections", "revisions", "permissions"],
    "views": ["", "permissions"],
    "datasources": ["", "connections", "revisions", "permissions"],
    "flows": ["", "connections", "permissions"],
    "customviews": ["", "default/users"],
    "virtualconnections": ["", "connections", "revisions", "permissions"],
    "tasks/extractRefreshes": [""],
    "tasks/runFlow": [""],
    "tasks/linked": [""],
    "subscriptions": [""],
    "dataAlerts": [""],
    "webhooks": [""],
    "jobs": [""],
    "site-auth-configurations": [],
    "connected-apps/direct-trust": [""],
}
NOT_MADE = {"server": {"connected-apps/direct-trust"}, "cloud": {"connected-apps/direct-trust", "tasks/linked"}}
WITH_FIELDS = {"users", "groups", "projects", "workbooks", "views", "datasources", "flows", "customviews"}
SINGLE = ["", "?includeUsage=true", "settings/embedding", "settings/extensions"]


def make(folder, profile):
    amounts = {"users": 6, "workbooks": 5, "groups": 3, "members": 2, "group-sets": 2, "projects": 6, "datasources": 4,
               "flows": 3, "virtual-connections": 2, "personal": 1, "revisions": 2, "custom-views": 3, "tasks": 3,
               "flow-tasks": 2, "linked-tasks": 1, "subscriptions": 3, "alerts": 2, "webhooks": 2, "jobs": 3,
               "favorites": 4, "collections": 2, "labels": 2, "warnings": 2, "databases": 1, "pulse": 1}
    command = [program("TABFERRY_SIM"), "make", "--data", str(folder), "--seed", "5", "--no-extracts"]
    command += ["--cloud"] if profile == "cloud" else []
    command += [word for name, count in amounts.items() for word in (f"--{name}", str(count))]
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)


class Reader:
    """Reads below one site, as its administrator."""

    def __init__(self, url):
        self.session = schema.session()
        self.base = f"{url}/api/{VERSION}"
        asked = f'<credentials name="{USER}" password="{PASSWORD}"><site contentUrl="{SITE}"/></credentials>'
        answer = self.session.post(f"{self.base}/auth/signin", f"<tsRequest>{asked}</tsRequest>")
        assert answer.status_code == 200, answer.text
        credentials = etree.fromstring(answer.content)[0]
        self.session.headers["X-Tableau-Auth"] = credentials.get("token")
        self.site = f"{self.base}/sites/{credentials[0].get('id')}"

    def get(self, url, form, **query):
        answer = self.session.get(url, headers={"Accept": form}, params=query)
        personal = url.endswith("/revisions") and answer.status_code == 403  # of what lies in somebody's personal space
        assert answer.status_code == 200 or personal, f"{url}: {answer.status_code} {answer.text}"
        return answer

    def ids(self, url, form, **query):
        """Of the items of a list (always by XML: JSON is judged, not read)."""
        root = etree.fromstring(self.get(url, XML, **query).content)
        if form == JSON:
            self.get(url, JSON, **query)
        found = [item if item.get("id") or not len(item) else item[0] for item in root[-1]]  # <task><extractRefresh id=
        return [item.get("id") for item in found if item.get("id")]


@pytest.fixture(scope="module", params=["server", "cloud"])
def site(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "site"
    make(folder, request.param)
    with start_sim("--profile", request.param, data=folder) as sim:
        reader = Reader(sim.url)
        reader.profile = request.param
        yield reader


@pytest.mark.parametrize("form", [XML, JSON])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_and_all_below_it(site, name, form):
    url = f"{site.site}/{name}"
    ids = site.ids(url, form, **({"fields": "_all_", "pageSize": "1000"} if name in WITH_FIELDS else {}))
    site.ids(url, form)
    assert ids or not LISTS[name] or name in NOT_MADE[site.profile]
    for one in ids:
        for below in LISTS[name]:
            site.get(f"{url}/{one}/{below}".rstrip("/"), form)


@pytest.mark.parametrize("form", [XML, JSON])
def test_what_is_no_list(site, form):
    for path in SINGLE:
        separator = "" if path.startswith("?") or not path else "/"
        site.get(f"{site.site}{separator}{path}", form)
    site.get(f"{site.base}/serverinfo", form)
    site.get(f"{site.base}/sessions/current", form)


@pytest.mark.parametrize("form", [XML, JSON])
def test_favorites(site, form):
    for user in site.ids(f"{site.site}/users", XML):
        site.get(f"{site.site}/favorites/{user}", form)


@pytest.mark.parametrize("form", [XML, JSON])
def test_schedules(site, form):
    if site.profile == "cloud":
        pytest.skip("Tableau Cloud has no schedules to share")
    for one in site.ids(f"{site.base}/schedules", form):
        site.get(f"{site.base}/schedules/{one}", form)
        site.get(f"{site.site}/schedules/{one}/extracts", form)


@pytest.mark.parametrize("form", [XML, JSON])
@pytest.mark.parametrize("path, status", [("users/00000000-0000-4000-8000-000000000000", 404), ("nothing", 404),
                                          ("workbooks?pageSize=1001", 403), ("workbooks?filter=a:b:c", 400),
                                          ("workbooks?pageNumber=99", 400)])
def test_refusals(site, path, status, form):
    assert site.session.get(f"{site.site}/{path}", headers={"Accept": form}).status_code == status
