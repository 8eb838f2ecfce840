"""Projects of tabferry-sim, judged by tableauserverclient (not ours) and by plain requests."""

import pytest
import tableauserverclient as TSC
from sim_ask import ask, get
from sim_shelf import refused
from sim_users import USERS, by_name, make, user_id
from simulator import NOBODY, start_sim


@pytest.fixture
def sim():
    with start_sim(*USERS) as running:
        yield running


def test_create_and_list(server):
    top = make(server, "Sales & Söhne", description="with <angles>", content_permissions="LockedToProject")
    assert (top.name, top.description, top.content_permissions) == ("Sales & Söhne", "with <angles>", "LockedToProject")
    assert (top.parent_id, top.owner_id) == (None, server.user_id)
    child = make(server, "Daily", top)
    assert (child.parent_id, child.content_permissions) == (top.id, "LockedToProject")
    listed = [project for project in TSC.Pager(server.projects) if project.name == "Daily"]
    assert len(listed) == 2 and child.id in {project.id for project in listed}
    assert len(list(TSC.Pager(server.projects))) == 5
    assert server.projects.get(TSC.RequestOptions(pagesize=2))[1].total_available == 5
    assert [len(server.projects.get(TSC.RequestOptions(number, 2))[0]) for number in (1, 2, 3)] == [2, 2, 1]


def test_names_are_one_below_a_parent(server):
    top = make(server, "Sales")
    make(server, "North", top)
    make(server, "North")
    for name, parent in (("sALES", None), ("NORTH", top), ("Default", None)):
        with refused(409006):
            make(server, name, parent)
    with refused(404005):
        server.projects.create(TSC.ProjectItem("x", parent_id=NOBODY))
    with refused(404005):
        server.projects.get_by_id(NOBODY)
    for body, code in (
            ('<project/>', "400000"),
            ('<project name=" "/>', "400000"),
            ('<project name="x" colour="y"/>', "400000"),
            ('<project name="x" contentPermissions="Open"/>', "400000"),
            ("<workbook/>", "400000")):
        answer = ask(server, "POST", "projects", body)
        assert (answer.status_code, f'code="{code}"' in answer.text) == (400, True), answer.text
    assert "400008" in ask(server, "POST", "projects", '<project name="x"/>', publishSamples="maybe").text


def test_filters_sorts_and_paths(server):
    top = make(server, "Sales")
    make(server, "North", top)
    inner = make(server, "South", top)
    leaf = make(server, "Daily", inner)
    assert server.projects.get_by_path("/Sales/South/Daily").id == leaf.id
    assert server.projects.get_by_path("Sales/West") is None
    assert [project.name for project in server.projects.filter(parent_project_id=top.id).order_by("name")] == [
        "North", "South"]
    assert {project.name for project in server.projects.filter(top_level_project=True)} == {
        "default", "Finance", "Sales"}
    assert {project.name for project in server.projects.filter(top_level_project=False, owner_name="admin",
        name="South")} == {"South"}
    assert len(server.projects.filter(owner_name="nobody")) == 0
    options = TSC.RequestOptions()
    options.sort.add(TSC.Sort("name", "desc"))
    assert [project.name for project in server.projects.get(options)[0]][:2] == ["default", "South"]


def test_all_fields(server, put):
    top = make(server, "Sales")
    make(server, "North", top)
    server.datasources.publish(TSC.DatasourceItem(top.id, "Data"), put.file(b"<datasource/>", "tds"), "CreateNew")
    put.workbook(item=TSC.WorkbookItem(top.id, "Book"))
    options = TSC.RequestOptions()
    options.all_fields = True
    told = {project.name: project for project in TSC.Pager(server.projects, options)}
    found = told["Sales"]
    assert (found.project_count, found.workbook_count, found.view_count) == (1, 1, 1)
    assert (found.top_level_project, found.writeable, told["North"].top_level_project) == (True, True, False)
    assert (found.owner.name, found.owner.site_role) == ("admin", "SiteAdministratorCreator")
    answer = get(server, "projects", fields="_all_", filter="name:eq:Sales")
    [project] = answer["projects"]["project"]
    assert project["contentsCounts"] == {
        "projectCount": "1", "workbookCount": "1", "viewCount": "1", "datasourceCount": "1"}
    assert (project["topLevelProject"], project["writeable"], project["owner"]["name"]) == (True, True, "admin")
    assert "contentsCounts" not in ask(server, "GET", "projects").text


