"""`tabferry-sim make`: the site that it makes, counted by tableauserverclient and by what is on disk."""

import base64
import collections
import hashlib
import json
import re
import subprocess

import pytest
import tableauserverclient as TSC
from lxml import etree
from programs import program
from sim_ask import ask, get
from simulator import start_sim

USERS, WORKBOOKS = 130, 240
FLAGS = ["--users", str(USERS), "--workbooks", str(WORKBOOKS), "--groups", "12", "--projects", "40",
         "--datasources", "61", "--flows", "9", "--bodies", "8"]


def make(folder, *flags, fails=None):
    done = subprocess.run(
        [program("TABFERRY_SIM"), "make", "--data", str(folder), *flags], capture_output=True, text=True)
    assert done.returncode == (fails or 0), done.stderr
    return done.stderr if fails else {name: int(count.replace(",", ""))
                                      for count, name in re.findall(r"^ *([\d,]+)  (\w+)$", done.stdout, re.M)}


class Made:
    """A made site: .folder, .counts (as the program told them), .items (of the journal, by kind)."""

    def __init__(self, folder, counts):
        self.folder, self.counts = folder, counts
        self.items = collections.defaultdict(dict)
        lines = (folder / "site.jsonl").read_text().splitlines()
        for line in lines[1:]:
            for _, kind, id, fields, *parts in json.loads(line):
                self.items[kind][id] = fields


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "site"
    return Made(folder, make(folder, *FLAGS))


@pytest.fixture(scope="module")
def server(made):
    with start_sim(data=made.folder) as sim, sim.client() as server:
        yield server


def test_it_says_how_many_it_made(made):
    assert made.counts == {
        kind: len(items) for kind,
        items in made.items.items()} | {kind: 0 for kind in made.counts if kind not in made.items}
    users = [user["name"] for user in made.items["user"].values()]
    assert sum(bool(re.search(r"\d+@example\.com$", name)) for name in users) == USERS
    assert made.counts["workbook"] == WORKBOOKS
    assert made.counts["datasource"] == 61 and made.counts["flow"] == 9


def test_every_reference_leads_somewhere(made):
    fields = {"owner": "user", "user": "user", "group": "group", "groupSet": "group_set", "workbook": "workbook",
              "view": "view", "project": "project", "parentProjectId": "project", "schedule": "schedule",
              "datasource": "datasource", "flow": "flow", "publisher": "user", "defaultViewId": "view"}
    seen = collections.Counter()
    for kind, items in made.items.items():
        for item in items.values():
            for field, target in fields.items():
                if field in item:
                    assert item[field] in made.items[target], (kind, field, item)
                    seen[field] += 1
    assert set(seen) == set(fields)


def test_every_file_is_there_and_is_as_long_as_said(made):
    seen = set()
    for kind in ("workbook", "datasource", "flow", "custom_view", "revision"):
        for item in made.items[kind].values():
            assert (made.folder / "content" / item["_file"]).stat().st_size == int(item["_sizeBytes"])
            seen.add(item["_file"])
    assert seen == {path.name for path in (made.folder / "content").iterdir()}


def test_projects_are_five_deep_and_share_names_below_different_parents(made):
    projects = made.items["project"]

    def depth(project):
        parent = project.get("parentProjectId")
        return 1 + (depth(projects[parent]) if parent else 0)

    assert max(map(depth, projects.values())) == 5
    names = collections.Counter(project["name"].lower() for project in projects.values())
    assert max(names.values()) >= 3
    siblings = collections.Counter((project.get("parentProjectId"), project["name"].lower())
                                   for project in projects.values())
    assert max(siblings.values()) == 1


def test_no_two_items_have_one_name_in_one_place(made):
    for kind in ("workbook", "datasource", "flow"):
        places = collections.Counter((item.get("project") or item["owner"], item["name"].lower())
                                     for item in made.items[kind].values())
        assert max(places.values()) == 1
        if kind != "flow":
            urls = collections.Counter(item["contentUrl"].lower() for item in made.items[kind].values())
            assert max(urls.values()) == 1


def test_names_hold_what_breaks_programs(made):
    names = "\n".join(item["name"] for item in made.items["workbook"].values())
    for odd in ("]]>", "🚀", '"', "'", "/", "\\", "&", "<", "%", "売上"):
        assert odd in names
    assert max(len(item["name"]) for item in made.items["workbook"].values()) == 60


@pytest.mark.parametrize("kind", ["users", "groups", "projects", "workbooks", "views", "datasources", "flows",
                                  "schedules", "subscriptions", "custom_views", "virtual_connections", "data_alerts",
                                  "group_sets"])
def test_a_real_client_counts_the_same(made, server, kind):
    items = list(TSC.Pager(getattr(server, kind)))
    assert len({item.id for item in items}) == len(items)
    assert {item.id for item in items} == set(made.items[kind.removesuffix("s")])


@pytest.mark.parametrize("kind,name", [("webhooks", "webhook"), ("tasks", "extract_task")])
def test_a_real_client_counts_the_same_of_what_has_no_pages(made, server, kind, name):
    items, _ = getattr(server, kind).get()
    assert {item.id for item in items} == set(made.items[name])


def test_names_reach_a_real_client_as_they_are(made, server):
    for kind, endpoint in (("workbook", server.workbooks), ("project", server.projects), ("user", server.users)):
        for item in TSC.Pager(endpoint):
            assert item.name == made.items[kind][item.id]["name"]


