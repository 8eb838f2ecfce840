"""A site and its settings: by tableauserverclient (not ours) and, for what it has no call for, by plain requests."""

import json

import pytest
import tableauserverclient as TSC
from sim_apps import make_app
from sim_ask import ask, code, get
from sim_shelf import refused
from sim_users import PEOPLE
from simulator import SITE, start_sim


@pytest.fixture(scope="module")
def sim():
    """A site with a server administrator and somebody who only looks; tests take names of their own."""
    with start_sim(*PEOPLE) as running:
        yield running


def test_query_of_a_site(server):
    site = server.sites.get_by_id(server.site_id)
    assert (site.name, site.content_url, site.state, site.admin_mode) == ("demo", SITE, "Active", "ContentAndUsers")
    assert site.revision_limit == 25
    assert site.flows_enabled is True
    assert server.sites.get_by_name("DEMO").id == site.id
    assert get(server, f"sites/{SITE}", site=False, key="contentUrl")["site"]["id"] == site.id
    with pytest.raises(ValueError, match="substring"):   # the client looks for the name in its own address
        server.sites.get_by_content_url(SITE)
    with refused(404000):
        server.sites.get_by_name("other")


def test_usage_is_counted(server):
    usage = get(server, "", includeUsage="true")["site"]["usage"]
    assert int(usage["numUsers"]) == server.users.get()[1].total_available
    assert int(usage["numViewers"]) >= 1


def test_others_see_little_of_a_site(vera):
    assert set(get(vera, "")["site"]) == {"id", "name", "contentUrl"}


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
        assert code(server, "PUT", "", '<site color="red"/>') == 400000
        assert code(server, "PUT", "", '<site revisionLimit="1"/>') == 400003


def test_extracts_are_encrypted_where_the_site_allows_it(make_sim):
    with make_sim() as sim, sim.client() as server:
        with refused(403004):
            server.sites.encrypt_extracts(server.site_id)
        ask(server, "PUT", "", {"site": {"extractEncryptionMode": "enabled"}}, 200)
        server.sites.encrypt_extracts(server.site_id)
        server.sites.re_encrypt_extracts(server.site_id)
        server.sites.decrypt_extracts(server.site_id)


def test_licences_run_out(make_sim):
    with make_sim(*PEOPLE[:2]) as sim, sim.client("root") as server:
        in_use = int(get(server, "", includeUsage="true")["site"]["usage"]["numCreators"])
        text = f'<site tierCreatorCapacity="{in_use + 1}" tierViewerCapacity="1"/>'
        ask(server, "PUT", "", text, 200)
        assert server.users.add(TSC.UserItem("one", "Creator")).site_role == "Creator"
        assert server.users.add(TSC.UserItem("two", "Creator")).site_role == "Unlicensed"
        assert server.users.add(TSC.UserItem("three", "Viewer")).site_role == "Viewer"
        four = server.users.add(TSC.UserItem("four", "Explorer"))
        assert four.site_role == "Explorer"
        four.site_role = "Viewer"
        with refused(409014):
            server.users.update(four)


def test_settings_of_embedding(server, vera):
    assert 'unrestrictedEmbedding="true" allowList=""' in ask(server, "GET", "settings/embedding").text
    text = '<site><settings unrestrictedEmbedding="false" allowList="a.example b.example"/></site>'
    assert 'allowList="a.example b.example"' in ask(server, "PUT", "settings/embedding", text).text
    assert get(server, "settings/embedding")["site"]["settings"] == [{
        "unrestrictedEmbedding": False, "allowList": "a.example b.example"}]
    assert code(vera, "GET", "settings/embedding") == 403004


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
    shown = ask(server, "PUT", "settings/extensions", body, as_json=True)["extensionsSiteSettings"]
    assert (shown["extensionsEnabled"], shown["allowTrusted"], [one["url"] for one in shown["safeList"]]) == (
        True, False, ["https://a.example"])
    whole = root.extensions.get_server_settings()
    assert (whole.enabled, whole.block_list) == (True, [])
    whole.block_list = ["https://example.com/bad"]
    assert root.extensions.update_server_settings(whole).block_list == ["https://example.com/bad"]
    with refused(403004):
        server.extensions.get_server_settings()


