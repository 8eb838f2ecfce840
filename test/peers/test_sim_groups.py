"""Groups, group sets and favorites: by tableauserverclient (not ours) and by plain requests."""

import uuid

import pytest
import tableauserverclient as TSC
from sim_ask import ask, code, get
from sim_shelf import Shelf, refused
from sim_users import PEOPLE, user_named
from simulator import NOBODY, USER, start_sim


@pytest.fixture(scope="module")
def sim():
    """A site with a server administrator and somebody who only looks; tests take names of their own."""
    with start_sim(*PEOPLE) as running:
        yield running


@pytest.fixture
def group(server):
    made = server.groups.create(TSC.GroupItem(f"Group {uuid.uuid4()}"))
    yield made
    if server.groups.filter(name=made.name):
        server.groups.delete(made.id)


def members(server, group):
    server.groups.populate_users(group)
    return sorted(user.name for user in group.users)


def test_groups_come_change_and_go(server):
    item = TSC.GroupItem("Finance & Ärger")
    item.minimum_site_role = "Viewer"
    made = server.groups.create(item)
    assert (made.name, made.domain_name) == ("Finance & Ärger", "local")
    with refused(409009):
        server.groups.create(TSC.GroupItem("FINANCE & Ärger"))
    made.name, made.minimum_site_role = "Treasury", "Explorer"
    assert server.groups.update(made).name == "Treasury"
    [shown] = [one for one in get(server, "groups", fields="_all_")["groups"]["group"] if one["id"] == made.id]
    assert (shown["minimumSiteRole"], shown["userCount"]) == ("Explorer", "0")
    server.groups.delete(made.id)
    assert server.groups.filter(name="Treasury").total_available == 0
    with refused(404012):
        server.groups.delete(made.id)


def test_groups_of_a_directory_need_one(server):
    item = TSC.GroupItem("Of the directory", "corp.example")
    item.minimum_site_role = "Viewer"
    with refused(403011):
        server.groups.create_AD_group(item)
    with refused(403011):
        server.groups.create_AD_group(item, asJob=True)


def test_members(server, group):
    people = [server.users.add(TSC.UserItem(f"member{n}", "Viewer")) for n in range(3)]
    assert server.groups.add_user(group, people[0].id).name == "member0"
    with refused(409011):
        server.groups.add_user(group, people[0].id)
    with refused(404002):
        server.groups.add_user(group, NOBODY)
    assert [user.name for user in server.groups.add_users(group, people[1:])] == ["member1", "member2"]
    assert members(server, group) == ["member0", "member1", "member2"]
    options = TSC.RequestOptions()
    options.all_fields = True
    options.filter.add(TSC.Filter("userCount", "eq", "3"))
    [counted] = [one for one in server.groups.get(options)[0] if one.id == group.id]
    assert counted.user_count == 3
    server.users.populate_groups(people[0])
    assert sorted(one.name for one in people[0].groups) == sorted(["All Users", group.name])
    server.groups.remove_user(group, people[0].id)
    with refused(404002):
        server.groups.remove_user(group, people[0].id)
    server.groups.remove_users(group, [people[1]])
    assert members(server, group) == ["member2"]
    server.users.remove(people[2].id)
    assert members(server, group) == []
    for one in people[:2]:
        server.users.remove(one.id)


def test_everybody_is_in_all_users(server):
    [everybody] = server.groups.filter(name="All Users")
    assert len(members(server, everybody)) == server.users.get()[1].total_available
    for change in (
            lambda: server.groups.delete(everybody.id), lambda: server.groups.add_user(everybody, server.user_id),
            lambda: server.groups.remove_user(everybody, server.user_id)):
        with refused(403004):
            change()
    everybody.name = "Somebody"
    with refused(403004):
        server.groups.update(everybody)


def test_groups_over_pages_and_what_others_see(sim, server, vera):
    made = [server.groups.create(TSC.GroupItem(f"Paged {n}")) for n in range(12)]
    options = TSC.RequestOptions(pagesize=5)
    options.filter.add(TSC.Filter("name", "eq", "Paged *"))
    options.sort.add(TSC.Sort("name", "asc"))
    names = [one.name for one in TSC.Pager(server.groups, options)]
    assert names == sorted(one.name for one in made)
    assert "Paged 3" in [one.name for one in TSC.Pager(vera.groups)]
    with refused(403004):
        vera.groups.create(TSC.GroupItem("Vera's"))
    with refused(403004):
        members(vera, made[0])
    for one in made:
        server.groups.delete(one.id)


