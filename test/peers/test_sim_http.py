"""tabferry-sim on the wire: what no client library lets us send or see. Every expectation is Tableau's documented one."""

import concurrent.futures
import contextlib
import io
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import time
import urllib.parse
import zipfile
from xml.etree import ElementTree

import pytest
import requests
from simulator import PASSWORD, SITE, TOKEN_NAME, TOKEN_SECRET, USER, program, start_sim

NS = "{http://tableau.com/api}"
NOBODY = "00000000-0000-4000-8000-000000000000"


class Client:
    """One signed-in session on one kept connection."""

    def __init__(self, url, sign_in=True):
        self.url, self.http = url, requests.Session()
        self.http.trust_env = False
        if sign_in:
            answer = self.post("auth/signin", data=f'<tsRequest><credentials name="{USER}" password="{PASSWORD}"><site contentUrl="{SITE}"/></credentials></tsRequest>')
            assert answer.status_code == 200, answer.text
            credentials = xml(answer).find(f"{NS}credentials")
            self.http.headers["X-Tableau-Auth"] = credentials.get("token")
            self.site = "sites/" + credentials.find(f"{NS}site").get("id")

    def __call__(self, method, path, **more):
        return self.http.request(method, f"{self.url}/api/3.27/{path}", timeout=60, **more)

    def get(self, path, **more):
        return self("GET", path, **more)

    def post(self, path, **more):
        return self("POST", path, **more)

    def put(self, path, **more):
        return self("PUT", path, **more)

    def projects(self):
        return {p.get("name"): p.get("id") for p in xml(self.get(f"{self.site}/projects")).iter(f"{NS}project")}

    def datasources(self):
        return {d.get("name"): d for d in xml(self.get(f"{self.site}/datasources")).iter(f"{NS}datasource")}

    def publish(self, content, name="Sales", query="?datasourceType=tdsx", filename="sales.tdsx", **more):
        body, kind = mixed([("request_payload", "", payload(name, **more)), ("tableau_datasource", filename, content)])
        return self.post(f"{self.site}/datasources{query}", data=body, headers={"Content-Type": kind})

    def start_upload(self):
        answer = self.post(f"{self.site}/fileUploads")
        assert answer.status_code == 201
        return xml(answer).find(f"{NS}fileUpload").get("uploadSessionId")

    def append(self, session, content):
        body, kind = mixed([("request_payload", "", b""), ("tableau_file", "file", content)])
        return self.put(f"{self.site}/fileUploads/{session}", data=body, headers={"Content-Type": kind})

    def commit(self, session, name="Sales", query=""):
        body, kind = mixed([("request_payload", "", payload(name))])
        path = f"{self.site}/datasources?datasourceType=tdsx&uploadSessionId={session}{query}"
        return self.post(path, data=body, headers={"Content-Type": kind})


def xml(answer):
    assert answer.headers["Content-Type"] == "application/xml;charset=UTF-8", answer.text
    assert answer.text.startswith('<?xml version="1.0" encoding="UTF-8"?><tsResponse xmlns="http://tableau.com/api"')
    return ElementTree.fromstring(answer.content)


def error(answer):
    """(status, code, summary) of a refusal, which must have a detail too."""
    found = xml(answer).find(f"{NS}error")
    assert found is not None, answer.text
    assert found.find(f"{NS}detail").text
    return answer.status_code, found.get("code"), found.find(f"{NS}summary").text


def payload(name, project=None):
    root = ElementTree.Element("tsRequest")
    datasource = ElementTree.SubElement(root, "datasource", name=name)
    if project:
        ElementTree.SubElement(datasource, "project", id=project)
    return ElementTree.tostring(root)


def mixed(parts, boundary="b0undary", typed=True):
    out = io.BytesIO()
    for name, filename, content in parts:
        first = "form-data; " if typed else ""
        last = f'; filename="{filename}"' if filename or typed else ""
        out.write(f'--{boundary}\r\nContent-Disposition: {first}name="{name}"{last}\r\n'.encode())
        out.write(b"Content-Type: " + (b"text/xml" if name == "request_payload" else b"application/octet-stream") + b"\r\n\r\n")
        out.write(content + b"\r\n")
    out.write(f"--{boundary}--\r\n".encode())
    return out.getvalue(), f"multipart/mixed; boundary={boundary}"


