"""People and the site, judged by tableauserverclient (not ours) and, for what it has no call for, by plain requests:
sign-in, sites and their settings, users, groups, group sets, favorites.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import time
import uuid

import pytest
import schema
import tableauserverclient as TSC
from sim_shelf import Shelf
from simulator import PASSWORD, SITE, TOKEN_NAME, TOKEN_SECRET, USER, start_sim

ROOT = "root=ServerAdministrator"


def refused(code):
    kind = TSC.FailedSignInError if code // 1000 == 401 else TSC.ServerResponseError
    return pytest.raises(kind, match=f"\\s{code}: ")


@contextlib.contextmanager
def signed_in(sim, name, password=None, **more):
    """A tableauserverclient of that user, whose password is the name where none is given."""
    server = TSC.Server(sim.url, session_factory=schema.session)
    server.version = "3.27"
    server.auth.sign_in(TSC.TableauAuth(name, password or name, SITE, **more))
    yield server


@pytest.fixture(scope="module")
def shared_sim():
    """A site with a server administrator and somebody who only looks; tests take names of their own."""
    with start_sim("--user", ROOT, "--user", "vera=Viewer") as sim:
        yield sim


@pytest.fixture
def server(shared_sim):
    with shared_sim.client() as server:
        yield server


@pytest.fixture
def root(shared_sim):
    with signed_in(shared_sim, "root") as server:
        yield server


@pytest.fixture
def vera(shared_sim):
    with signed_in(shared_sim, "vera") as server:
        yield server


@pytest.fixture(scope="module")
def cloud_sim():
    with start_sim("--profile", "cloud", "--user", "vera=Viewer") as sim:
        yield sim


@pytest.fixture
def cloud(cloud_sim):
    with cloud_sim.client() as server:
        yield server


class Plain:
    """Requests without a client library: XML by default, JSON if asked."""

    def __init__(self, server, version="3.27"):
        self.base = f"{server.server_address}/api/{version}"
        self.site = server.site_id
        self.session = schema.session()
        self.session.headers["X-Tableau-Auth"] = server.auth_token

    def ask(self, method, path, body=None, status=200, as_json=False):
        headers = {"Accept": "application/json"} if as_json else {}
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body), "application/json"
        answer = self.session.request(method, f"{self.base}/{path.replace('SITE', f'sites/{self.site}')}", data=body,
                                      headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if as_json and answer.content else answer.text

    def get(self, path):
        return self.ask("GET", path, as_json=True)

    def code(self, method, path, body=None):
        """The error's code."""
        headers = {"Accept": "application/json"}
        url = f"{self.base}/{path.replace('SITE', f'sites/{self.site}')}"
        answer = self.session.request(method, url, data=body, headers=headers)
        return int(answer.json()["error"]["code"])


# --- sign-in ------------------------------------------------------------------------------------------------------------