def test_settings_of_the_mobile_app(server):
    before = ask(server, "GET", "settings/mobilesecuritysettings").text
    assert before.count("<mobileSecuritySettings ") == 2
    first = get(server, "settings/mobilesecuritysettings")["mobileSecuritySettingsList"]["mobileSecuritySettings"][0]
    assert first["iosConfig"]["valueList"] == ["true"]
    policy = 'enabled="true" severity="critical"><valueList>true</valueList>'
    text = (f'<mobileSecuritySettingsList><mobileSecuritySettings name="x" enabled="true"><iosConfig {policy}'
            f'</iosConfig><androidConfig {policy}</androidConfig></mobileSecuritySettings></mobileSecuritySettingsList>'
            '')
    ask(server, "PUT", "settings/mobilesecuritysettings", text, 200)
    after = ask(server, "GET", "settings/mobilesecuritysettings").text
    assert (after.count("<mobileSecuritySettings "), after.count('severity="critical"')) == (1, 2)


def test_settings_of_notifications(server):
    text = ('<userNotificationsPreferences><userNotificationsPreference channel="email" '
            'notificationType="comments" enabled="false"/></userNotificationsPreferences>')
    assert "<status>Success</status>" in ask(server, "PATCH", "settings/notifications", text).text
    rows = get(server, "settings/notifications")["userNotificationsPreferences"]["userNotificationsPreference"]
    assert [(row["channel"], row["notificationType"]) for row in rows if not row["enabled"]] == [("email", "comments")]


def test_connected_apps(server):
    client_id, secret = make_app(server, "an app")
    path = f"connected-apps/direct-trust/{client_id}"
    app = get(server, path)["connectedApplication"]
    assert (app["name"], app["enabled"]) == ("an app", True)
    assert "value" not in json.dumps(app)   # the secret is for who asks for it
    assert get(server, f"{path}/secrets/{secret['id']}")["connectedApplicationSecret"]["value"] == secret["value"]
    ask(server, "POST", f"{path}/secrets", None, 201)
    assert code(server, "POST", f"{path}/secrets") == 400003
    ask(server, "DELETE", f"{path}/secrets/{secret['id']}", None, 204)
    ask(server, "PUT", path, {"connectedApplication": {"enabled": False}}, 200)
    apps = get(server, "connected-apps/direct-trust")["connectedApplications"]["connectedApplication"]
    assert [one["enabled"] for one in apps if one["clientId"] == client_id] == [False]
    ask(server, "DELETE", path, None, 204)
    assert code(server, "GET", path) == 404001


def test_external_authorization_servers(server):
    path = "connected-apps/external-authorization-servers"
    body = {"externalAuthorizationServer": {"name": "idp", "issuerUrl": "https://idp.example"}}
    made = ask(server, "POST", path, body, 201, as_json=True)["externalAuthorizationServer"]
    listed = get(server, path)["externalAuthorizationServerList"]["externalAuthorizationServer"]
    assert [one["issuerUrl"] for one in listed] == ["https://idp.example"]
    ask(server, "DELETE", f"{path}/{made['id']}", None, 204)
    assert get(server, path)["externalAuthorizationServerList"] == {}


def test_openid_connect(cloud, server):
    assert cloud.sites.list_auth_configurations() == []
    assert code(cloud, "GET", "site-oidc-configuration") == 404001
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
    assert code(server, "GET", "site-oidc-configuration") == 404950


def test_domains(server):
    assert [one["name"] for one in get(server, "domains", site=False)["domainList"]["domain"]] == ["local"]
