"""Permissions, default permissions and tags of tabferry-sim, judged by tableauserverclient (not ours): what is told is what
holds, for administrators and for those who see their part alone.
"""

import pytest
import sim_files
import tableauserverclient as TSC
from sim_shelf import NOBODY, Shelf, bytes_of, refused
from sim_stage import put_item
from sim_users import USERS, by_name, make, plain, signed_in, user_id
from simulator import start_sim

DATABASE, TABLE, COLUMN, CONNECTION = (f"{letter}0000000-0000-4000-8000-000000000000" for letter in "abcd")
RETIRED = "3.21"   # the last version with metrics and lenses


@pytest.fixture
def sim():
    with start_sim(*USERS) as running:
        yield running


@pytest.fixture
def server(sim):
    with sim.client() as signed:
        yield signed


@pytest.fixture
def put(server, tmp_path):
    return Shelf(server, tmp_path)


def user(server, name):
    return TSC.UserItem.as_reference(user_id(server, name))


def everyone(server):
    return TSC.GroupItem.as_reference(next(group.id for group in TSC.Pager(server.groups) if group.name == "All Users"))


def rules(items):
    """{(tag, id): {capability: mode}}"""
    return {(rule.grantee.tag_name, rule.grantee.id): rule.capabilities for rule in items}


def told(endpoint, item):
    endpoint.populate_permissions(item)
    return rules(item.permissions)


def cleared(endpoint, item):
    """The item, from which all rules are taken."""
    endpoint.populate_permissions(item)
    for rule in item.permissions:
        endpoint.delete_permission(item, rule)
    assert told(endpoint, item) == {}
    return item


def locked(server, name="Locked"):
    return make(server, name, content_permissions="LockedToProject")


# --- rules of items -----------------------------------------------------------------------------------------------------


KINDS = {"workbook": ("Filter", "ExportData"), "datasource": ("Connect", "SaveAs"), "flow": ("Execute", "ExportXml")}


@pytest.mark.parametrize("kind", KINDS)
def test_rules_of_content(server, put, kind):
    endpoint = getattr(server, kind + "s")
    item = cleared(endpoint, getattr(put, kind)())
    one, other = KINDS[kind]
    cora, all_users = user(server, "cora"), everyone(server)
    group = server.groups.create(TSC.GroupItem("Group"))
    groups = server.group_sets.create(TSC.GroupSetItem("Set"))
    given = [TSC.PermissionsRule(cora, {"Read": "Allow", one: "Deny"}), TSC.PermissionsRule(all_users, {other: "Allow"}),
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
    session, site = plain(server)
    answer = session.get(f"{site}/datasources/{data.id}/permissions", headers={"accept": "application/json"}).json()["permissions"]
    assert answer["datasource"] == {"id": data.id, "name": "Sales", "owner": {"id": server.user_id}}
    [rule] = answer["granteeCapabilities"]
    assert rule["group"] == {"id": everyone(server).id}
    assert {one["name"]: one["mode"] for one in rule["capabilities"]["capability"]} == {"Read": "Allow", "Connect": "Allow"}
    body = f'<tsRequest><permissions><datasource id="{NOBODY}"/></permissions></tsRequest>'
    assert 'code="404009"' in session.put(f"{site}/datasources/{data.id}/permissions", body).text
    body = body.replace(NOBODY, data.id)
    assert session.post(f"{site}/datasources/{data.id}/permissions", body).status_code == 200
    for body in ("<permissions><granteeCapabilities/></permissions>", "<tags/>", "<permissions><workbook/></permissions>"):
        assert 'code="400000"' in session.put(f"{site}/datasources/{data.id}/permissions", f"<tsRequest>{body}</tsRequest>").text
    assert "404004" in session.get(f"{site}/datasources/{NOBODY}/permissions").text
    assert "405000" in session.delete(f"{site}/datasources/{data.id}/permissions").text


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
    put_item(folder, "database", DATABASE, {"name": "shop", "type": "DatabaseServer", "contentPermissions": "ManagedByOwner"})
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


# --- defaults and locked projects ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["workbook", "datasource", "flow", "datarole", "virtualconnection", "database", "table",
                                  "lens", "metric"])
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
    session, site = plain(server)
    project = by_name(server)["default"].id
    for list_name in ("metrics", "lenses", "workbook"):
        assert 'code="404950"' in session.get(f"{site}/projects/{project}/default-permissions/{list_name}").text
    with start_sim("--without", "data-management") as other, other.client() as bare:
        session, site = plain(bare)
        project = by_name(bare)["default"].id
        assert 'code="403157"' in session.get(f"{site}/projects/{project}/default-permissions/virtualconnections").text


