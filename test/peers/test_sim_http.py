"""tabferry-sim on the wire: what no client library lets us send or see. Each expectation is Tableau's own."""

import json
import socket

import pytest
from sim_files import tdsx
from sim_storm import NS
from sim_wire import Client, error, xml
from simulator import NOBODY, SITE, TOKEN_NAME, TOKEN_SECRET


@pytest.fixture
def client(sim):
    return Client(sim.url)


def test_who_may_not(sim):
    stranger = Client(sim.url, sign_in=False)
    site = Client(sim.url).site
    assert error(stranger.get(f"{site}/projects")) == (401, "401000", "Unauthorized Access")
    stranger.http.headers["X-Tableau-Auth"] = "made|up"
    assert error(stranger.get(f"{site}/projects")) == (401, "401002", "Unauthorized Access")
    assert error(stranger.post("auth/signout")) == (401, "401002", "Unauthorized Access")


def test_what_is_not_there(client):
    assert error(client.get("nothing/here")) == (404, "404950", "Resource Not Found")
    assert error(client.get(f"sites/{NOBODY}/projects")) == (404, "404000", "Resource Not Found")
    assert error(client.get(f"sites/{NOBODY}")) == (404, "404000", "Resource Not Found")
    assert error(client.get(f"{client.site}/users/{NOBODY}")) == (404, "404002", "Resource Not Found")
    for method in ("DELETE", "PATCH"):
        assert error(client(method, f"{client.site}/projects")) == (405, "405000", "Method Not Allowed")
    for version in ("2.3", "3.30", "9.9", "x", "3"):
        assert error(client.http.get(f"{client.url}/api/{version}/serverinfo"))[:2] == (404, "404003")
    for version in ("-", "exp"):
        assert error(client.http.get(f"{client.url}/api/{version}/serverinfo"))[:2] == (404, "404950")
    assert error(client.http.get(client.url))[:2] == (404, "404950")
    assert client("HEAD", "serverinfo").status_code == 405
    assert error(client.get("x" * 7000))[:2] == (404, "404950")


def test_the_words_of_a_path_have_no_case(client):
    assert client.get("ServerInfo").status_code == 200
    assert client.get(client.site.upper() + "/PROJECTS").status_code == 200
    assert client.post(f"{client.site}/fileuploads").status_code == 201


def test_signing_in_by_token_again_and_out(sim):
    first = Client(sim.url, sign_in=False)
    body = (f'<tsRequest xmlns="http://tableau.com/api"><credentials personalAccessTokenName="{TOKEN_NAME}" '
            f'personalAccessTokenSecret="{TOKEN_SECRET}"><site contentUrl="{SITE}"/></credentials></tsRequest>')
    credentials = xml(first.post("auth/signin", data=body)).find(f"{NS}credentials")
    assert credentials.get("estimatedTimeToExpiration")
    first.http.headers["X-Tableau-Auth"] = credentials.get("token")
    session = xml(first.get("sessions/current")).find(f"{NS}session")
    assert session.find(f"{NS}user").attrib == {
        "id": credentials.find(f"{NS}user").get("id"), "name": "admin", "siteRole": "SiteAdministratorCreator"}
    assert session.find(f"{NS}site").get("contentUrl") == SITE
    answer = first.post("auth/signout")
    assert (answer.status_code, answer.content, answer.headers.get("Content-Length")) == (204, b"", None)
    assert error(first.get("sessions/current"))[1] == "401002"


