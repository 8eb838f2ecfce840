"""Who gets in, by passwords, tokens and JWTs: judged by tableauserverclient (not ours) and by plain requests."""

import pytest
import tableauserverclient as TSC
from sim_apps import jwt, make_app
from sim_ask import ask, code, get
from sim_shelf import refused
from sim_users import PEOPLE, user_named
from simulator import NOBODY, SITE, TOKEN_NAME, TOKEN_SECRET, USER, start_sim


@pytest.fixture(scope="module")
def sim():
    """A site with a server administrator and somebody who only looks; tests take names of their own."""
    with start_sim(*PEOPLE) as running:
        yield running


def sign_in_by(sim, token, **more):
    server = sim.server()
    server.auth.sign_in_with_json_web_token(TSC.JWTAuth(token, site_id=SITE, **more))
    return server


def test_a_jwt_opens_a_session_with_its_scopes(sim, server):
    client_id, secret = make_app(server, "jwt")
    token = jwt(client_id, secret)
    scoped = sign_in_by(sim, token)
    assert scoped.user_id == server.user_id
    assert scoped.projects.get()[1].total_available == 3
    with refused(401002):
        scoped.users.get()
    with refused(401002):
        scoped.virtual_connections.get()
    scoped.auth.sign_out()
    with refused(401001):   # a JWT is good for once
        sign_in_by(sim, token)
    wide = sign_in_by(sim, jwt(client_id, secret, scopes=["tableau:users:*"]))
    assert wide.users.get()[1].total_available >= 3
    wide.auth.sign_out()


def test_no_scope_opens_virtual_connections(sim, server):
    client_id, secret = make_app(server, "all scopes")
    scoped = sign_in_by(sim, jwt(client_id, secret, scopes=["tableau:*", "tableau:virtual_connections:*"]))
    assert scoped.users.get()[1].total_available >= 3
    with refused(401002) as caught:
        scoped.virtual_connections.get()
    assert "There is no scope for this method." in caught.value.detail
    scoped.auth.sign_out()


@pytest.mark.parametrize("changed", [
    {"lives": 3600}, {"lives": -1}, {"aud": "other"}, {"iss": "other"}, {"sub": "nobody"}, {"scp": []}, {"jti": ""},
])
def test_a_jwt_must_be_right(sim, server, changed):
    client_id, secret = make_app(server, "wrong jwt")
    with refused(401001):
        sign_in_by(sim, jwt(client_id, secret, **changed))


def test_a_jwt_needs_an_enabled_app_and_its_secret(sim, server):
    client_id, secret = make_app(server, "disabled", enabled=False)
    with refused(401001):
        sign_in_by(sim, jwt(client_id, secret))
    client_id, secret = make_app(server, "other secret")
    with refused(401001):
        sign_in_by(sim, jwt(client_id, secret | {"value": "guessed"}))
    with refused(401001):
        sign_in_by(sim, jwt(client_id, secret), isUat=True)


def test_a_server_administrator_may_be_somebody_else(sim, server, root):
    vera_id = user_named(server, "vera").id
    with sim.client("root", user_id_to_impersonate=vera_id) as other:
        assert other.user_id == vera_id
    with refused(401001):
        sim.client(user_id_to_impersonate=vera_id)
    with refused(401001):
        sim.client("root", user_id_to_impersonate=NOBODY)


def test_switching_sites(server):
    site = server.sites.get_by_id(server.site_id)
    assert code(server, "POST", "auth/switchSite", f'<site contentUrl="{SITE}"/>', site=False) == 403070
    with refused(401003):
        site.content_url = "elsewhere"
        server.auth.switch_site(site)


def test_the_unlicensed_do_not_get_in(sim, server):
    user = server.users.add(TSC.UserItem("no-licence", "Viewer"))
    server.users.update(user, "pw")
    own = sim.client("no-licence", "pw").server
    user.site_role = "Unlicensed"
    server.users.update(user)
    with refused(401002):
        own.projects.get()
    with refused(401001):
        sim.client("no-licence", "pw")


def test_the_use_of_tokens_and_sign_ins_is_noted(make_sim):
    with make_sim() as sim, sim.client() as server:
        user = user_named(server, USER)
        assert user.last_login is not None
        own = sim.server()
        own.auth.sign_in_with_personal_access_token(TSC.PersonalAccessTokenAuth(TOKEN_NAME, TOKEN_SECRET, SITE))
        [token] = get(server, f"users/{server.user_id}/personal-access-tokens")["personalAccessTokens"][
            "personalAccessToken"]
        assert token["tokenName"] == TOKEN_NAME
        assert token["lastUsedAt"].endswith("Z")


def test_tokens_are_made_and_revoked(sim, root):
    path = f"users/{root.user_id}/personal-access-tokens"
    body = {"personalAccessToken": {"tokenName": "of-root"}}
    made = ask(root, "POST", path, body, 201, as_json=True)["personalAccessTokenWithSecret"]
    auth = TSC.PersonalAccessTokenAuth("of-root", made["secret"], SITE)
    own = sim.server()
    own.auth.sign_in(auth)
    root.auth.revoke_all_server_admin_tokens()
    with refused(401002):
        own.projects.get()
    with refused(401001):
        own.auth.sign_in(auth)
    assert get(root, path)["personalAccessTokens"] == {}


def test_only_server_administrators_revoke_tokens(server):
    with refused(403004):
        server.auth.revoke_all_server_admin_tokens()


def test_who_am_i(vera):
    session = get(vera, "sessions/current", site=False)["session"]
    assert session["user"]["name"] == "vera"
    assert session["user"]["siteRole"] == "Viewer"
    assert session["site"]["contentUrl"] == SITE
    assert code(vera, "DELETE", "sessions/other", site=False) == 403004


def test_people_and_settings_survive_a_restart(make_sim, tmp_path):
    with make_sim(data=tmp_path / "site") as sim, sim.client() as server:
        user = server.users.add(TSC.UserItem("stays", "Viewer"))
        group = server.groups.create(TSC.GroupItem("Stay"))
        server.groups.add_user(group, user.id)
        settings = server.extensions.get()
        settings.safe_list = [TSC.SafeExtension("https://example.com/ext.html", True, False)]
        server.extensions.update(settings)
        ask(server, "PUT", "", {"site": {"revisionLimit": "9"}}, 200)
        client_id, secret = make_app(server, "stays")
    with make_sim(data=tmp_path / "site") as sim, sim.client() as server:
        [group] = server.groups.filter(name="Stay")
        server.groups.populate_users(group)
        assert [user.name for user in group.users] == ["stays"]
        assert [one.url for one in server.extensions.get().safe_list] == ["https://example.com/ext.html"]
        assert server.sites.get_by_id(server.site_id).revision_limit == 9
        shown = get(server, "settings/extensions")["extensionsSiteSettings"]["safeList"]
        assert [one["promptNeeded"] for one in shown] == [False]
        assert sign_in_by(sim, jwt(client_id, secret)).user_id == server.user_id
