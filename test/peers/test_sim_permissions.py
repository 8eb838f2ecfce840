"""Permissions of items and of what is new in a project, judged by tableauserverclient: what is told holds."""

import pytest
import tableauserverclient as TSC
from sim_ask import ask, get
from sim_files import put_item
from sim_rules import cleared, everyone, rules, told, user
from sim_shelf import refused
from sim_users import USERS, by_name, make
from simulator import NOBODY, start_sim

DATABASE, TABLE, COLUMN, CONNECTION = (f"{letter}0000000-0000-4000-8000-000000000000" for letter in "abcd")
RETIRED = "3.21"   # the last version with metrics and lenses


@pytest.fixture
def sim():
    with start_sim(*USERS) as running:
        yield running


# --- rules of items ---------------------------------------------------------------------------------------------------


KINDS = {"workbook": ("Filter", "ExportData"), "datasource": ("Connect", "SaveAs"), "flow": ("Execute", "ExportXml")}


@pytest.mark.parametrize("kind", KINDS)
def test_rules_of_content(server, put, kind):
    endpoint = getattr(server, kind + "s")
    item = cleared(endpoint, getattr(put, kind)())
    one, other = KINDS[kind]
    cora, all_users = user(server, "cora"), everyone(server)
    group = server.groups.create(TSC.GroupItem("Group"))
    groups = server.group_sets.create(TSC.GroupSetItem("Set"))
    given = [
        TSC.PermissionsRule(cora, {"Read": "Allow", one: "Deny"}), TSC.PermissionsRule(all_users, {other: "Allow"}),
        TSC.PermissionsRule(group, {one: "Allow"}), TSC.PermissionsRule(groups, {"Read": "Deny"})]
    answer = endpoint.update_permissions(item, given)   # which the client drops but for workbooks
    assert answer is None if kind != "workbook" else rules(answer) == rules(given)
    assert told(endpoint, item) == rules(given)
    # What is there already stays as it is; the rest is added.
    endpoint.update_permissions(item, [TSC.PermissionsRule(cora, {"Read": "Deny", other: "Allow"})])
    assert told(endpoint, item)["user", cora.id] == {"Read": "Allow", one: "Deny", other: "Allow"}
    with refused(404014):
        endpoint.delete_permission(item, TSC.PermissionsRule(cora, {"Read": "Deny"}))
    endpoint.delete_permission(item, TSC.PermissionsRule(cora, {"Read": "Allow", one: "Deny"}))
    with refused(404013):
        endpoint.delete_permission(item, TSC.PermissionsRule(cora, {"Read": "Allow"}))
    endpoint.delete_permission(item, TSC.PermissionsRule(groups, {"Read": "Deny"}))
    assert told(endpoint, item) == {("user", cora.id): {other: "Allow"}, ("group", all_users.id): {other: "Allow"},
                                    ("group", group.id): {one: "Allow"}}
    server.groups.delete(group.id)
    assert ("group", group.id) not in told(endpoint, item)
    for grantee, code in ((TSC.UserItem.as_reference(NOBODY), 404002), (TSC.GroupItem.as_reference(NOBODY), 404012)):
        with refused(code):
            endpoint.update_permissions(item, [TSC.PermissionsRule(grantee, {"Read": "Allow"})])
    for capabilities in ({"ProjectLeader": "Allow"}, {"Read": "Perhaps"}, {"Reed": "Allow"}):
        with refused(400009):
            endpoint.update_permissions(item, [TSC.PermissionsRule(cora, capabilities)])


def test_rules_of_projects(server):
    top = make(server, "Sales")
    inner = make(server, "North", top)
    cora, all_users = user(server, "cora"), everyone(server)
    assert told(server.projects, top) == {("group", all_users.id): {"Read": "Allow", "Write": "Allow"}}
    leader = TSC.PermissionsRule(cora, {"ProjectLeader": "Allow"})
    server.projects.update_permissions(top, [leader])
    assert told(server.projects, top)["user", cora.id] == {"ProjectLeader": "Allow"}
    server.version = "3.27"
    assert told(server.projects, inner)["user", cora.id] == {"InheritedProjectLeader": "Allow"}
    for capabilities in ({"ProjectLeader": "Deny"}, {"InheritedProjectLeader": "Allow"}, {"ExportXml": "Allow"}):
        with refused(400009):
            server.projects.update_permissions(inner, [TSC.PermissionsRule(cora, capabilities)])
    server.projects.delete_permission(top, [leader])
    assert list(told(server.projects, inner)) == [("group", all_users.id)]