def test_json(sim):
    client = Client(sim.url, sign_in=False)
    client.http.headers["Accept"] = "application/json"
    asked = {
        "credentials": {
            "personalAccessTokenName": TOKEN_NAME, "personalAccessTokenSecret": TOKEN_SECRET,
            "site": {"contentUrl": SITE}}}
    answer = client.post("auth/signin", data=json.dumps(asked), headers={"Content-Type": "application/json"})
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    credentials = answer.json()["credentials"]
    client.http.headers["X-Tableau-Auth"] = credentials["token"]
    site = "sites/" + credentials["site"]["id"]
    listed = client.get(f"{site}/projects?pageSize=2").json()
    assert listed["pagination"] == {"pageNumber": "1", "pageSize": "2", "totalAvailable": "3"}
    assert len(listed["projects"]["project"]) == 2
    assert client.get(f"{site}/datasources").json()["datasources"] == {}
    info = client.get("serverinfo").json()["serverInfo"]
    assert info["productVersion"]["value"]
    assert (info["restApiVersion"], info["serverSettings"]["oAuthEnabled"]) == ("3.29", False)
    refusal = client.get(f"{site}/datasources/{NOBODY}")
    assert refusal.status_code == 404
    assert refusal.json()["error"]["code"] == "404004"
    client.site = site
    made = client.publish(tdsx()).json()["datasource"]
    assert (made["hasExtracts"], made["encryptExtracts"], made["size"], made["tags"]) == (True, "false", "1", {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<tsRequest>",
        b"<tsRequest/>",
        b"<credentials/>",
        b"<!DOCTYPE tsRequest [<!ENTITY x 'y'>]><tsRequest><credentials/></tsRequest>",
        b"<tsRequest><credentials name='a' password='b'/></tsRequest>",
        b"<tsRequest><credentials color='red'><site/></credentials></tsRequest>",
        b"<tsRequest><credentials><site/><other/></credentials></tsRequest>",
        b"\x00\xff" * 1000,
        b"<a>" * 100_000,
        b" " * (5 << 20),
    ],
    ids=lambda body: repr(body[:40]),
)
def test_malformed_requests(sim, body):
    client = Client(sim.url, sign_in=False)
    assert error(client.post("auth/signin", data=body)) == (400, "400000", "Bad Request")
    assert client.get("serverinfo").status_code == 200


@pytest.mark.parametrize("query, code", [("pageSize=1001", "403014"), ("pageSize=0", "400007"),
    ("pageSize=x", "400007"), ("pageNumber=0", "400006"), ("pageNumber=2", "400006"), ("filter=name", "400008"),
    ("filter=color:eq:red", "400008")])
def test_bad_queries(client, query, code):
    assert error(client.get(f"{client.site}/projects?{query}"))[1] == code


def test_filters_raw_and_encoded(client):
    for query in (
            "filter=name:eq:Daily", "filter=name%3Aeq%3ADaily", "filter=name:eq:Daily,topLevelProject:eq:false",
            "filter=name%3Aeq%3ADaily%2CtopLevelProject%3Aeq%3Afalse", "filter=name:in:[Daily,other]"):
        found = xml(client.get(f"{client.site}/projects?{query}"))
        assert [p.get("name") for p in found.iter(f"{NS}project")] == ["Daily"], query
        assert found.find(f"{NS}pagination").get("totalAvailable") == "1"


def test_requests_without_a_length(client):
    """curl and others send DELETE, and an empty POST, without a Content-Length; the answer must not wait for one."""
    host, port = client.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        for method, path in (("POST", "fileUploads"), ("DELETE", "datasources/" + NOBODY), ("POST", "fileUploads")):
            head = f"{method} /api/3.27/{client.site}/{path} HTTP/1.1\r\nHost: x\r\n"
            raw.sendall(f"{head}X-Tableau-Auth: {client.http.headers['X-Tableau-Auth']}\r\n\r\n".encode())
            answer = b""
            while b"</tsResponse>" not in answer:
                got = raw.recv(65536)
                assert got, "the connection was closed"
                answer += got
            assert answer.startswith(b"HTTP/1.1 201 " if method == "POST" else b"HTTP/1.1 404 ")


def test_many_requests_on_one_connection(client):
    for _ in range(200):
        assert client.get("serverinfo").status_code == 200
    pools = client.http.get_adapter(client.url).poolmanager.pools
    assert sum(pools[key].num_connections for key in pools.keys()) == 1
