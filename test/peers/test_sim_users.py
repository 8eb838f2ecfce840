"""The users of a site, one by one, in lists and by import: by tableauserverclient (not ours) and by plain requests."""

import pytest
import tableauserverclient as TSC
from sim_ask import ask, code, get
from sim_shelf import refused
from sim_users import PEOPLE, user_named
from simulator import NOBODY, start_sim


@pytest.fixture(scope="module")
def sim():
    """A site with a server administrator and somebody who only looks; tests take names of their own."""
    with start_sim(*PEOPLE) as running:
        yield running


def test_users_come_change_and_go(server):
    user = server.users.add(TSC.UserItem("anna", "Explorer", "ServerDefault"))
    assert (user.name, user.site_role, user.domain_name) == ("anna", "Explorer", "local")
    user.fullname, user.email, user.site_role = "Anna Ölander", "anna@example.com", "Creator"
    server.users.update(user)
    again = server.users.get_by_id(user.id)
    assert (again.fullname, again.email, again.site_role) == ("Anna Ölander", "anna@example.com", "Creator")
    assert user_named(server, "anna").email == "anna@example.com"   # _all_ shows it in lists
    with refused(409000):
        server.users.add(TSC.UserItem("ANNA", "Viewer"))
    server.users.remove(user.id)
    with refused(404002):
        server.users.get_by_id(user.id)


def test_what_users_cannot_be(server):
    add = lambda attributes: code(server, "POST", "users", f"<user {attributes}/>")
    assert add('name="x" siteRole="Boss"') == 400013
    assert add('name="" siteRole="Viewer"') == 400003
    assert add('name="x" siteRole="Viewer" color="red"') == 400000
    assert add('name="x" siteRole="ServerAdministrator"') == 403004
    assert add('name="x" siteRole="Viewer" authSetting="Magic"') == 400003
    assert add('name="else\\x" siteRole="Viewer"') == 404016


def test_nobody_changes_the_own_role_or_removes_themselves(server):
    me = server.users.get_by_id(server.user_id)
    me.fullname = "The Demo Administrator"
    server.users.update(me)
    me.site_role = "Viewer"
    with refused(403009):
        server.users.update(me)
    with refused(403009):
        server.users.remove(me.id)


def test_lists_of_users_over_pages(make_sim):
    with make_sim(*[flag for n in range(24) for flag in ("--user",
            f"user{n:02}=Viewer")]) as sim, sim.client() as server:
        users = list(TSC.Pager(server.users, TSC.RequestOptions(pagesize=10)))
        total = server.users.get()[1].total_available
        assert total > 24
        assert len(users) == len({user.id for user in users}) == total
        assert [user.name for user in server.users.filter(name__in=["user03", "user01"]).order_by("name")] == [
            "user01", "user03"]
        options = TSC.RequestOptions(pagesize=5)
        options.filter.add(TSC.Filter("siteRole", "eq", "Viewer"))
        options.sort.add(TSC.Sort("name", "desc"))
        page, pagination = server.users.get(options)
        assert (pagination.total_available, [user.name for user in page]) == (
            24, [f"user{n}" for n in range(23, 18, -1)])
        assert [user.name for user in server.users.filter(friendly_name="user07")] == ["user07"]
        default = get(server, "users", pageSize=3)
        assert default["pagination"] == {"pageNumber": "1", "pageSize": "3", "totalAvailable": str(total)}
        assert all("fullName" not in user and "email" not in user for user in default["users"]["user"])
        assert code(server, "GET", "users", filter="color:eq:red") == 400008


def test_owners_hand_over_what_they_own(server):
    heir, owner = server.users.add(TSC.UserItem("heir", "Creator")), server.users.add(TSC.UserItem("owner", "Creator"))
    project = server.projects.create(TSC.ProjectItem("Of the owner"))
    project.owner_id = owner.id
    project = server.projects.update(project)
    with refused(409003):
        server.users.remove(owner.id)
    assert server.users.get_by_id(owner.id).site_role == "Creator"
    server.users.remove(owner.id, heir.id)
    [project] = server.projects.filter(name="Of the owner")
    assert project.owner_id == heir.id
    server.projects.delete(project.id)
    server.users.remove(heir.id)