@pytest.mark.parametrize("kind", KINDS)
def test_new_content_gets_its_projects_defaults(server, put, kind):
    projects, top = server.projects, make(server, "Sales")
    update = {"workbook": projects.update_workbook_default_permissions, "flow": projects.update_flow_default_permissions,
              "datasource": projects.update_datasource_default_permissions}[kind]
    rule = TSC.PermissionsRule(user(server, "cora"), {"Delete": "Allow"})
    expected = rules(update(top, [rule]))
    item = getattr(put, kind)(project="Sales")
    endpoint = getattr(server, kind + "s")
    assert told(endpoint, item) == expected and len(expected) == 2
    endpoint.delete_permission(item, rule)
    assert told(endpoint, getattr(put, kind)(project="Sales", mode="Overwrite")) != expected   # not given twice
    assert rules([rule]).keys() <= told(projects, top).keys() | expected.keys()


def test_a_nested_project_begins_as_its_parent(server):
    top = make(server, "Sales")
    rule = TSC.PermissionsRule(user(server, "cora"), {"Read": "Deny"})
    server.projects.update_permissions(top, [rule])
    server.projects.update_workbook_default_permissions(top, [rule])
    inner = make(server, "North", top)
    server.projects.populate_workbook_default_permissions(inner)
    assert told(server.projects, inner) == told(server.projects, top)
    assert rules([rule]).items() <= rules(inner.default_workbook_permissions).items()
    assert rules([rule]).keys().isdisjoint(told(server.projects, make(server, "Other")))


def test_a_locked_project_rules_all_that_is_in_it(server, put):
    top = locked(server)
    inner = make(server, "North", top)
    cora = user(server, "cora")
    rule = TSC.PermissionsRule(cora, {"ExportXml": "Allow"})
    expected = rules(server.projects.update_datasource_default_permissions(top, [rule]))
    data = put.datasource(item=TSC.DatasourceItem(inner.id, "Data"))
    assert told(server.datasources, data) == expected
    session, site = plain(server)
    for path in (f"datasources/{data.id}/permissions", f"projects/{inner.id}/permissions", f"projects/{inner.id}/default-permissions/flows"):
        answer = session.get(f"{site}/{path}", headers={"accept": "application/json"}).json()["permissions"]
        assert answer["parent"] == {"type": "Project", "id": top.id}
    for act in (lambda: server.datasources.update_permissions(data, [rule]), lambda: server.datasources.delete_permission(data, rule),
                lambda: server.projects.update_permissions(inner, [TSC.PermissionsRule(cora, {"Read": "Allow"})]),
                lambda: server.projects.update_workbook_default_permissions(inner, [rule])):
        with refused(403039):
            act()
    top.content_permissions = "ManagedByOwner"
    server.projects.update(top)
    assert told(server.datasources, data) == expected   # keeps what held
    cleared(server.datasources, data)
    top.content_permissions = "LockedToProject"
    server.projects.update(top)
    assert told(server.datasources, data) == expected


def test_moves_in_and_out_of_a_locked_project(server, put):
    top, free = locked(server), make(server, "Free")
    rule = TSC.PermissionsRule(user(server, "cora"), {"Write": "Deny"})
    expected = rules(server.projects.update_workbook_default_permissions(top, [rule]))
    book = put.workbook(project="Free")
    own = told(server.workbooks, book)
    book.project_id = top.id
    server.workbooks.update(book)
    assert told(server.workbooks, book) == expected != own
    book.project_id = free.id
    server.workbooks.update(book)
    assert told(server.workbooks, book) == expected
    server.workbooks.update_permissions(book, [TSC.PermissionsRule(user(server, "dora"), {"Read": "Deny"})])


# --- who sees and does what ---------------------------------------------------------------------------------------------


def test_a_user_sees_a_part(sim, server, put):
    names = [f"D{number}" for number in range(6)]
    items = {name: cleared(server.datasources, put.datasource(name)) for name in names}
    group = server.groups.create(TSC.GroupItem("Group"))
    server.groups.add_user(group, user_id(server, "cora"))
    cora = user(server, "cora")

    def give(name, grantee, **capabilities):
        server.datasources.update_permissions(items[name], [TSC.PermissionsRule(grantee, capabilities)])

    give("D0", everyone(server), Read="Allow")
    give("D1", group, Read="Allow")
    give("D2", cora, Read="Allow")
    give("D3", everyone(server), Read="Allow")
    give("D3", group, Read="Deny")
    give("D4", group, Read="Deny")
    give("D4", cora, Read="Allow")
    for name, seen in (("cora", {"D0", "D1", "D2", "D4"}), ("vera", {"D0", "D3"}), ("dora", {"D0", "D3"})):
        with signed_in(sim, name) as server_of:
            assert {item.name for item in TSC.Pager(server_of.datasources)} == seen
            assert server_of.datasources.get()[1].total_available == len(seen)
    assert len(list(TSC.Pager(server.datasources))) == 6
    with signed_in(sim, "cora") as mine:
        with refused(403028):
            bytes_of(mine.datasources.download, items["D2"].id)
        give("D2", cora, ExportXml="Allow")
        assert bytes_of(mine.datasources.download, items["D2"].id) == sim_files.tdsx()
        with refused(403004):
            mine.datasources.update_permissions(items["D2"], [TSC.PermissionsRule(cora, {"Delete": "Allow"})])
        with refused(403035):
            told(mine.datasources, items["D5"])
        give("D2", cora, ChangePermissions="Allow", Delete="Allow")
        mine.datasources.update_permissions(items["D2"], [TSC.PermissionsRule(group, {"Connect": "Allow"})])
        mine.datasources.delete(items["D2"].id)
    give("D0", everyone(server), ExportXml="Allow")
    with signed_in(sim, "vera") as vera, refused(403028):   # a viewer downloads nothing
        bytes_of(vera.datasources.download, items["D0"].id)
    server.users.update(changed_role(server, "dora", "Unlicensed"))
    with signed_in(sim, "cora") as mine:
        assert {item.name for item in TSC.Pager(mine.datasources)} == {"D0", "D1", "D4"}


