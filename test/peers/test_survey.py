"""What a backup reads of a site, judged by plain requests and tableauserverclient: every item of every list, every document,
and that what is not asked for is known."""
import shutil
import subprocess

import pytest
import tableauserverclient as TSC
from assets import json_paths
from programs import program
from sim_ask import ask
from simulator import start_sim
from survey_tool import SPACE, element_at, elements_of, survey

# kind -> path, wrapper, item, where the id stands; below the site but for schedules
LISTS = {
    "users": ("users?fields=_all_", "users", "user", "id"),
    "groups": ("groups?fields=_all_", "groups", "group", "id"),
    "group_sets": ("groupsets", "groupSets", "groupSet", "id"),
    "projects": ("projects?fields=_all_", "projects", "project", "id"),
    "workbooks": ("workbooks?fields=_all_", "workbooks", "workbook", "id"),
    "datasources": ("datasources?fields=_all_", "datasources", "datasource", "id"),
    "flows": ("flows", "flows", "flow", "id"),
    "views": ("views?fields=_all_&includeUsageStatistics=true", "views", "view", "id"),
    "custom_views": ("customviews", "customViews", "customView", "id"),
    "virtual_connections": ("virtualconnections", "virtualConnections", "virtualConnection", "id"),
    "schedules": ("schedules", "schedules", "schedule", "id"),
    "extract_tasks": ("tasks/extractRefreshes", "tasks", "task", "extractRefresh/id"),
    "flow_tasks": ("tasks/runFlow", "tasks", "task", "runFlow/id"),
    "linked_tasks": ("tasks/linked", "linkedTasks", "linkedTasks", "id"),
    "subscriptions": ("subscriptions", "subscriptions", "subscription", "id"),
    "data_alerts": ("dataAlerts", "dataAlerts", "dataAlert", "id"),
    "databases": ("databases", "databases", "database", "id"),
    "tables": ("tables", "tables", "table", "id"),
    "label_values": ("labelValues", "labelValueList", "labelValue", "name"),
    "label_categories": ("labelCategories", "labelCategoryList", "labelCategory", "name"),
}
WEBHOOK = "https://hooks.example.com/services/T00/B00/hook-secret"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("site") / "site"
    subprocess.run([program("TABFERRY_SIM"), "make", "--data", made, "--users", "45", "--workbooks", "60", "--no-extracts",
                    "--linked-tasks", "2", "--databases", "2", "--collections", "3"], check=True, capture_output=True)
    return made


@pytest.fixture
def copy(folder, tmp_path):
    """The same site as it was made, for one test."""
    return shutil.copytree(folder, tmp_path / "site")


@pytest.fixture(scope="module")
def sim(folder, tmp_path_factory):
    with start_sim(data=shutil.copytree(folder, tmp_path_factory.mktemp("served") / "site"), control=True) as running:
        yield running


@pytest.fixture(scope="module")
def judge(sim):
    """An administrator by password, with two locked projects and secrets on the site."""
    with sim.client() as server:
        whole = server.projects.create(TSC.ProjectItem("Whole", content_permissions="LockedToProject"))
        server.projects.create(TSC.ProjectItem("Below whole", parent_id=whole.id))
        own = server.projects.create(TSC.ProjectItem("Own", content_permissions="LockedToProjectWithoutNested"))
        free = server.projects.create(TSC.ProjectItem("Below own", parent_id=own.id))
        books, _ = server.workbooks.get()
        for book, project in zip([book for book in books if book.project_id][:6], (whole, whole, own, own, free, free)):
            book.project_id = project.id
            server.workbooks.update(book)
        hook = TSC.WebhookItem()
        hook.name, hook.url, hook.event = "secret", WEBHOOK, "datasource-created"
        server.webhooks.create(hook)
        ask(server, "POST", "connected-apps/direct-trust", '<connectedApplication name="app" enabled="true"/>')
        app = element_at(server, "connected-apps/direct-trust").find(f".//{SPACE}connectedApplication").get("clientId")
        made = ask(server, "POST", f"connected-apps/direct-trust/{app}/secrets", as_json=True)
        server.app_secret = made["connectedApplicationSecret"]["value"]
        yield server


