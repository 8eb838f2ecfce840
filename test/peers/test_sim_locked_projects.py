"""Projects that rule the permissions of what is in them, and what users see: judged by tableauserverclient."""

import pytest
import sim_files
import tableauserverclient as TSC
from sim_ask import get
from sim_rules import cleared, everyone, rules, told, user
from sim_shelf import bytes_of, refused
from sim_users import USERS, make, user_id
from simulator import start_sim


@pytest.fixture
def sim():
    with start_sim(*USERS) as running:
        yield running


def locked(server, name="Locked"):
    return make(server, name, content_permissions="LockedToProject")


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
    for path in (
            f"datasources/{data.id}/permissions", f"projects/{inner.id}/permissions",
            f"projects/{inner.id}/default-permissions/flows"):
        answer = get(server, f"{path}")["permissions"]
        assert answer["parent"] == {"type": "Project", "id": top.id}
    for act in (
            lambda: server.datasources.update_permissions(data, [rule]),
            lambda: server.datasources.delete_permission(data, rule),
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


# --- who sees and does what -------------------------------------------------------------------------------------------


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
        with sim.client(name) as server_of:
            assert {item.name for item in TSC.Pager(server_of.datasources)} == seen
            assert server_of.datasources.get()[1].total_available == len(seen)
    assert len(list(TSC.Pager(server.datasources))) == 6
    with sim.client("cora") as mine:
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
    with sim.client("vera") as vera, refused(403028):   # a viewer downloads nothing
        bytes_of(vera.datasources.download, items["D0"].id)
    server.users.update(changed_role(server, "dora", "Unlicensed"))
    with sim.client("cora") as mine:
        assert {item.name for item in TSC.Pager(mine.datasources)} == {"D0", "D1", "D4"}


def changed_role(server, name, role):
    item = server.users.get_by_id(user_id(server, name))
    item.site_role = role
    return item