def test_group_sets(server, group):
    made = server.group_sets.create(TSC.GroupSetItem("Set"))
    with refused(409120):
        server.group_sets.create(TSC.GroupSetItem("SET"))
    server.group_sets.add_group(made, group)
    server.group_sets.add_group(made, group.id)   # again changes nothing
    full = server.group_sets.get_by_id(made.id)
    assert (full.group_count, [one.name for one in full.groups]) == (1, [group.name])
    [listed] = server.group_sets.get(result_level="members")[0]
    assert [one.id for one in listed.groups] == [group.id]
    [shown] = get(server, "groupsets")["groupSets"]["groupSet"]
    assert [one["name"] for one in shown["group"]] == [group.name]
    [local] = server.group_sets.get(result_level="local")[0]
    assert (local.name, local.groups, local.group_count) == ("Set", [], 1)
    full.name = "Renamed"
    assert server.group_sets.update(full).name == "Renamed"
    server.group_sets.remove_group(made, group)
    with refused(404012):
        server.group_sets.remove_group(made, group)
    server.group_sets.add_group(made, group)
    server.groups.delete(group.id)
    assert server.group_sets.get_by_id(made.id).group_count == 0
    server.group_sets.delete(made)
    assert server.group_sets.get()[1].total_available == 0
    assert code(server, "GET", "groupsets", version="3.21") == 404950


# --- favorites --------------------------------------------------------------------------------------------------------


def labels(server, user_id):
    shown = get(server, f"favorites/{user_id}")
    return [one["label"] for one in shown["favorites"].get("favorite", [])]


def test_favorite_projects(server, vera):
    me = server.users.get_by_id(server.user_id)
    made = [server.projects.create(TSC.ProjectItem(f"Liked {n}")) for n in range(3)]
    for one in made:
        server.favorites.add_favorite_project(me, one)
    server.favorites.add_favorite(me, "project", made[0])   # again changes nothing
    server.favorites.get(me)
    assert [one.name for one in me.favorites["projects"]] == ["Liked 0", "Liked 1", "Liked 2"]
    assert [me.favorites[kind] for kind in ("workbooks", "views", "datasources", "flows", "metrics",
        "collections")] == [[]] * 6
    server.users.populate_favorites(me)
    assert len(me.favorites["projects"]) == 3
    shown = get(server, f"favorites/{me.id}", pageSize=2)
    assert shown["pagination"]["totalAvailable"] == "3"
    assert [one["position"] for one in shown["favorites"]["favorite"]] == ["1", "2"]
    assert shown["favorites"]["favorite"][0]["targetOwnerName"] == USER

    order = (f'<favoriteOrderings><favoriteOrdering favoriteId="{made[0].id}" favoriteType="project" '
             f'favoriteIdMoveAfter="{made[2].id}" favoriteTypeMoveAfter="project"/></favoriteOrderings>')
    ask(server, "PUT", f"orderFavorites/{me.id}", order, 204)
    assert labels(server, me.id) == ["Liked 1", "Liked 2", "Liked 0"]

    add = lambda label, one: code(server, "PUT", f"favorites/{me.id}",
                                        f'<favorite label="{label}"><project id="{one}"/></favorite>')
    assert add("", made[0].id) == 400005
    assert add("Liked 1", made[0].id) == 409007
    assert add("x", NOBODY) == 404005
    with refused(403004):
        vera.favorites.get(me)
    with refused(403004):
        vera.favorites.add_favorite_project(me, made[0])

    server.favorites.delete_favorite_project(me, made[1])
    with refused(404010):
        server.favorites.delete_favorite_project(me, made[1])
    server.favorites.delete_favorite(me, "project", made[2])
    assert labels(server, me.id) == ["Liked 0"]
    server.projects.delete(made[0].id)
    assert labels(server, me.id) == []   # they go with what they mark
    for one in made[1:]:
        server.projects.delete(one.id)


def test_favorites_of_all_kinds(make_sim, tmp_path):
    with make_sim() as sim, sim.client() as server:
        shelf = Shelf(server, tmp_path)
        book, source, flow = shelf.workbook("Book"), shelf.datasource("Sales"), shelf.flow("Clean")
        server.workbooks.populate_views(book)
        view = book.views[0]
        me = server.users.get_by_id(server.user_id)
        server.favorites.add_favorite_workbook(me, book)
        server.favorites.add_favorite_view(me, view)
        server.favorites.add_favorite_datasource(me, source)
        server.favorites.add_favorite_flow(me, flow)
        shown = get(server, f"favorites/{me.id}")["favorites"]["favorite"]
        assert [one["parentProjectName"] for one in shown] == ["default"] * 4
        text = f'<favorite label="Gone"><collection id="{uuid.uuid4()}"/></favorite>'
        assert code(server, "PUT", f"favorites/{me.id}", text) // 1000 == 404
        server.favorites.get(me)
        found = {kind: [one.name for one in items] for kind, items in me.favorites.items() if items}
        assert found == {"workbooks": ["Book"], "views": [view.name], "datasources": ["Sales"], "flows": ["Clean"]}
        server.favorites.delete_favorite_view(me, view)
        server.favorites.delete_favorite_datasource(me, source)
        server.favorites.delete_favorite_flow(me, flow)
        server.favorites.delete_favorite_workbook(me, book)
        server.favorites.get(me)
        assert [items for items in me.favorites.values() if items] == []


def test_an_administrator_marks_for_others(server):
    vera_item = user_named(server, "vera")
    project = server.projects.create(TSC.ProjectItem("For Vera"))
    server.favorites.add_favorite_project(vera_item, project)
    assert labels(server, vera_item.id) == ["For Vera"]
    server.projects.delete(project.id)
