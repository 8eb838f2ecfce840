"""tableauserverclient, which is not ours, judges tabferry-sim: would a real client notice?"""

import pytest
import tableauserverclient as TSC
from sim_shelf import project_id, refused
from simulator import PASSWORD, SITE, TOKEN_NAME, TOKEN_SECRET, USER, start_sim


def token():
    return TSC.PersonalAccessTokenAuth(TOKEN_NAME, TOKEN_SECRET, site_id=SITE)


def password():
    return TSC.TableauAuth(USER, PASSWORD, site_id=SITE)


def connect(sim, auth=None, version="3.27"):
    server = sim.server(version)
    server.auth.sign_in(auth or token())
    return server


# --- who are you ------------------------------------------------------------------------------------------------------


def test_server_info_needs_no_sign_in(sim):
    info = sim.server("2.4").server_info.get()
    assert info.product_version == "2025.3.0"
    assert info.rest_api_version == "3.29"
    assert sim.server().version == "3.29"


@pytest.mark.parametrize("auth", [token, password])
def test_sign_in_and_out(sim, auth):
    server = connect(sim, auth())
    assert server.is_signed_in()
    user = server.users.get_by_id(server.user_id)
    assert (user.name, user.site_role) == ("admin", "SiteAdministratorCreator")
    old_token, site_id, user_id = server.auth_token, server.site_id, server.user_id
    server.auth.sign_out()
    server._set_auth(site_id, user_id, old_token)
    with refused(401002):
        server.projects.get()


@pytest.mark.parametrize(
    "auth",
    [
        TSC.PersonalAccessTokenAuth(TOKEN_NAME, "wrong", site_id=SITE),
        TSC.PersonalAccessTokenAuth("wrong", TOKEN_SECRET, site_id=SITE),
        TSC.PersonalAccessTokenAuth(TOKEN_NAME, TOKEN_SECRET, site_id="wrong"),
        TSC.TableauAuth(USER, "wrong", site_id=SITE),
        TSC.TableauAuth(USER, "", site_id=SITE),
    ],
)
def test_wrong_credentials(sim, auth):
    with refused(401001):
        connect(sim, auth)


def test_a_second_sign_in_with_a_token_ends_the_first(sim):
    first = connect(sim)
    by_password = connect(sim, password())
    second = connect(sim)
    with refused(401002):
        first.projects.get()
    assert second.projects.get()[1].total_available == 3
    assert by_password.projects.get()[1].total_available == 3
    another_by_password = connect(sim, password())
    assert by_password.projects.get()[1].total_available == 3
    assert another_by_password.projects.get()[1].total_available == 3


def test_the_site(server):
    for site in (server.sites.get_by_id(server.site_id), server.sites.get_by_name("demo")):
        assert (site.id, site.name, site.content_url) == (server.site_id, "demo", "demo")
    with refused(404000):
        server.sites.get_by_name("other")


@pytest.mark.parametrize("version", ["2.4", "3.6", "3.27"])
def test_any_version_of_the_api(sim, version):
    server = connect(sim, password(), version)
    assert {project.name for project in TSC.Pager(server.projects)} == {"default", "Finance", "Daily"}


# --- projects ---------------------------------------------------------------------------------------------------------


def test_projects_are_nested(server):
    projects = {project.name: project for project in TSC.Pager(server.projects)}
    assert set(projects) == {"default", "Finance", "Daily"}
    assert projects["Daily"].parent_id == projects["Finance"].id
    assert projects["Finance"].parent_id is None
    assert projects["Finance"].owner_id == server.user_id


def test_a_pager_over_three_pages():
    names = [f"P{i:02}" for i in range(22)]
    with start_sim(*(f"--project={name}" for name in names)) as sim:
        server = connect(sim)
        options = TSC.RequestOptions(pagesize=10)
        found = [project.name for project in TSC.Pager(server.projects, options)]
        assert sorted(found) == sorted(names + ["default", "Finance", "Daily"])
        with refused(400006):
            server.projects.get(TSC.RequestOptions(pagenumber=4, pagesize=10))
        with refused(403014):
            server.projects.get(TSC.RequestOptions(pagesize=1001))


@pytest.mark.parametrize("version", ["3.6", "3.27"])  # before 3.7 the client sends the delimiters as they are
def test_projects_with_odd_names_are_found_by_filter(version):
    odd = 'Finance/Daily "Q1"; 100% + [x] 売上'
    with start_sim("--project", odd, "--project", r"A\/B/C") as sim:
        server = connect(sim, version=version)
        names = {project.name for project in TSC.Pager(server.projects)}
        assert names == {"default", "Finance", "Daily", 'Daily "Q1"; 100% + [x] 売上', "A/B", "C"}

        def by(field, value, operator=TSC.RequestOptions.Operator.Equals):
            options = TSC.RequestOptions()
            options.filter.add(TSC.Filter(field, operator, value))
            return {project.name for project in server.projects.get(options)[0]}

        fields = TSC.RequestOptions.Field
        assert by(fields.ParentProjectId, project_id(server, "A/B")) == {"C"}
        assert by(fields.TopLevelProject, "true") == {"default", "Finance", "A/B"}
        assert by(fields.Name, "nothing") == set()
        if version == "3.27":
            assert by(fields.Name, 'Daily "Q1"; 100% + [x] 売上') == {'Daily "Q1"; 100% + [x] 売上'}
            assert by(fields.Name, ["C", "Daily"], TSC.RequestOptions.Operator.In) == {"C", "Daily"}