def test_update(server):
    top, other = make(server, "Sales"), make(server, "Other")
    before = server.projects.get_by_id(top.id)
    assert (before.name, before.content_permissions) == ("Sales", "ManagedByOwner")
    top.name, top.description, top.parent_id = "Verkauf", "new", other.id
    top.owner_id = user_id(server, "cora")
    changed = server.projects.update(top)
    assert (changed.name, changed.description, changed.parent_id, changed.owner_id) == (
        "Verkauf", "new", other.id, top.owner_id)
    other.parent_id = top.id
    with refused(400003):
        server.projects.update(other)  # into itself
    top.name = "DEFAULT"
    top.parent_id = ""
    with refused(409006):
        server.projects.update(top)
    top.name = "Verkauf"
    assert server.projects.update(top).parent_id is None
    top.owner_id = NOBODY
    with refused(404002):
        server.projects.update(top)
    with refused(400000):
        server.version = "3.20"  # no owners yet
        server.projects.update(top)


def test_the_default_project_stays(server):
    default = by_name(server)["default"]
    with refused(403004):
        server.projects.delete(default.id)
    default.name = "Mine"
    with refused(403004):
        server.projects.update(default)
    default.name, default.description = "default", "a description"
    assert server.projects.update(default).description == "a description"


def test_delete_takes_all_that_is_in_it(server, put):
    top = make(server, "Sales")
    inner = make(server, "North", top)
    book = put.workbook(item=TSC.WorkbookItem(inner.id, "Book"))
    data = put.datasource(item=TSC.DatasourceItem(inner.id, "Data"))
    user = server.users.get_by_id(server.user_id)
    server.favorites.add_favorite_workbook(user, book)
    server.favorites.add_favorite_project(user, inner)
    server.projects.delete(top.id)
    assert set(by_name(server)) == {"default", "Finance", "Daily"}
    assert list(TSC.Pager(server.workbooks)) == list(TSC.Pager(server.views)) == list(
        TSC.Pager(server.datasources)) == []
    with refused(404004):
        server.datasources.get_by_id(data.id)
    server.favorites.get(user)
    assert sum(len(items) for items in user.favorites.values()) == 0
    with refused(404005):
        server.projects.delete(top.id)


def test_locked_projects_control_what_is_below(server):
    top = make(server, "Sales", content_permissions="LockedToProject")
    inner = make(server, "North", top)
    inner.content_permissions = "ManagedByOwner"
    with refused(403039):
        server.projects.update(inner)
    listed = get(server, "projects")["projects"]["project"]
    controlled = {one["name"]: one.get("controllingPermissionsProjectId") for one in listed}
    assert controlled == {"Sales": None, "North": top.id, "default": None, "Finance": None, "Daily": None}
    top.content_permissions = "LockedToProjectWithoutNested"
    server.projects.update(top)
    assert server.projects.get_by_id(inner.id).content_permissions == "ManagedByOwner"


def test_who_may(sim, server):
    sales = make(server, "Sales")
    secret = make(server, "Secret")
    everyone = next(group for group in TSC.Pager(server.groups) if group.name == "All Users")
    server.projects.delete_permission(secret, TSC.PermissionsRule(everyone, {"Read": "Allow", "Write": "Allow"}))
    with sim.client("cora") as cora:
        assert set(by_name(cora)) == {"default", "Finance", "Daily", "Sales"}
        with refused(403045):
            make(cora, "Mine")
        with refused(403045):
            make(cora, "Mine", sales)
        for act in (lambda: cora.projects.update(sales), lambda: cora.projects.delete(sales.id)):
            with refused(403004):
                act()
        rule = TSC.PermissionsRule(TSC.UserItem.as_reference(cora.user_id), {"ProjectLeader": "Allow"})
        server.projects.update_permissions(sales, [rule])
        mine = make(cora, "Mine", sales)
        assert mine.owner_id == cora.user_id
        with refused(403045):
            mine.parent_id = ""
            cora.projects.update(mine)
        cora.projects.delete(mine.id)
    with sim.client("vera") as vera:
        with refused(403004):
            vera.projects.delete(sales.id)