def test_the_answer_names_the_item_and_its_owner(server, put):
    data = put.datasource()
    answer = get(server, f"datasources/{data.id}/permissions")["permissions"]
    assert answer["datasource"] == {"id": data.id, "name": "Sales", "owner": {"id": server.user_id}}
    [rule] = answer["granteeCapabilities"]
    assert rule["group"] == {"id": everyone(server).id}
    assert {one["name"]: one["mode"] for one in rule["capabilities"]["capability"]} == {
        "Read": "Allow", "Connect": "Allow"}
    body = f'<permissions><datasource id="{NOBODY}"/></permissions>'
    assert 'code="404009"' in ask(server, "PUT", f"datasources/{data.id}/permissions", body).text
    body = body.replace(NOBODY, data.id)
    assert ask(server, "POST", f"datasources/{data.id}/permissions", body).status_code == 200
    for body in (
            "<permissions><granteeCapabilities/></permissions>", "<tags/>", "<permissions><workbook/></permissions>"):
        assert 'code="400000"' in ask(server, "PUT", f"datasources/{data.id}/permissions", body).text
    assert "404004" in ask(server, "GET", f"datasources/{NOBODY}/permissions").text
    assert "405000" in ask(server, "DELETE", f"datasources/{data.id}/permissions").text


def test_views_have_their_own_or_the_workbooks(server, put):
    free = put.workbook("Free")
    tabs = put.workbook(item=TSC.WorkbookItem(put.project(), "Tabs", show_tabs=True))
    views = {view.workbook_id: view for view in TSC.Pager(server.views)}
    own, shared = views[free.id], views[tabs.id]
    cora = user(server, "cora")
    assert told(server.views, own) == told(server.workbooks, free) != {}
    rule = TSC.PermissionsRule(cora, {"ExportImage": "Deny"})
    server.views.update_permissions(own, [rule])
    assert ("user", cora.id) in told(server.views, own) and ("user", cora.id) not in told(server.workbooks, free)
    server.views.delete_permission(own, rule)
    assert ("user", cora.id) not in told(server.views, own)
    with refused(403004):
        server.views.update_permissions(shared, [rule])
    server.workbooks.update_permissions(tabs, [TSC.PermissionsRule(cora, {"Filter": "Deny"})])
    assert told(server.views, shared)["user", cora.id] == {"Filter": "Deny"}


@pytest.fixture
def assets(tmp_path):
    """A client, and by kind an item of a site that holds what no client can publish, or not simply."""
    folder = tmp_path / "site"
    with start_sim(*USERS, data=folder) as running:
        running.stop()
    put_item(folder, "database", DATABASE, {
        "name": "shop", "type": "DatabaseServer", "contentPermissions": "ManagedByOwner"})
    put_item(folder, "table", TABLE, {"database": DATABASE, "name": "orders", "schema": "public"})
    put_item(folder, "column", COLUMN, {"table": TABLE, "name": "amount"})
    put_item(folder, "virtual_connection", CONNECTION, {"name": "shop", "createdAt": "2026-03-02T08:00:00Z"})
    with start_sim(data=folder) as running, running.client() as signed:
        yield signed, {"databases": signed.databases.get_by_id(DATABASE), "tables": signed.tables.get_by_id(TABLE),
                       "virtual_connections": next(iter(TSC.Pager(signed.virtual_connections)))}


@pytest.mark.parametrize("kind", ["databases", "tables", "virtual_connections"])
def test_rules_and_tags_of_assets(assets, kind):
    server, items = assets
    endpoint, item = getattr(server, kind), items[kind]
    add = endpoint.add_permissions if kind == "virtual_connections" else endpoint.update_permissions
    rule = TSC.PermissionsRule(user(server, "cora"), {"Read": "Allow", "ChangePermissions": "Deny"})
    assert told(endpoint, item) == {}
    assert rules(add(item, [rule])) == told(endpoint, item) == rules([rule])
    with refused(400009):
        add(item, [TSC.PermissionsRule(user(server, "cora"), {"Filter": "Allow"})])
    endpoint.delete_permission(item, rule if kind == "virtual_connections" else [rule])
    assert told(endpoint, item) == {}
    assert endpoint.add_tags(item, ["a b", "c"]) == {"a b", "c"}
    endpoint.delete_tags(item, ["a b"])
    assert endpoint.add_tags(item, "d") == {"c", "d"}