@pytest.fixture(scope="module")
def whole(sim, judge):
    return survey(sim, "--documents")


@pytest.mark.parametrize("kind", LISTS)
def test_every_item_of_the_list_is_there_as_the_site_has_it(judge, whole, kind):
    path, wrapper, item, id_path = LISTS[kind]
    theirs = elements_of(judge, path, wrapper, item, "api" if kind == "schedules" else "site")
    ours = whole["lists"][kind]
    assert (ours["announced"], ours["seen"], ours["passes"]) == (len(theirs), len(theirs), 1)

    def id_in(value):
        for part in id_path.split("/"):
            value = value[part]
        return value

    def id_of(element):
        *above, name = id_path.split("/")
        return (element.find("/".join(SPACE + part for part in above)) if above else element).get(name)

    by_id = {id_in(one): one for one in ours["items"]}
    assert len(by_id) == len(theirs) == len(ours["items"]) > 0
    assert {id_of(one): faults for one in theirs if (faults := json_paths(one, by_id.get(id_of(one))))} == {}


def test_every_document_is_there_as_the_site_has_it(judge, whole):
    assert {id: unit["words"] for id, unit in whole["documents"].items() if "refused" in unit} == {}
    faults, judged = {}, set()
    for id, unit in whole["documents"].items():
        if unit["below"] == "newest":
            continue
        if "item" in unit:
            theirs = elements_of(judge, unit["path"], unit["element"], unit["item"])
            ours = unit["body"][unit["item"]]
            wrong = [] if len(ours) == len(theirs) else ["another number"]
            wrong += [fault for one, mine in zip(theirs, ours) for fault in json_paths(one, mine)]
        else:
            root = element_at(judge, unit["path"], unit["below"])
            wrong = json_paths(root.find(SPACE + unit["element"]) if "element" in unit else root, unit["body"])
        judged.add(unit["kind"])
        if wrong:
            faults[id] = wrong
    assert faults == {}
    assert {"workbooks", "schedules", "data_alerts", "group_sets", "flow_details", "group_members", "favorites", "columns",
            "custom_view_defaults", "permissions", "default_permissions", "connections", "dqw", "site"} <= judged


def rules_of(permissions):
    """{grantee: {capability: mode}} of an element that holds granteeCapabilities."""
    return {rule[0].get("id"): {one.get("name"): one.get("mode") for one in rule[1]}
            for rule in permissions.find(f"{SPACE}permissions").findall(f"{SPACE}granteeCapabilities")}


def test_permissions_that_are_not_asked_for_are_known(judge, whole):
    asked = {id.removeprefix("permissions/") for id in whole["documents"] if id.startswith("permissions/")}
    projects = {one["id"]: one for one in whole["lists"]["projects"]["items"]}
    books = {one["id"]: one for one in whole["lists"]["workbooks"]["items"]}
    skipped = {"workbooks": 0, "views": 0, "projects": 0}
    for kind in ("workbooks", "views", "datasources", "flows", "projects"):
        for item in whole["lists"][kind]["items"]:
            if f"{kind}/{item['id']}" in asked:
                continue
            skipped[kind] += 1
            told = element_at(judge, f"{kind}/{item['id']}/permissions")
            parent = told.find(f"{SPACE}permissions/{SPACE}parent")
            book = books.get(item.get("workbook", {}).get("id"), item)
            if parent is None:      # a tab of its workbook
                assert kind == "views" and book["showTabs"] == "true"
                assert rules_of(told) == rules_of(element_at(judge, f"workbooks/{book['id']}/permissions"))
                continue
            holder = item if kind == "projects" else projects[book["project"]["id"]]
            ruling = holder.get("controllingPermissionsProjectId", holder["id"])
            assert parent.get("id") == ruling
            if kind == "workbooks":
                assert rules_of(told) == rules_of(element_at(judge, f"projects/{ruling}/default-permissions/workbooks"))
    assert skipped["workbooks"] >= 4 and skipped["views"] > 0 and skipped["projects"] >= 1


