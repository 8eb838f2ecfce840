"""Virtual connections, by tableauserverclient."""

import json

import pytest
import tableauserverclient as TSC
from sim_ask import code, get
from sim_shelf import project_id, refused
from simulator import NOBODY


def content(servers=("db.example.com",), note='A & B <c> ]]> "d"'):
    connections = [{"class": "postgres", "server": server, "port": 5432, "username": "reader", "dbname": "shop"}
        for server in servers]
    return json.dumps({"policyCollection": {"policies": [{"name": note}]}, "revision": {"connections": connections}})


@pytest.fixture
def project(server):
    return project_id(server)


def publish(server, project, name="Shop", text=None, mode="CreateNew", draft=False, owner=None):
    item = TSC.VirtualConnectionItem(name)
    item.project_id, item.owner_id = project, owner or server.user_id
    return server.virtual_connections.publish(item, text or content(), mode=mode, publish_as_draft=draft)


def test_what_was_published_comes_back(server, project):
    published = publish(server, project)
    assert (published.name, published.project_id, published.owner_id) == ("Shop", project, server.user_id)
    listed, page = server.virtual_connections.get()
    assert page.total_available == 1 and [item.id for item in listed] == [published.id]
    assert listed[0].created_at is not None and listed[0].is_certified is False and listed[0].has_extracts is False
    one = server.virtual_connections.get_by_id(published.id)
    assert one.content == json.loads(content()) and one.webpage_url.startswith("http")
    assert json.loads(server.virtual_connections.download(published)) == json.loads(content())


def test_pages_and_filters(server, project):
    ids = [publish(server, project, f"C {number}").id for number in range(5)]
    found = [item.id for item in TSC.Pager(server.virtual_connections, TSC.RequestOptions(pagesize=2))]
    assert sorted(found) == sorted(ids) and len(found) == 5
    assert [item.id for item in server.virtual_connections.filter(name="C 3")] == [ids[3]]


def test_its_databases_and_what_is_changed_of_them(server, project):
    published = publish(server, project, text=content(["one.example.com", "two.example.com"]))
    server.virtual_connections.populate_connections(published)
    one, two = published.connections
    assert (one.connection_type, one.server_address, one.server_port, one.username) == (
        "postgres", "one.example.com", "5432", "reader")
    two.server_address, two.server_port, two.username, two.password = "three.example.com", "5433", "writer", "secret"
    changed = server.virtual_connections.update_connection_db_connection(published, two)
    assert (changed.id, changed.server_address, changed.server_port, changed.username) == (
        two.id, "three.example.com", "5433", "writer")
    server.virtual_connections.populate_connections(published)
    assert [one.server_address for one in published.connections] == ["one.example.com", "three.example.com"]
    two._id = NOBODY
    with refused(404020):
        server.virtual_connections.update_connection_db_connection(published, two)


def test_a_publish_over_it_is_a_revision(server, project):
    first = publish(server, project)
    server.virtual_connections.populate_connections(first)
    kept = [one.id for one in first.connections]
    with refused(409015):
        publish(server, project)
    second = publish(server, project, text=content(["db.example.com", "new.example.com"]), mode="Overwrite")
    assert second.id == first.id and second.created_at == first.created_at
    revisions, page = server.virtual_connections.get_revisions(second)
    assert [(one.revision_number, one.current, one.deleted) for one in revisions] == [("1", False, False), (
        "2", True, False)]
    assert page.total_available == 2 and revisions[0].user_id == server.user_id
    assert json.loads(server.virtual_connections.download_revision(second, 1)) == json.loads(content())
    assert json.loads(server.virtual_connections.download_revision(second, 2)) == json.loads(
        content(["db.example.com", "new.example.com"]))
    with refused(404024):
        server.virtual_connections.download_revision(second, 3)
    server.virtual_connections.populate_connections(second)
    ids = [one.id for one in second.connections]
    assert ids[0] == kept[0] and len(ids) == 2


def test_a_draft_is_not_published(server, project):
    draft = publish(server, project, draft=True)
    assert server.virtual_connections.get()[1].total_available == 0
    assert server.virtual_connections.get_by_id(draft.id).content == json.loads(content())
    again = publish(server, project, text=content(note="changed"), draft=True)
    assert again.id == draft.id
    published = publish(server, project)
    assert published.id != draft.id and server.virtual_connections.get()[1].total_available == 1
    with refused(404029):
        server.virtual_connections.get_by_id(draft.id)


def test_changes_and_deletion(server, project):
    other = server.projects.create(TSC.ProjectItem("Other"))
    user = server.users.add(TSC.UserItem("anna", "Creator"))
    item = publish(server, project)
    item.name, item.is_certified, item.certification_note = "Renamed", True, "good"
    item.project_id, item.owner_id = other.id, user.id
    changed = server.virtual_connections.update(item)
    assert (changed.name, changed.is_certified, changed.certification_note, changed.project_id, changed.owner_id) == (
        "Renamed", True, "good", other.id, user.id)
    taken = publish(server, other.id, "Taken")
    taken.name = "renamed"
    with refused(409015):
        server.virtual_connections.update(taken)
    server.virtual_connections.delete(item)
    with refused(404029):
        server.virtual_connections.get_by_id(item.id)
    assert server.virtual_connections.get()[1].total_available == 1


def test_permissions_and_tags(server, project):
    item = publish(server, project)
    user = server.users.add(TSC.UserItem("anna", "Creator"))
    rule = TSC.PermissionsRule(user, {"Read": "Allow", "Connect": "Deny"})
    server.virtual_connections.add_permissions(item, [rule])
    server.virtual_connections.populate_permissions(item)
    assert {
        name: mode for one in item.permissions if one.grantee.id == user.id for name,
        mode in one.capabilities.items()} == {"Read": "Allow", "Connect": "Deny"}
    server.virtual_connections.delete_permission(item, rule)
    server.virtual_connections.populate_permissions(item)
    assert not [one for one in item.permissions if one.grantee.id == user.id]
    assert server.virtual_connections.add_tags(item, ["a b", "c"]) == {"a b", "c"}
    server.virtual_connections.delete_tags(item, ["c"])
    shown = get(server, f"virtualConnections/{item.id}")
    assert shown["virtualConnection"]["tags"]["tag"] == [{"label": "a b"}]
    assert json.loads(shown["virtualConnection"]["content"]) == json.loads(content())


def test_what_cannot_be_published(server, project):
    with refused(404005):
        publish(server, NOBODY)
    with refused(404002):
        publish(server, project, owner=NOBODY)
    with refused(400000):
        publish(server, project, text="[1]")


def test_others_may_look_only_where_they_may(sim, server, project):
    item = publish(server, project)
    user = server.users.add(TSC.UserItem("anna", "Viewer"))
    server.users.update(user, password="anna")
    client = sim.client("anna").server
    for forbidden in (
            lambda: client.virtual_connections.delete(item), lambda: publish(client, project, "Hers"),
            lambda: client.virtual_connections.update(item)):
        with pytest.raises(TSC.ServerResponseError, match=r"\s4030\d\d: "):
            forbidden()


def test_without_the_licence_the_feature_is_disabled(make_sim):
    with make_sim("--without", "data-management") as sim, sim.client() as server:
        with refused(403157):
            server.virtual_connections.get()


def test_versions(make_sim):
    with make_sim("--api", "3.22") as sim, sim.client() as server:
        assert server.virtual_connections.get()[1].total_available == 0
        assert code(server, "GET", f"virtualConnections/{NOBODY}", status=404) == 404950