def test_what_a_database_gives_to_its_tables(assets):
    server, items = assets
    database, rule = items["databases"], TSC.PermissionsRule(user(server, "cora"), {"Read": "Allow"})
    assert rules(server.databases.update_table_default_permissions(database, [rule])) == rules([rule])
    server.databases.populate_table_default_permissions(database)
    assert rules(database.default_table_permissions) == rules([rule])
    server.databases.delete_table_default_permissions(rule, database)
    assert list(database.default_table_permissions) == []
    column = TSC.ColumnItem("amount")
    column._id = COLUMN
    assert server.tags.batch_add("c", [items["tables"], database, column]) == {"c"}


# --- default permissions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [
    "workbook", "datasource", "flow", "datarole", "virtualconnection", "database", "table", "lens", "metric"])
def test_default_permissions(server, kind):
    if kind in ("lens", "metric"):
        server.version = RETIRED
    top = make(server, "Sales")
    calls = {"workbook": (server.projects.populate_workbook_default_permissions,
                          server.projects.update_workbook_default_permissions,
                          server.projects.delete_workbook_default_permissions),
             "datasource": (server.projects.populate_datasource_default_permissions,
                            server.projects.update_datasource_default_permissions,
                            server.projects.delete_datasource_default_permissions),
             "flow": (server.projects.populate_flow_default_permissions,
                      server.projects.update_flow_default_permissions,
                      server.projects.delete_flow_default_permissions),
             "datarole": (server.projects.populate_datarole_default_permissions,
                          server.projects.update_datarole_default_permissions,
                          server.projects.delete_datarole_default_permissions),
             "virtualconnection": (server.projects.populate_virtualconnection_default_permissions,
                                   server.projects.update_virtualconnection_default_permissions,
                                   server.projects.delete_virtualconnection_default_permissions),
             "database": (server.projects.populate_database_default_permissions,
                          server.projects.update_database_default_permissions,
                          server.projects.delete_database_default_permissions),
             "table": (server.projects.populate_table_default_permissions,
                       server.projects.update_table_default_permissions,
                       server.projects.delete_table_default_permissions),
             "lens": (server.projects.populate_lens_default_permissions,
                      server.projects.update_lens_default_permissions,
                      server.projects.delete_lens_default_permissions),
             "metric": (server.projects.populate_metric_default_permissions,
                        server.projects.update_metric_default_permissions,
                        server.projects.delete_metric_default_permissions)}
    populate, update, delete = calls[kind]

    def now():
        populate(top)
        return rules(getattr(top, f"default_{kind}_permissions"))

    before = now()
    cora = user(server, "cora")
    rule = TSC.PermissionsRule(cora, {"Read": "Allow", "ChangePermissions": "Deny"})
    assert rules(update(top, [rule])) == now() == before | rules([rule])
    delete(top, rule)
    assert now() == before
    with refused(404013):
        delete(top, rule)
    with refused(400009):
        update(top, [TSC.PermissionsRule(cora, {"ProjectLeader": "Allow"})])


def test_retired_and_unlicensed_defaults_are_not_there(server):
    project = by_name(server)["default"].id
    for list_name in ("metrics", "lenses", "workbook"):
        assert 'code="404950"' in ask(server, "GET", f"projects/{project}/default-permissions/{list_name}").text
    with start_sim("--without", "data-management") as other, other.client() as bare:
        project = by_name(bare)["default"].id
        assert 'code="403157"' in ask(bare, "GET", f"projects/{project}/default-permissions/virtualconnections").text


@pytest.mark.parametrize("kind", KINDS)
def test_new_content_gets_its_projects_defaults(server, put, kind):
    projects, top = server.projects, make(server, "Sales")
    update = {
        "workbook": projects.update_workbook_default_permissions, "flow": projects.update_flow_default_permissions,
        "datasource": projects.update_datasource_default_permissions}[kind]
    rule = TSC.PermissionsRule(user(server, "cora"), {"Delete": "Allow"})
    expected = rules(update(top, [rule]))
    item = getattr(put, kind)(project="Sales")
    endpoint = getattr(server, kind + "s")
    assert told(endpoint, item) == expected and len(expected) == 2
    endpoint.delete_permission(item, rule)
    assert told(endpoint, getattr(put, kind)(project="Sales", mode="Overwrite")) != expected   # not given twice
    assert rules([rule]).keys() <= told(projects, top).keys() | expected.keys()