def test_what_is_asked_for_is_not_known(judge, whole):
    """None of the answers says that it is another one's."""
    inherited = [id for id, unit in whole["documents"].items()
                 if unit["kind"] in ("permissions", "default_permissions") and "parent" in unit["body"]]
    assert inherited == []


def test_labels_and_warnings_and_pulse_and_collections(judge, whole):
    assert len(whole["lists"]["labels"]["items"]) > 0 and len(whole["lists"]["collections"]["items"]) == 3
    for label in whole["lists"]["labels"]["items"]:
        root = element_at(judge, f"labels/{label['id']}")
        assert json_paths(root.find(f"{SPACE}label"), label) == []
    for kind, element in (("pulse_definitions", "pulse_metrics"), ("collections", "collection_items")):
        items = whole["lists"][kind]["items"]
        bodies = [unit["body"] for unit in whole["documents"].values() if unit["kind"] == element]
        assert len(bodies) == len(items) > 0 and all(next(iter(body.values())) for body in bodies)


def test_no_secret_is_anywhere(judge, whole):
    for secret in (WEBHOOK, "hook-secret", judge.app_secret, judge.auth_token, "demo-secret"):
        assert secret.encode() not in whole["files"] and secret.encode() not in whole["stdout"]
    hooks = {one["name"]: one for one in whole["lists"]["webhooks"]["items"]}
    assert hooks["secret"]["webhook-destination"]["webhook-destination-http"] == {"method": "POST", "url": "(redacted)"}
    app = whole["lists"]["connected_apps"]["items"][0]
    assert app["name"] == "app" and set(app["secret"][0]) == {"id", "createdAt"}


def test_the_times_of_extracts_are_those_of_the_metadata_api(judge, whole):
    fields = "extractLastRefreshTime extractLastUpdateTime extractLastIncrementalUpdateTime"
    data = judge.metadata.query(f"{{ publishedDatasources {{ luid {fields} }} }}", abort_on_error=True)["data"]
    newest = {one["luid"]: max(filter(None, list(one.values())[1:]), default=None) for one in data["publishedDatasources"]}
    units = [unit for unit in whole["content"] if unit["kind"] == "datasources"]
    assert units and all(unit.get("extract_at") == (newest[unit["luid"]] if unit.get("has_extracts") else None)
                         for unit in units)


def test_a_list_is_read_with_as_few_requests_as_pages(sim, judge):
    before = sim.control.requests()["requests"]
    told = survey(sim)
    asked = sim.control.requests()["requests"] - before
    labelled = -(-60 // 100) * 7 + len(told["lists"]["views"]["items"]) // 100
    assert told["list_requests"] <= len(told["lists"]) + labelled + 2
    assert asked <= told["list_requests"] + 4    # serverInfo, sign in and out


def test_what_the_licence_does_not_offer_is_told_once_and_not_asked(copy):
    with start_sim("--without", "data-management", "--without", "flows", "--without", "pulse", "--without", "metadata",
                   data=copy, control=True) as sim:
        told = survey(sim, "--documents")
        gaps = {kind: gap["code"] for kind, gap in told["gaps"].items() if not gap["failed"]}
        assert {"databases": 403157, "tables": 403157, "flows": 403157, "virtual_connections": 403157, "labels": 403157,
                "dqw": 403157, "columns": 403157, "flow_details": 403157, "pulse_definitions": 403157,
                "pulse_metrics": 403157}.items() <= gaps.items()
        asked = {route["route"]: route["count"] for route in sim.control.requests()["routes"]}
        assert not [route for route in asked if "dataQualityWarnings" in route or "default-permissions/flows" in route]
        assert [note for note in told["notes"] if "extracts" in note] or not any(
            unit.get("has_extracts") for unit in told["content"])


def test_an_old_server_is_asked_only_for_what_it_has(copy):
    with start_sim("--api", "3.9", data=copy, control=True) as sim:
        told = survey(sim, "--documents")
        assert {"custom_views", "collections", "group_sets", "labels", "auth_configurations"} <= set(told["gaps"])
        assert {kind for kind, gap in told["gaps"].items() if gap["failed"]} == set()
        refused = {id: unit["words"] for id, unit in told["documents"].items() if "refused" in unit}
        assert refused == {}