def package(seed=1, size=1000):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.tds", "<datasource version='18.1'><connection class='hyper' dbname='x.hyper'/></datasource>")
        archive.writestr("x.hyper", random.Random(seed).randbytes(size))
    return buffer.getvalue()


@pytest.fixture
def client(sim):
    return Client(sim.url)


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


# --- the protocol ---------------------------------------------------------------------------------------------------------


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
    body = f'<tsRequest xmlns="http://tableau.com/api"><credentials personalAccessTokenName="{TOKEN_NAME}" personalAccessTokenSecret="{TOKEN_SECRET}"><site contentUrl="{SITE}"/></credentials></tsRequest>'
    credentials = xml(first.post("auth/signin", data=body)).find(f"{NS}credentials")
    assert credentials.get("estimatedTimeToExpiration")
    first.http.headers["X-Tableau-Auth"] = credentials.get("token")
    session = xml(first.get("sessions/current")).find(f"{NS}session")
    assert session.find(f"{NS}user").attrib == {"id": credentials.find(f"{NS}user").get("id"), "name": "admin", "siteRole": "SiteAdministratorCreator"}
    assert session.find(f"{NS}site").get("contentUrl") == SITE
    answer = first.post("auth/signout")
    assert (answer.status_code, answer.content, answer.headers.get("Content-Length")) == (204, b"", None)
    assert error(first.get("sessions/current"))[1] == "401002"


def test_json(sim):
    client = Client(sim.url, sign_in=False)
    client.http.headers["Accept"] = "application/json"
    asked = {"credentials": {"personalAccessTokenName": TOKEN_NAME, "personalAccessTokenSecret": TOKEN_SECRET, "site": {"contentUrl": SITE}}}
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
    made = client.publish(package()).json()["datasource"]
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


@pytest.mark.parametrize("query, code", [("pageSize=1001", "403014"), ("pageSize=0", "400007"), ("pageSize=x", "400007"), ("pageNumber=0", "400006"), ("pageNumber=2", "400006"), ("filter=name", "400008"), ("filter=color:eq:red", "400008")])
def test_bad_queries(client, query, code):
    assert error(client.get(f"{client.site}/projects?{query}"))[1] == code


def test_filters_raw_and_encoded(client):
    for query in ("filter=name:eq:Daily", "filter=name%3Aeq%3ADaily", "filter=name:eq:Daily,topLevelProject:eq:false", "filter=name%3Aeq%3ADaily%2CtopLevelProject%3Aeq%3Afalse", "filter=name:in:[Daily,other]"):
        found = xml(client.get(f"{client.site}/projects?{query}"))
        assert [p.get("name") for p in found.iter(f"{NS}project")] == ["Daily"], query
        assert found.find(f"{NS}pagination").get("totalAvailable") == "1"


def test_requests_without_a_length(client):
    """curl and others send DELETE, and an empty POST, without a Content-Length; the answer must not wait for one."""
    host, port = client.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        for method, path in (("POST", "fileUploads"), ("DELETE", "datasources/" + NOBODY), ("POST", "fileUploads")):
            head = f"{method} /api/3.27/{client.site}/{path} HTTP/1.1\r\nHost: x\r\nX-Tableau-Auth: {client.http.headers['X-Tableau-Auth']}\r\n\r\n"
            raw.sendall(head.encode())
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


# --- publishing -----------------------------------------------------------------------------------------------------------


def test_the_answer_to_a_publish(client):
    answer = client.publish(package(), "A B", project=client.projects()["Daily"])
    assert answer.status_code == 201
    made = xml(answer).find(f"{NS}datasource")
    assert (made.get("name"), made.get("contentUrl"), made.get("size"), made.get("type")) == ("A B", "AB", "1", "hyper")
    assert made.find(f"{NS}project").attrib == {"id": client.projects()["Daily"], "name": "Daily"}
    assert made.find(f"{NS}owner").get("id")