def changed_role(server, name, role):
    item = server.users.get_by_id(user_id(server, name))
    item.site_role = role
    return item


# --- tags ---------------------------------------------------------------------------------------------------------------

LABELS = {"plain", "a b", "a/b", "x,y", "größer", "50%", "a+b", "?&#"}


@pytest.mark.parametrize("kind", ["workbook", "datasource", "flow", "view"])
def test_tags(server, put, kind):
    endpoint = getattr(server, kind + "s")
    if kind == "view":
        put.workbook()
        [item] = TSC.Pager(server.views)
    else:
        item = getattr(put, kind)()
    assert endpoint.add_tags(item, LABELS) == LABELS
    assert endpoint.add_tags(item.id, "plain") == LABELS   # the answer tells all
    [listed] = TSC.Pager(endpoint)
    assert listed.tags == endpoint.get_by_id(item.id).tags == LABELS
    endpoint.delete_tags(item, {"a b", "a/b", "größer", "?&#"})
    with refused(404007):
        endpoint.delete_tags(item, "a b")
    again = endpoint.get_by_id(item.id)
    assert again.tags == {"plain", "x,y", "50%", "a+b"}
    again.tags = {"plain", "new one"}
    endpoint.update_tags(again)
    assert endpoint.get_by_id(item.id).tags == {"plain", "new one"}
    with refused(400000):
        endpoint.add_tags(item, [])
    with refused({"workbook": 404006, "datasource": 404004, "flow": 404027, "view": 404011}[kind]):
        endpoint.add_tags(NOBODY, "x")


def test_spaces_divide_labels_without_quotes(server, put):
    data = put.datasource()
    session, site = plain(server)
    body = '<tsRequest><tags><tag label="a b,c"/><tag label="&quot;d e&quot; f"/></tags></tsRequest>'
    assert session.put(f"{site}/datasources/{data.id}/tags", body).status_code == 200
    assert server.datasources.get_by_id(data.id).tags == {"a", "b", "c", "d e", "f"}
    assert session.delete(f"{site}/datasources/{data.id}/tags/%22d%20e%22").status_code == 204
    body = {"tags": {"tag": [{"label": "json"}]}}
    answer = session.put(f"{site}/datasources/{data.id}/tags", json=body, headers={"accept": "application/json"}).json()
    assert {tag["label"] for tag in answer["tags"]["tag"]} == {"a", "b", "c", "f", "json"}


def test_tags_in_batches(server, put):
    items = [put.workbook(), put.datasource(), put.flow()]
    assert server.tags.batch_add({"a b", "c"}, items) == {"a b", "c"}
    endpoints = (server.workbooks, server.datasources, server.flows)
    assert [endpoint.get_by_id(item.id).tags for endpoint, item in zip(endpoints, items)] == [{"a b", "c"}] * 3
    assert server.tags.batch_delete("c", items[:2]) == {"c"}
    assert [endpoint.get_by_id(item.id).tags for endpoint, item in zip(endpoints, items)] == [{"a b"}, {"a b"}, {"a b", "c"}]
    items[0]._id = NOBODY
    with refused(404006):
        server.tags.batch_add("z", reversed(items))
    assert server.flows.get_by_id(items[2].id).tags == {"a b", "c"}   # all or nothing


def test_who_may_tag(sim, server, put):
    data = put.datasource()
    hidden = cleared(server.datasources, put.datasource("Hidden"))
    with signed_in(sim, "cora") as cora:
        assert cora.datasources.add_tags(data, "mine") == {"mine"}
        with refused(403004):
            cora.datasources.add_tags(hidden, "mine")
    with signed_in(sim, "vera") as vera, refused(403004):
        vera.datasources.add_tags(data, "mine")