def jwt(client_id, secret, user=USER, scopes=("tableau:content:read",), lives=300, **changed):
    def encoded(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {"iss": client_id, "exp": int(time.time()) + lives, "jti": str(uuid.uuid4()), "aud": "tableau", "sub": user,
              "scp": list(scopes)} | changed
    header = {"alg": "HS256", "typ": "JWT", "kid": secret["id"], "iss": client_id}
    text = encoded(json.dumps(header).encode()) + b"." + encoded(json.dumps(claims).encode())
    return (text + b"." + encoded(hmac.digest(secret["value"].encode(), text, hashlib.sha256))).decode()


def make_app(plain, name, enabled=True):
    body = {"connectedApplication": {"name": name, "enabled": enabled}}
    app = plain.ask("POST", "SITE/connected-apps/direct-trust", body, 201, as_json=True)["connectedApplication"]
    secret = plain.ask("POST", f"SITE/connected-apps/direct-trust/{app['clientId']}/secrets", None, 201, as_json=True)
    return app["clientId"], secret["connectedApplicationSecret"]


def sign_in_by(sim, token, **more):
    server = TSC.Server(sim.url, session_factory=schema.session)
    server.version = "3.27"
    server.auth.sign_in_with_json_web_token(TSC.JWTAuth(token, site_id=SITE, **more))
    return server


def test_a_jwt_opens_a_session_with_its_scopes(shared_sim, server):
    client_id, secret = make_app(Plain(server), "jwt")
    token = jwt(client_id, secret)
    scoped = sign_in_by(shared_sim, token)
    assert scoped.user_id == server.user_id
    assert scoped.projects.get()[1].total_available == 3
    with refused(401002):
        scoped.users.get()
    with refused(401002):
        scoped.virtual_connections.get()
    scoped.auth.sign_out()
    with refused(401001):   # a JWT is good for once
        sign_in_by(shared_sim, token)
    wide = sign_in_by(shared_sim, jwt(client_id, secret, scopes=["tableau:users:*"]))
    assert wide.users.get()[1].total_available >= 3
    wide.auth.sign_out()


@pytest.mark.parametrize("changed", [
    {"lives": 3600}, {"lives": -1}, {"aud": "other"}, {"iss": "other"}, {"sub": "nobody"}, {"scp": []}, {"jti": ""},
])
def test_a_jwt_must_be_right(shared_sim, server, changed):
    client_id, secret = make_app(Plain(server), "wrong jwt")
    with refused(401001):
        sign_in_by(shared_sim, jwt(client_id, secret, **changed))


def test_a_jwt_needs_an_enabled_app_and_its_secret(shared_sim, server):
    client_id, secret = make_app(Plain(server), "disabled", enabled=False)
    with refused(401001):
        sign_in_by(shared_sim, jwt(client_id, secret))
    client_id, secret = make_app(Plain(server), "other secret")
    with refused(401001):
        sign_in_by(shared_sim, jwt(client_id, secret | {"value": "guessed"}))
    with refused(401001):
        sign_in_by(shared_sim, jwt(client_id, secret), isUat=True)


def test_a_server_administrator_may_be_somebody_else(shared_sim, server, root):
    vera_id = user_named(server, "vera").id
    with signed_in(shared_sim, "root", user_id_to_impersonate=vera_id) as other:
        assert other.user_id == vera_id
    with refused(401001), signed_in(shared_sim, USER, PASSWORD, user_id_to_impersonate=vera_id):
        pass
    with refused(401001), signed_in(shared_sim, "root", user_id_to_impersonate=str(uuid.uuid4())):
        pass


def test_switching_sites(server):
    plain = Plain(server)
    site = server.sites.get_by_id(server.site_id)
    assert plain.code("POST", "auth/switchSite", f'<tsRequest><site contentUrl="{SITE}"/></tsRequest>') == 403070
    with refused(401003):
        site.content_url = "elsewhere"
        server.auth.switch_site(site)


def test_the_unlicensed_do_not_get_in(shared_sim, server):
    user = server.users.add(TSC.UserItem("no-licence", "Viewer"))
    server.users.update(user, "pw")
    with signed_in(shared_sim, "no-licence", "pw") as own:
        user.site_role = "Unlicensed"
        server.users.update(user)
        with refused(401002):
            own.projects.get()
    with refused(401001), signed_in(shared_sim, "no-licence", "pw"):
        pass


def test_the_use_of_tokens_and_sign_ins_is_noted(make_sim):
    with make_sim() as sim, sim.client() as server:
        user = user_named(server, USER)
        assert user.last_login is not None
        own = TSC.Server(sim.url, session_factory=schema.session)
        own.version = "3.27"
        own.auth.sign_in_with_personal_access_token(TSC.PersonalAccessTokenAuth(TOKEN_NAME, TOKEN_SECRET, SITE))
        plain = Plain(server)
        [token] = plain.get(f"SITE/users/{server.user_id}/personal-access-tokens")["personalAccessTokens"][
            "personalAccessToken"]
        assert token["tokenName"] == TOKEN_NAME
        assert token["lastUsedAt"].endswith("Z")


def test_tokens_are_made_and_revoked(shared_sim, root):
    plain = Plain(root)
    path = f"SITE/users/{root.user_id}/personal-access-tokens"
    body = {"personalAccessToken": {"tokenName": "of-root"}}
    made = plain.ask("POST", path, body, 201, as_json=True)["personalAccessTokenWithSecret"]
    auth = TSC.PersonalAccessTokenAuth("of-root", made["secret"], SITE)
    own = TSC.Server(shared_sim.url, session_factory=schema.session)
    own.auth.sign_in(auth)
    root.auth.revoke_all_server_admin_tokens()
    with refused(401002):
        own.projects.get()
    with refused(401001):
        own.auth.sign_in(auth)
    assert plain.get(path)["personalAccessTokens"] == {}


def test_only_server_administrators_revoke_tokens(server):
    with refused(403004):
        server.auth.revoke_all_server_admin_tokens()


def test_who_am_i(vera):
    session = Plain(vera).get("sessions/current")["session"]
    assert session["user"]["name"] == "vera"
    assert session["user"]["siteRole"] == "Viewer"
    assert session["site"]["contentUrl"] == SITE
    assert Plain(vera).code("DELETE", "sessions/other") == 403004


# --- the site -----------------------------------------------------------------------------------------------------------


def test_query_of_a_site(server):
    site = server.sites.get_by_id(server.site_id)
    assert (site.name, site.content_url, site.state, site.admin_mode) == ("demo", SITE, "Active", "ContentAndUsers")
    assert site.revision_limit == 25
    assert site.flows_enabled is True
    assert server.sites.get_by_name("DEMO").id == site.id
    assert Plain(server).get(f"sites/{SITE}?key=contentUrl")["site"]["id"] == site.id
    with pytest.raises(ValueError, match="substring"):   # the client looks for the name in its own address
        server.sites.get_by_content_url(SITE)
    with refused(404000):
        server.sites.get_by_name("other")


def test_usage_is_counted(server):
    usage = Plain(server).get("SITE?includeUsage=true")["site"]["usage"]
    assert int(usage["numUsers"]) == server.users.get()[1].total_available
    assert int(usage["numViewers"]) >= 1


def test_others_see_little_of_a_site(vera):
    assert set(Plain(vera).get("SITE")["site"]) == {"id", "name", "contentUrl"}


def test_the_list_of_sites_is_the_server_administrators(server, root, cloud):
    [site] = root.sites.get()[0]
    assert (site.id, site.name) == (root.site_id, "demo")
    with refused(403004):
        server.sites.get()
    with refused(403069):
        cloud.sites.get()


def test_update_of_a_site(make_sim):
    with make_sim() as sim, sim.client() as server:
        site = server.sites.get_by_id(server.site_id)
        site.revision_limit, site.editing_flows_enabled, site.disable_subscriptions = 7, False, True
        assert server.sites.update(site).revision_limit == 7
        again = server.sites.get_by_id(server.site_id)
        assert (again.revision_limit, again.editing_flows_enabled, again.disable_subscriptions) == (7, False, True)
        site.name = "renamed"
        with refused(403004):
            server.sites.update(site)
        plain = Plain(server)
        assert plain.code("PUT", "SITE", '<tsRequest><site color="red"/></tsRequest>') == 400000
        assert plain.code("PUT", "SITE", '<tsRequest><site revisionLimit="1"/></tsRequest>') == 400003


def test_extracts_are_encrypted_where_the_site_allows_it(make_sim):
    with make_sim() as sim, sim.client() as server:
        with refused(403004):
            server.sites.encrypt_extracts(server.site_id)
        Plain(server).ask("PUT", "SITE", {"site": {"extractEncryptionMode": "enabled"}})
        server.sites.encrypt_extracts(server.site_id)
        server.sites.re_encrypt_extracts(server.site_id)
        server.sites.decrypt_extracts(server.site_id)


def test_licences_run_out(make_sim):
    with make_sim("--user", ROOT) as sim, signed_in(sim, "root") as server:
        in_use = int(Plain(server).get("SITE?includeUsage=true")["site"]["usage"]["numCreators"])
        text = f'<tsRequest><site tierCreatorCapacity="{in_use + 1}" tierViewerCapacity="1"/></tsRequest>'
        Plain(server).ask("PUT", "SITE", text)
        assert server.users.add(TSC.UserItem("one", "Creator")).site_role == "Creator"
        assert server.users.add(TSC.UserItem("two", "Creator")).site_role == "Unlicensed"
        assert server.users.add(TSC.UserItem("three", "Viewer")).site_role == "Viewer"
        four = server.users.add(TSC.UserItem("four", "Explorer"))
        assert four.site_role == "Explorer"
        four.site_role = "Viewer"
        with refused(409014):
            server.users.update(four)


def test_settings_of_embedding(server, vera):
    plain = Plain(server)
    assert 'unrestrictedEmbedding="true" allowList=""' in plain.ask("GET", "SITE/settings/embedding")
    text = '<tsRequest><site><settings unrestrictedEmbedding="false" allowList="a.example b.example"/></site></tsRequest>'
    assert 'allowList="a.example b.example"' in plain.ask("PUT", "SITE/settings/embedding", text)
    assert plain.get("SITE/settings/embedding")["site"]["settings"] == [
        {"unrestrictedEmbedding": False, "allowList": "a.example b.example"}]
    assert Plain(vera).code("GET", "SITE/settings/embedding") == 403004


def test_settings_of_extensions(server, root):
    settings = server.extensions.get()
    assert (settings.enabled, settings.safe_list) == (True, [])
    settings.enabled, settings.allow_trusted = False, False
    settings.safe_list = [TSC.SafeExtension("https://example.com/ext.html", True, False)]
    server.extensions.update(settings)
    again = server.extensions.get()
    assert (again.enabled, again.allow_trusted, again.include_sandboxed) == (False, False, True)
    [safe] = again.safe_list
    assert (safe.url, safe.full_data_allowed, safe.prompt_needed) == ("https://example.com/ext.html", True, False)
    body = {"extensionsSiteSettings": {"extensionsEnabled": True, "safeList": [{"url": "https://a.example"}]}}
    shown = Plain(server).ask("PUT", "SITE/settings/extensions", body, as_json=True)["extensionsSiteSettings"]
    assert (shown["extensionsEnabled"], shown["allowTrusted"], [one["url"] for one in shown["safeList"]]) == (
        True, False, ["https://a.example"])
    whole = root.extensions.get_server_settings()
    assert (whole.enabled, whole.block_list) == (True, [])
    whole.block_list = ["https://example.com/bad"]
    assert root.extensions.update_server_settings(whole).block_list == ["https://example.com/bad"]
    with refused(403004):
        server.extensions.get_server_settings()


def test_settings_of_the_mobile_app(server):
    plain = Plain(server)
    before = plain.ask("GET", "SITE/settings/mobilesecuritysettings")
    assert before.count("<mobileSecuritySettings ") == 2
    first = plain.get("SITE/settings/mobilesecuritysettings")["mobileSecuritySettingsList"]["mobileSecuritySettings"][0]
    assert first["iosConfig"]["valueList"] == ["true"]
    policy = 'enabled="true" severity="critical"><valueList>true</valueList>'
    text = (f'<tsRequest><mobileSecuritySettingsList><mobileSecuritySettings name="x" enabled="true"><iosConfig {policy}'
            f'</iosConfig><androidConfig {policy}</androidConfig></mobileSecuritySettings></mobileSecuritySettingsList>'
            '</tsRequest>')
    plain.ask("PUT", "SITE/settings/mobilesecuritysettings", text)
    after = plain.ask("GET", "SITE/settings/mobilesecuritysettings")
    assert (after.count("<mobileSecuritySettings "), after.count('severity="critical"')) == (1, 2)


def test_settings_of_notifications(server):
    plain = Plain(server)
    text = ('<tsRequest><userNotificationsPreferences><userNotificationsPreference channel="email" '
            'notificationType="comments" enabled="false"/></userNotificationsPreferences></tsRequest>')
    assert "<status>Success</status>" in plain.ask("PATCH", "SITE/settings/notifications", text)
    rows = plain.get("SITE/settings/notifications")["userNotificationsPreferences"]["userNotificationsPreference"]
    assert [(row["channel"], row["notificationType"]) for row in rows if not row["enabled"]] == [("email", "comments")]


def test_connected_apps(server):
    plain = Plain(server)
    client_id, secret = make_app(plain, "an app")
    path = f"SITE/connected-apps/direct-trust/{client_id}"
    app = plain.get(path)["connectedApplication"]
    assert (app["name"], app["enabled"]) == ("an app", True)
    assert "value" not in json.dumps(app)   # the secret is for who asks for it
    assert plain.get(f"{path}/secrets/{secret['id']}")["connectedApplicationSecret"]["value"] == secret["value"]
    plain.ask("POST", f"{path}/secrets", None, 201)
    assert plain.code("POST", f"{path}/secrets") == 400003
    plain.ask("DELETE", f"{path}/secrets/{secret['id']}", None, 204)
    plain.ask("PUT", path, {"connectedApplication": {"enabled": False}})
    apps = plain.get("SITE/connected-apps/direct-trust")["connectedApplications"]["connectedApplication"]
    assert [one["enabled"] for one in apps if one["clientId"] == client_id] == [False]
    plain.ask("DELETE", path, None, 204)
    assert plain.code("GET", path) == 404001


def test_external_authorization_servers(server):
    plain = Plain(server)
    path = "SITE/connected-apps/external-authorization-servers"
    body = {"externalAuthorizationServer": {"name": "idp", "issuerUrl": "https://idp.example"}}
    made = plain.ask("POST", path, body, 201, as_json=True)["externalAuthorizationServer"]
    listed = plain.get(path)["externalAuthorizationServerList"]["externalAuthorizationServer"]
    assert [one["issuerUrl"] for one in listed] == ["https://idp.example"]
    plain.ask("DELETE", f"{path}/{made['id']}", None, 204)
    assert plain.get(path)["externalAuthorizationServerList"] == {}


def test_openid_connect(cloud, server):
    plain = Plain(cloud)
    assert cloud.sites.list_auth_configurations() == []
    assert plain.code("GET", "SITE/site-oidc-configuration") == 404001
    wanted = TSC.SiteOIDCConfiguration()
    wanted.idp_configuration_name, wanted.client_id, wanted.client_secret = "idp", "client", "hush"
    wanted.authorization_endpoint = wanted.token_endpoint = "https://idp.example"
    wanted.userinfo_endpoint = wanted.jwks_uri = "https://idp.example"
    wanted.enabled = True
    made = cloud.oidc.create(wanted)
    assert (made.client_id, made.client_secret, made.enabled) == ("client", None, True)
    assert [one.idp_configuration_id for one in cloud.oidc.get()] == [made.idp_configuration_id]
    assert cloud.oidc.get_by_id(made.idp_configuration_id).idp_configuration_name == "idp"
    wanted.idp_configuration_id, wanted.client_id = made.idp_configuration_id, "other"
    assert cloud.oidc.update(wanted).client_id == "other"
    cloud.oidc.delete_configuration(made.idp_configuration_id)
    assert [one.enabled for one in cloud.sites.list_auth_configurations()] == [False]
    user = cloud.users.add(TSC.UserItem("oidc@example.com", "Viewer"))
    assert user.auth_setting == "TableauIDWithMFA"
    assert Plain(server).code("GET", "SITE/site-oidc-configuration") == 404950


def test_domains(server):
    assert [one["name"] for one in Plain(server).get("domains")["domainList"]["domain"]] == ["local"]


# --- users --------------------------------------------------------------------------------------------------------------


def user_named(server, name):
    [user] = server.users.filter(name=name)
    return user


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
    plain = Plain(server)
    add = lambda attributes: plain.code("POST", "SITE/users", f"<tsRequest><user {attributes}/></tsRequest>")
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
    with make_sim(*[flag for n in range(24) for flag in ("--user", f"user{n:02}=Viewer")]) as sim, sim.client() as server:
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
        assert (pagination.total_available, [user.name for user in page]) == (24, [f"user{n}" for n in range(23, 18, -1)])
        assert [user.name for user in server.users.filter(friendly_name="user07")] == ["user07"]
        default = Plain(server).get("SITE/users?pageSize=3")
        assert default["pagination"] == {"pageNumber": "1", "pageSize": "3", "totalAvailable": str(total)}
        assert all("fullName" not in user and "email" not in user for user in default["users"]["user"])
        assert Plain(server).code("GET", "SITE/users?filter=color:eq:red") == 400008


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


def test_the_sessions_of_who_is_removed_end(shared_sim, server):
    user = server.users.add(TSC.UserItem("leaver", "Viewer"))
    server.users.update(user, "pw")
    with signed_in(shared_sim, "leaver", "pw") as own:
        assert own.projects.get()
        server.users.remove(user.id)
        with refused(401002):
            own.projects.get()


def test_who_may_read_users(vera):
    assert vera.users.get_by_id(vera.user_id).name == "vera"
    for read in (lambda: vera.users.get(), lambda: vera.users.add(TSC.UserItem("x", "Viewer")),
                 lambda: vera.users.get_by_id(str(uuid.uuid4()))):
        with pytest.raises(TSC.ServerResponseError, match="\\s(403004|404002): "):
            read()


def test_users_of_tableau_cloud(cloud):
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
        with signed_in(type("Sim", (), {"url": cloud.server_address}), "anna@example.com"):
            pass


def import_user(name, role, fullname=None, email=None, auth_setting=None):
    user = TSC.UserItem(name, role, auth_setting)
    user.fullname, user.email = fullname or name, email
    return user


def test_users_by_import(shared_sim, server):
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
    body = ('--b\r\nContent-Disposition: name="tableau_user_import"; filename="x.csv"\r\n\r\n"open,\r\n--b--\r\n')
    answer = schema.session().post(f"{server.baseurl}/sites/{server.site_id}/users/import", data=body, headers={
        "X-Tableau-Auth": server.auth_token, "Content-Type": "multipart/mixed; boundary=b"})
    assert (answer.status_code, 'code="400019"' in answer.text) == (400, True)


def test_users_one_by_one_from_a_file(server, tmp_path):
    path = tmp_path / "users.csv"
    path.write_text("file1,pw,File One,Viewer,None,no,f@example.com\n")
    added, failed = server.users.create_from_file(str(path))
    assert ([user.name for user in added], failed) == (["file1"], [])
    added, failed = server.users.add_all([TSC.UserItem("file2", "Viewer"), TSC.UserItem("file1", "Viewer")])
    assert ([user.name for user in added], [user.name for user in failed]) == (["file2"], ["file1"])


# --- groups -------------------------------------------------------------------------------------------------------------


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
    [shown] = [one for one in Plain(server).get("SITE/groups?fields=_all_")["groups"]["group"] if one["id"] == made.id]
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
        server.groups.add_user(group, str(uuid.uuid4()))
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
    for change in (lambda: server.groups.delete(everybody.id), lambda: server.groups.add_user(everybody, server.user_id),
                   lambda: server.groups.remove_user(everybody, server.user_id)):
        with refused(403004):
            change()
    everybody.name = "Somebody"
    with refused(403004):
        server.groups.update(everybody)


def test_groups_over_pages_and_what_others_see(shared_sim, server, vera):
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
    [shown] = Plain(server).get("SITE/groupsets")["groupSets"]["groupSet"]
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
    assert Plain(server, "3.21").code("GET", "SITE/groupsets") == 404950


# --- favorites ----------------------------------------------------------------------------------------------------------


def labels(server, user_id):
    shown = Plain(server).get(f"SITE/favorites/{user_id}")
    return [one["label"] for one in shown["favorites"].get("favorite", [])]


def test_favorite_projects(server, vera):
    me = server.users.get_by_id(server.user_id)
    made = [server.projects.create(TSC.ProjectItem(f"Liked {n}")) for n in range(3)]
    for one in made:
        server.favorites.add_favorite_project(me, one)
    server.favorites.add_favorite(me, "project", made[0])   # again changes nothing
    server.favorites.get(me)
    assert [one.name for one in me.favorites["projects"]] == ["Liked 0", "Liked 1", "Liked 2"]
    assert [me.favorites[kind] for kind in ("workbooks", "views", "datasources", "flows", "metrics", "collections")] == [
        []] * 6
    server.users.populate_favorites(me)
    assert len(me.favorites["projects"]) == 3
    plain = Plain(server)
    shown = plain.get(f"SITE/favorites/{me.id}?pageSize=2")
    assert shown["pagination"]["totalAvailable"] == "3"
    assert [one["position"] for one in shown["favorites"]["favorite"]] == ["1", "2"]
    assert shown["favorites"]["favorite"][0]["targetOwnerName"] == USER

    order = (f'<tsRequest><favoriteOrderings><favoriteOrdering favoriteId="{made[0].id}" favoriteType="project" '
             f'favoriteIdMoveAfter="{made[2].id}" favoriteTypeMoveAfter="project"/></favoriteOrderings></tsRequest>')
    plain.ask("PUT", f"SITE/orderFavorites/{me.id}", order, 204)
    assert labels(server, me.id) == ["Liked 1", "Liked 2", "Liked 0"]

    add = lambda label, one: plain.code("PUT", f"SITE/favorites/{me.id}",
                                        f'<tsRequest><favorite label="{label}"><project id="{one}"/></favorite></tsRequest>')
    assert add("", made[0].id) == 400005
    assert add("Liked 1", made[0].id) == 409007
    assert add("x", str(uuid.uuid4())) == 404005
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
        plain = Plain(server)
        shown = plain.get(f"SITE/favorites/{me.id}")["favorites"]["favorite"]
        assert [one["parentProjectName"] for one in shown] == ["default"] * 4
        text = f'<tsRequest><favorite label="Gone"><collection id="{uuid.uuid4()}"/></favorite></tsRequest>'
        assert plain.code("PUT", f"SITE/favorites/{me.id}", text) // 1000 == 404
        server.favorites.get(me)
        found = {kind: [one.name for one in items] for kind, items in me.favorites.items() if items}
        assert found == {"workbooks": ["Book"], "views": [view.name], "datasources": ["Sales"], "flows": ["Clean"]}
        server.favorites.delete_favorite_view(me, view)
        server.favorites.delete_favorite_datasource(me, source)
        server.favorites.delete_favorite_flow(me, flow)
        server.favorites.delete_favorite_workbook(me, book)
        server.favorites.get(me)
        assert [items for items in me.favorites.values() if items] == []


def test_people_and_settings_survive_a_restart(make_sim, tmp_path):
    with make_sim(data=tmp_path / "site") as sim, sim.client() as server:
        user = server.users.add(TSC.UserItem("stays", "Viewer"))
        group = server.groups.create(TSC.GroupItem("Stay"))
        server.groups.add_user(group, user.id)
        settings = server.extensions.get()
        settings.safe_list = [TSC.SafeExtension("https://example.com/ext.html", True, False)]
        server.extensions.update(settings)
        Plain(server).ask("PUT", "SITE", {"site": {"revisionLimit": "9"}})
        client_id, secret = make_app(Plain(server), "stays")
    with make_sim(data=tmp_path / "site") as sim, sim.client() as server:
        [group] = server.groups.filter(name="Stay")
        assert members(server, group) == ["stays"]
        assert [one.url for one in server.extensions.get().safe_list] == ["https://example.com/ext.html"]
        assert server.sites.get_by_id(server.site_id).revision_limit == 9
        shown = Plain(server).get("SITE/settings/extensions")["extensionsSiteSettings"]["safeList"]
        assert [one["promptNeeded"] for one in shown] == [False]
        assert sign_in_by(sim, jwt(client_id, secret)).user_id == server.user_id


def test_an_administrator_marks_for_others(server):
    vera_item = user_named(server, "vera")
    project = server.projects.create(TSC.ProjectItem("For Vera"))
    server.favorites.add_favorite_project(vera_item, project)
    assert labels(server, vera_item.id) == ["For Vera"]
    server.projects.delete(project.id)