def test_rules_for_who_is_removed_go(server):
    user = server.users.add(TSC.UserItem("grantee", "Viewer"))
    project = server.projects.create(TSC.ProjectItem("With a rule"))
    rule = TSC.PermissionsRule(user, {TSC.Permission.Capability.Read: TSC.Permission.Mode.Allow})
    server.projects.update_permissions(project, [rule])
    server.projects.populate_permissions(project)
    before = [one.grantee.id for one in project.permissions]
    assert user.id in before
    server.users.remove(user.id)
    server.projects.populate_permissions(project)
    assert [one.grantee.id for one in project.permissions] == [one for one in before if one != user.id]
    server.projects.delete(project.id)


def test_the_sessions_of_who_is_removed_end(sim, server):
    user = server.users.add(TSC.UserItem("leaver", "Viewer"))
    server.users.update(user, "pw")
    own = sim.client("leaver", "pw").server
    assert own.projects.get()
    server.users.remove(user.id)
    with refused(401002):
        own.projects.get()


def test_who_may_read_users(vera):
    assert vera.users.get_by_id(vera.user_id).name == "vera"
    for read in (lambda: vera.users.get(), lambda: vera.users.add(TSC.UserItem("x", "Viewer")),
                 lambda: vera.users.get_by_id(NOBODY)):
        with pytest.raises(TSC.ServerResponseError, match="\\s(403004|404002): "):
            read()


def test_users_of_tableau_cloud(cloud_sim, cloud):
    with refused(400003):
        cloud.users.add(TSC.UserItem("anna", "Viewer"))
    user = cloud.users.add(TSC.UserItem("anna@example.com", "Viewer"))
    assert (user.auth_setting, user.name) == ("TableauIDWithMFA", "anna@example.com")
    user.fullname = "Anna"
    with refused(400003):
        cloud.users.update(user)
    user = cloud.users.get_by_id(user.id)
    user.site_role = "Explorer"
    assert cloud.users.update(user).site_role == "Explorer"
    with refused(401001):   # a second factor
        cloud_sim.client("anna@example.com")


def import_user(name, role, fullname=None, email=None, auth_setting=None):
    user = TSC.UserItem(name, role, auth_setting)
    user.fullname, user.email = fullname or name, email
    return user


def test_users_by_import(sim, server):
    known = server.users.add(TSC.UserItem("known", "Viewer"))
    people = [import_user("bulk1", "Creator", 'With "quotes", and\na line', "b@example.com"),
              import_user("bulk2", "ExplorerCanPublish", auth_setting="SAML"), import_user("known", "Explorer"),
              import_user("bulk3", "SiteAdministratorExplorer")]
    job = server.users.bulk_add(people)
    assert job.type == "UserImport"
    assert server.jobs.wait_for_job(job, timeout=30).finish_code == 0
    first = user_named(server, "bulk1")
    assert (first.fullname, first.email, first.site_role) == ('With "quotes", and\na line', "b@example.com", "Creator")
    second = user_named(server, "bulk2")
    assert (second.site_role, second.auth_setting) == ("ExplorerCanPublish", "SAML")
    assert server.users.get_by_id(known.id).site_role == "Explorer"
    assert user_named(server, "bulk3").site_role == "SiteAdministratorExplorer"
    server.users.bulk_remove(people)
    [removal] = [job for job in server.jobs.get()[0] if job.type == "user_delete"]
    assert server.jobs.wait_for_job(removal.id, timeout=30).finish_code == 0
    options = TSC.RequestOptions()
    options.filter.add(TSC.Filter("name", "in", ["bulk1", "bulk2", "bulk3", "known"]))
    assert server.users.get(options)[0] == []


def test_a_malformed_import_is_refused(server):
    body = b'--b\r\nContent-Disposition: name="tableau_user_import"; filename="x.csv"\r\n\r\n"open,\r\n--b--\r\n'
    answer = ask(server, "POST", "users/import", body, 400, headers={"Content-Type": "multipart/mixed; boundary=b"})
    assert 'code="400019"' in answer.text


def test_users_one_by_one_from_a_file(server, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("file1,pw,File One,Viewer,None,no,f@example.com\n")
    added, failed = server.users.create_from_file(str(path))
    assert ([user.name for user in added], failed) == (["file1"], [])
    added, failed = server.users.add_all([TSC.UserItem("file2", "Viewer"), TSC.UserItem("file1", "Viewer")])
    assert ([user.name for user in added], [user.name for user in failed]) == (["file2"], ["file1"])