def test_a_real_client_gets_the_files(made, server, tmp_path):
    for endpoint, kind in ((server.workbooks, "workbook"), (server.datasources, "datasource"), (server.flows, "flow")):
        for id, item in sorted(made.items[kind].items())[:8]:
            path = endpoint.download(id, filepath=str(tmp_path / id))
            said = made.folder / "content" / item["_file"]
            assert path.endswith(said.suffix)
            assert open(path, "rb").read() == said.read_bytes()


def test_a_group_has_its_members(made, server):
    group = next(group for group in TSC.Pager(server.groups) if group.name != "All Users")
    server.groups.populate_users(group)
    said = {item["user"] for item in made.items["membership"].values() if item["group"] == group.id}
    assert {user.id for user in group.users} == said and len(said) == 12


def test_a_workbook_has_its_permissions_views_connections_and_revisions(made, server):
    target = next(id for id in made.items["permissions"] if id.startswith("workbook/"))
    workbook = server.workbooks.get_by_id(target.split("/")[1])
    assert made.items["project"][workbook.project_id]["contentPermissions"] == "ManagedByOwner"
    server.workbooks.populate_permissions(workbook)
    assert any(rule.grantee.tag_name == "group" for rule in workbook.permissions)
    server.workbooks.populate_views(workbook)
    views = {id for id, view in made.items["view"].items() if view["workbook"] == workbook.id}
    assert {view.id for view in workbook.views} == views
    server.workbooks.populate_connections(workbook)
    connections = sum(item["content"] == workbook.id for item in made.items["connection"].values())
    assert len(workbook.connections) == connections > 0
    server.workbooks.populate_revisions(workbook)
    older = sum(item["content"] == workbook.id for item in made.items["revision"].values())
    assert len(workbook.revisions) == older + 1


def test_a_user_has_favorites_in_their_order(made, server):
    user = next(user for user in TSC.Pager(server.users) if user.site_role == "SiteAdministratorExplorer")   # sees all
    server.favorites.get(user)
    found = {item.id for items in user.favorites.values() for item in items}
    fields = ("workbook", "datasource", "view", "project", "flow")
    said = {item[field] for item in made.items["favorite"].values() if item["user"] == user.id
            for field in fields if field in item}
    assert found == said and len(said) == 3


def test_custom_views_and_virtual_connections_can_be_downloaded(made, server, tmp_path):
    view = next(iter(TSC.Pager(server.custom_views)))
    path = server.custom_views.download(view, tmp_path / "view.json")
    [content] = json.loads(path.read_bytes())
    assert etree.fromstring(base64.urlsafe_b64decode(content["tcv"])).get("name") == content["viewName"]
    connection = next(iter(TSC.Pager(server.virtual_connections)))
    assert json.loads(server.virtual_connections.download(connection)) == json.loads(
        made.items["virtual_connection"][connection.id]["_content"])


def test_jobs_and_linked_tasks_are_counted_alike(made, server):
    assert {job.id for job in TSC.Pager(server.jobs)} == set(made.items["job"])
    assert {task.id for task in TSC.Pager(server.linked_tasks)} == set(made.items["linked_task"])
    answer = ask(server, "GET", "tasks/runFlow")
    tasks = etree.fromstring(answer.content).findall(".//{http://tableau.com/api}task/*")
    assert {task.get("id") for task in tasks} == set(made.items["flow_task"])


@pytest.mark.parametrize("path,key,kind", [("pulse/definitions", "definitions", "pulse_definition"),
                                           ("collections", "items", "collection")])
def test_what_speaks_json_alone_is_counted_alike(made, server, path, key, kind):
    answer = get(server, path, version="-", site=False, page_size=1000, pageSize=1000)
    assert len(answer[key]) == len(made.items[kind])


def test_labels_are_where_they_were_put(made, server):
    id, label = next(iter(sorted(made.items["label"].items())))
    body = f'<contentList><content contentType="{label["contentType"]}" id="{label["contentId"]}"/></contentList>'
    assert id in ask(server, "POST", "labels", body, 200).text


def state(folder):
    return hashlib.sha256((folder / "site.jsonl").read_bytes()).hexdigest()


def test_two_makes_are_equal_and_another_seed_is_another_site(tmp_path):
    flags = ["--users", "30", "--workbooks", "50"]
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        make(tmp_path / name, *flags, "--seed", seed)
    assert state(tmp_path / "a") == state(tmp_path / "b") != state(tmp_path / "c")


def test_a_site_that_is_there_is_never_made_over(tmp_path):
    folder = tmp_path / "site"
    make(folder, "--users", "3", "--workbooks", "2")
    before = state(folder)
    assert "there is a site" in make(folder, fails=5)
    assert state(folder) == before


@pytest.mark.parametrize("flags", [["--users", "0"], ["--workbooks", "0"], ["--datasources", "0"], ["--flows", "0"],
                                   ["--projects", "0", "--groups", "0", "--schedules", "0"], ["--cloud"]])
def test_any_number_may_be_nothing(tmp_path, flags):
    few = dict(zip(flags[::2], flags[1::2])) if len(flags) > 1 else {flag: None for flag in flags}
    wanted = {"--users": "3", "--workbooks": "4", "--no-extracts": None} | few
    make(tmp_path / "site", *(word for pair in wanted.items() for word in pair if word is not None))
    with start_sim(data=tmp_path / "site") as sim, sim.client() as server:
        assert list(TSC.Pager(server.users))
        assert len(list(TSC.Pager(server.workbooks))) == int(wanted["--workbooks"])