@pytest.mark.parametrize("typed", [True, False])
def test_both_spellings_of_the_part_header(client, typed):
    body, kind = mixed([("request_payload", "", payload("Sales")), ("tableau_datasource", "sales.tdsx", package())], typed=typed)
    answer = client.post(f"{client.site}/datasources", data=body, headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text


def test_a_chunked_request_body(client):
    body, kind = mixed([("request_payload", "", payload("Sales")), ("tableau_datasource", "sales.tdsx", package(size=300_000))])
    pieces = (body[i:i + 1000] for i in range(0, len(body), 1000))
    assert client.post(f"{client.site}/datasources", data=pieces, headers={"Content-Type": kind}).status_code == 201


@pytest.mark.parametrize(
    "query, content, more, code",
    [
        ("?datasourceType=tdsx&append=true&overwrite=true", package(), {}, "400055"),
        ("?datasourceType=tdsx&overwrite=maybe", package(), {}, "400008"),
        ("?datasourceType=xlsx", package(), {}, "400010"),
        ("", package(), {"filename": "sales.csv"}, "400010"),
        ("?datasourceType=tdsx", b"not a zip", {}, "400011"),
        ("?datasourceType=tdsx", b"", {}, "400011"),
        ("?datasourceType=tdsx", package()[:-25], {}, "400011"),
        ("?datasourceType=hyper", b"not a hyper", {}, "400011"),
        ("?datasourceType=tds", package(), {}, "400011"),
        ("?datasourceType=tdsx", package(), {"name": " "}, "400000"),
        ("?datasourceType=tdsx", package(), {"project": NOBODY}, "404005"),
        ("?datasourceType=tdsx&uploadSessionId=1:a-1:0", package(), {}, "400000"),
    ],
)
def test_what_cannot_be_published(client, query, content, more, code):
    assert error(client.publish(content, query=query, **more))[1] == code
    assert client.datasources() == {}
    assert client.publish(package()).status_code == 201


@pytest.mark.parametrize(
    "kind, body",
    [
        ("multipart/mixed", b"--x--"),
        ("multipart/form-data; boundary=b0undary", mixed([("request_payload", "", payload("S"))])[0]),
        ("multipart/mixed; boundary=other", mixed([("request_payload", "", payload("S"))])[0]),
        ("multipart/mixed; boundary=b0undary", mixed([("request_payload", "", payload("S"))])[0][:-6]),
        ("multipart/mixed; boundary=b0undary", mixed([("tableau_datasource", "a.tdsx", package())])[0]),
        ("multipart/mixed; boundary=b0undary", mixed([("request_payload", "", payload("S")), ("unknown", "", b"")])[0]),
        ("multipart/mixed; boundary=b0undary", mixed([("request_payload", "", payload("S"))] * 2)[0]),
        ("text/xml", payload("S")),
    ],
)
def test_bodies_that_are_no_publish(client, kind, body):
    assert error(client.post(f"{client.site}/datasources", data=body, headers={"Content-Type": kind}))[:2] == (400, "400000")
    assert client.get("serverinfo").status_code == 200


def test_the_name_of_a_download(client):
    for name, expected in (
        ("Sales (daily)", 'name="tableau_datasource"; filename="Sales (daily).tdsx"'),
        ("売上", "name=\"tableau_datasource\"; filename*=UTF-8''" + urllib.parse.quote("売上") + ".tdsx"),
        ('a"b%', "name=\"tableau_datasource\"; filename*=UTF-8''a%22b%25.tdsx"),
    ):
        content = package(seed=len(name), size=700_000)
        made = xml(client.publish(content, name)).find(f"{NS}datasource").get("id")
        answer = client.get(f"{client.site}/datasources/{made}/content")
        assert answer.headers["Content-Disposition"] == expected
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.content == content
        part = client.get(f"{client.site}/datasources/{made}/content", headers={"Range": "bytes=10-20"})
        assert (part.status_code, part.content) == (200, content)


def test_a_download_in_progress_keeps_its_bytes(client):
    content = package(size=8 << 20)
    made = xml(client.publish(content)).find(f"{NS}datasource").get("id")
    with client.get(f"{client.site}/datasources/{made}/content", stream=True) as answer:
        got = answer.raw.read(1000)
        other = Client(client.url)
        assert other.publish(package(seed=2), query="?overwrite=true").status_code == 201
        assert other("DELETE", f"{client.site}/datasources/{made}").status_code == 204
        assert got + answer.raw.read() == content


def test_limits_of_one_request():
    with start_sim("--max-single-bytes", "50000") as sim:
        client = Client(sim.url)
        exact = package(size=50_000 - len(package(size=0)))
        assert len(exact) == 50_000
        assert client.publish(exact, "exact").status_code == 201
        assert error(client.publish(exact + b"x", "larger"))[1] == "400011"
        session = client.start_upload()
        assert client.append(session, exact).status_code == 200
        assert error(client.append(session, exact + b"x"))[1] == "400016"
        assert client.commit(session, "chunked").status_code == 201  # the refused block left nothing behind
        assert set(client.datasources()) == {"exact", "chunked"}


def test_upload_sessions(client):
    session = client.start_upload()
    content = package(size=3_500_000)
    sizes = []
    for at in range(0, len(content), 1 << 20):
        answer = xml(client.append(session, content[at:at + (1 << 20)])).find(f"{NS}fileUpload")
        assert answer.get("uploadSessionId") == session
        sizes.append(answer.get("fileSize"))
    assert sizes == ["1", "2", "3", "3"]
    made = xml(client.commit(session)).find(f"{NS}datasource").get("id")
    assert client.get(f"{client.site}/datasources/{made}/content").content == content
    for answer in (client.commit(session, query="&overwrite=true"), client.append(session, b"x"), client.append("1:a-1:0", b"x")):
        assert error(answer)[:2] == (404, "404015")
    assert error(client.commit(client.start_upload(), "Empty"))[1] == "400011"
    body, kind = mixed([("request_payload", "", b"")])
    assert error(client.put(f"{client.site}/fileUploads/{client.start_upload()}", data=body, headers={"Content-Type": kind}))[1] == "400000"


def test_at_most_1000_blocks(client):
    session = client.start_upload()
    for _ in range(1000):
        assert client.append(session, b"x").status_code == 200
    assert error(client.append(session, b"x"))[1] == "400016"


class HalfARequest:
    """A publish or an append that stops in the middle of the file."""

    def __init__(self, client, method, path, body, kind):
        host, port = client.url.removeprefix("http://").split(":")
        self.raw = socket.create_connection((host, int(port)), timeout=30)
        head = f"{method} /api/3.27/{path} HTTP/1.1\r\nHost: x\r\nX-Tableau-Auth: {client.http.headers['X-Tableau-Auth']}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.rest = body[len(body) // 2:]
        self.raw.sendall(head.encode() + body[:len(body) // 2])

    def cut(self):
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset, not an end
        self.raw.close()

    def finish(self):
        self.raw.sendall(self.rest)
        return self.raw.recv(65536)


def half_block(client, session, content):
    body, kind = mixed([("request_payload", "", b""), ("tableau_file", "file", content)])
    return HalfARequest(client, "PUT", f"{client.site}/fileUploads/{session}", body, kind)


@pytest.fixture
def watched(tmp_path):
    """A client, and a function that tells how much of the only upload has arrived."""
    with start_sim(data=tmp_path / "site") as sim:
        yield Client(sim.url), lambda: sum(file.stat().st_size for file in (tmp_path / "site" / "uploads").iterdir())


def test_two_writers_of_one_session(watched):
    client, arrived = watched
    session = client.start_upload()
    content = package(size=400_000)
    first = half_block(client, session, content)
    until(lambda: arrived() > 0)
    assert error(client.append(session, b"x"))[:2] == (500, "500000")
    assert error(client.commit(session))[:2] == (500, "500000")
    assert first.finish().startswith(b"HTTP/1.1 200")
    made = xml(client.commit(session)).find(f"{NS}datasource").get("id")
    assert client.get(f"{client.site}/datasources/{made}/content").content == content


def test_a_block_that_breaks_off_leaves_nothing(watched):
    client, arrived = watched
    session = client.start_upload()
    content = package(size=400_000)
    assert client.append(session, content[:100_000]).status_code == 200
    broken = half_block(client, session, random.Random(5).randbytes(500_000))
    until(lambda: arrived() > 100_000)
    broken.cut()
    until(lambda: client.append(session, b"").status_code == 200)
    assert client.append(session, content[100_000:]).status_code == 200
    made = xml(client.commit(session)).find(f"{NS}datasource").get("id")
    assert client.get(f"{client.site}/datasources/{made}/content").content == content


def nameless_files(pid, folder):
    """What the process writes below the folder and has not named yet (O_TMPFILE shows as deleted)."""
    found = []
    for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(os.readlink(fd))
    return [path for path in found if path.startswith(str(folder)) and path.endswith("(deleted)")]


@pytest.mark.parametrize("how", ["cut", "kill"])
def test_a_publish_that_breaks_off_changes_nothing(tmp_path, how):
    data = tmp_path / "site"
    old, new = package(seed=1), package(seed=2, size=2_000_000)
    with start_sim(data=data) as sim:
        client = Client(sim.url)
        assert client.publish(old).status_code == 201
        body, kind = mixed([("request_payload", "", payload("Sales")), ("tableau_datasource", "sales.tdsx", new)])
        broken = HalfARequest(client, "POST", f"{client.site}/datasources?overwrite=true", body, kind)
        until(lambda: nameless_files(sim.process.pid, data))     # what has come of it has no name yet
        if how == "cut":
            broken.cut()
            until(lambda: not nameless_files(sim.process.pid, data))
        sim.stop(signal.SIGKILL)
    with start_sim(data=data) as sim:
        client = Client(sim.url)
        made = client.datasources()["Sales"].get("id")
        assert client.get(f"{client.site}/datasources/{made}/content").content == old
        assert len(list((data / "content").iterdir())) == 1


def test_killed_at_any_moment_the_old_or_the_new_version_is_there(tmp_path):
    """Kills the simulator at twenty moments of publishing; what a restart shows is one whole version."""
    data = tmp_path / "site"
    versions = [package(seed=seed, size=200_000) for seed in range(21)]
    with start_sim(data=data) as sim:
        assert Client(sim.url).publish(versions[0]).status_code == 201
    for kill in range(20):
        with start_sim(data=data) as sim:
            client = Client(sim.url)
            with concurrent.futures.ThreadPoolExecutor(1) as background:
                answer = background.submit(client.publish, versions[kill + 1], query="?overwrite=true")
                time.sleep(0.001 * kill)  # not a wait for anything: the moment of the kill is the point
                sim.stop(signal.SIGKILL)
                confirmed = answer.exception() is None and answer.result().status_code == 201
        with start_sim(data=data) as sim:
            client = Client(sim.url)
            [(name, item)] = client.datasources().items()
            content = client.get(f"{client.site}/datasources/{item.get('id')}/content").content
            assert content in versions[:kill + 2]
            assert not confirmed or content == versions[kill + 1]


# --- jobs -----------------------------------------------------------------------------------------------------------------


def test_a_job_and_its_answers(client):
    answer = client.publish(package(), query="?asJob=true")
    assert answer.status_code == 202
    job = xml(answer).find(f"{NS}job")
    assert (job.get("mode"), job.get("type"), job.get("progress")) == ("Asynchronous", "PublishDatasource", "0")
    assert job.get("createdAt") and job.get("completedAt") is None
    look = lambda: xml(client.get(f"{client.site}/jobs/{job.get('id')}")).find(f"{NS}job")  # noqa: E731
    running = look()
    assert (running.get("completedAt"), running.get("finishCode")) == (None, None)
    assert client.datasources() == {}
    done = look()
    assert (done.get("finishCode"), done.get("progress")) == ("0", "100") and done.get("completedAt")
    assert list(client.datasources()) == ["Sales"]


def test_a_job_that_nobody_asks_for_gets_done(client):
    assert client.publish(package(), query="?asJob=true").status_code == 202
    until(lambda: list(client.datasources()) == ["Sales"])


def test_a_job_that_is_overtaken_fails(client):
    job = xml(client.publish(package(), query="?asJob=true")).find(f"{NS}job").get("id")
    assert client.publish(package()).status_code == 201
    for _ in range(2):
        found = xml(client.get(f"{client.site}/jobs/{job}")).find(f"{NS}job")
    assert found.get("finishCode") == "1"
    assert "Sales" in found.find(f"{NS}extractRefreshJob/{NS}notes").text
    assert error(client.publish(package(), query="?asJob=true"))[1] == "403007"


# --- the program ----------------------------------------------------------------------------------------------------------


def run(*arguments):
    return subprocess.run([program(), *arguments], capture_output=True, text=True, timeout=60)


def test_usage():
    shown = run("serve", "--help")
    assert shown.returncode == 0
    assert "Examples:" in shown.stdout and "--fail-job" in shown.stdout and "demo-secret" in shown.stdout
    assert run("--help").returncode == 0
    for wrong in ((), ("serve", "--nothing"), ("serve", "--port", "70000"), ("serve", "--expire-session-at", "0"), ("serve", "--fail-job", ""), ("serve", "--project", "A//B")):
        assert run(*wrong).returncode == 2, wrong
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org", "127.0.0.1.example.org"):
        refused = run("serve", "--host", host)
        assert refused.returncode == 5 and "loopback" in refused.stderr, host


def test_a_port_that_is_taken(sim):
    second = run("serve", "--port", sim.url.rsplit(":", 1)[1])
    assert second.returncode == 1 and "cannot listen" in second.stderr


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_and_leaves_nothing(tmp_path, monkeypatch, how):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with start_sim() as sim:
        client = Client(sim.url)
        assert client.publish(package()).status_code == 201
        assert len(list(tmp_path.iterdir())) == 1
        assert oct(next(tmp_path.iterdir()).stat().st_mode & 0o777) == "0o700"
        start = time.monotonic()
        code, errors = sim.stop(how)  # the client's connection is idle and open
        assert code == 0, errors
        assert time.monotonic() - start < 5
    assert list(tmp_path.iterdir()) == []


def test_a_killed_one_is_swept_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with start_sim() as sim:
        sim.stop(signal.SIGKILL)
    [left] = tmp_path.iterdir()
    with start_sim():
        assert left not in list(tmp_path.iterdir())


def test_a_broken_state_is_not_overwritten(tmp_path):
    (tmp_path / "site.jsonl").write_text("{broken\n")
    refused = run("serve", "--data", str(tmp_path))
    assert refused.returncode == 1 and "site.jsonl" in refused.stderr
    assert (tmp_path / "site.jsonl").read_text() == "{broken\n"


def test_thirty_two_clients_at_once(sim):
    def one(number):
        client = Client(sim.url)
        content = package(seed=number, size=300_000)
        made = xml(client.publish(content, f"N{number}")).find(f"{NS}datasource").get("id")
        for _ in range(5):
            assert client.get(f"{client.site}/datasources?pageSize=1000").status_code == 200
            assert client.get(f"{client.site}/datasources/{made}/content").content == content
        return made

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        made = list(pool.map(one, range(32)))
    assert len(set(made)) == 32
    assert len(Client(sim.url).datasources()) == 32


def test_a_hundred_idle_connections_hold_nobody_up(sim):
    host, port = sim.url.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port)), timeout=10) for _ in range(100)]
    try:
        start = time.monotonic()
        for _ in range(20):
            assert Client(sim.url, sign_in=False).get("serverinfo").status_code == 200
        assert time.monotonic() - start < 5
    finally:
        for connection in idle:
            connection.close()


def test_a_large_upload_needs_no_large_memory(sim):
    client = Client(sim.url)
    content = package(size=60 << 20)
    assert client.publish(content).status_code == 201
    with open(f"/proc/{sim.process.pid}/status", encoding="ascii") as status:
        peak_kib = int(next(line for line in status if line.startswith("VmHWM")).split()[1])
    assert peak_kib < 45 << 10, f"{peak_kib} KiB"


def test_it_listens_on_loopback_alone(sim):
    port = int(sim.url.rsplit(":", 1)[1])
    with open("/proc/net/tcp", encoding="ascii") as table:
        local = [line.split()[1] for line in table if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == port]
    assert local == [f"0100007F:{port:04X}"]
    assert os.path.exists(f"/proc/{sim.process.pid}")
