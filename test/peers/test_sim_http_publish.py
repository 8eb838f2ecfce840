"""Publishing to tabferry-sim on the wire: whole requests, what is refused of them, downloads, jobs."""

import urllib.parse

import pytest
from sim_files import tdsx
from sim_storm import NS
from sim_wire import Client, error, mixed, payload, until, xml
from simulator import NOBODY, start_sim


@pytest.fixture
def client(sim):
    return Client(sim.url)


def test_the_answer_to_a_publish(client):
    answer = client.publish(tdsx(), "A B", project=client.projects()["Daily"])
    assert answer.status_code == 201
    made = xml(answer).find(f"{NS}datasource")
    assert (made.get("name"), made.get("contentUrl"), made.get("size"), made.get("type")) == (
        "A B", "AB", "1", "sqlserver")
    assert made.find(f"{NS}project").attrib == {"id": client.projects()["Daily"], "name": "Daily"}
    assert made.find(f"{NS}owner").get("id")


@pytest.mark.parametrize("typed", [True, False])
def test_both_spellings_of_the_part_header(client, typed):
    body, kind = mixed(
        [("request_payload", "", payload("Sales")), ("tableau_datasource", "sales.tdsx", tdsx())], typed=typed)
    answer = client.post(f"{client.site}/datasources", data=body, headers={"Content-Type": kind})
    assert answer.status_code == 201, answer.text


def test_a_chunked_request_body(client):
    body, kind = mixed([
        ("request_payload", "", payload("Sales")),
        ("tableau_datasource", "sales.tdsx", tdsx(size=300_000))])
    pieces = (body[i:i + 1000] for i in range(0, len(body), 1000))
    assert client.post(f"{client.site}/datasources", data=pieces, headers={"Content-Type": kind}).status_code == 201


@pytest.mark.parametrize(
    "query, content, more, code",
    [
        ("?datasourceType=tdsx&append=true&overwrite=true", tdsx(), {}, "400055"),
        ("?datasourceType=tdsx&overwrite=maybe", tdsx(), {}, "400008"),
        ("?datasourceType=xlsx", tdsx(), {}, "400010"),
        ("", tdsx(), {"filename": "sales.csv"}, "400010"),
        ("?datasourceType=tdsx", b"not a zip", {}, "400011"),
        ("?datasourceType=tdsx", b"", {}, "400011"),
        ("?datasourceType=tdsx", tdsx()[:-25], {}, "400011"),
        ("?datasourceType=hyper", b"not a hyper", {}, "400011"),
        ("?datasourceType=tds", tdsx(), {}, "400011"),
        ("?datasourceType=tdsx", tdsx(), {"name": " "}, "400000"),
        ("?datasourceType=tdsx", tdsx(), {"project": NOBODY}, "404005"),
        ("?datasourceType=tdsx&uploadSessionId=1:a-1:0", tdsx(), {}, "400000"),
    ],
)
def test_what_cannot_be_published(client, query, content, more, code):
    assert error(client.publish(content, query=query, **more))[1] == code
    assert client.datasources() == {}
    assert client.publish(tdsx()).status_code == 201


@pytest.mark.parametrize(
    "kind, body",
    [
        ("multipart/mixed", b"--x--"),
        ("multipart/form-data; boundary=b0undary", mixed([("request_payload", "", payload("S"))])[0]),
        ("multipart/mixed; boundary=other", mixed([("request_payload", "", payload("S"))])[0]),
        ("multipart/mixed; boundary=b0undary", mixed([("request_payload", "", payload("S"))])[0][:-6]),
        ("multipart/mixed; boundary=b0undary", mixed([("tableau_datasource", "a.tdsx", tdsx())])[0]),
        ("multipart/mixed; boundary=b0undary", mixed([("request_payload", "", payload("S")), ("unknown", "", b"")])[0]),
        ("multipart/mixed; boundary=b0undary", mixed([("request_payload", "", payload("S"))] * 2)[0]),
        ("text/xml", payload("S")),
    ],
)
def test_bodies_that_are_no_publish(client, kind, body):
    assert error(client.post(f"{client.site}/datasources", data=body, headers={"Content-Type": kind}))[:2] == (
        400, "400000")
    assert client.get("serverinfo").status_code == 200


def test_the_name_of_a_download(client):
    for name, expected in (
        ("Sales (daily)", 'name="tableau_datasource"; filename="Sales (daily).tdsx"'),
        ("売上", "name=\"tableau_datasource\"; filename*=UTF-8''" + urllib.parse.quote("売上") + ".tdsx"),
        ('a"b%', "name=\"tableau_datasource\"; filename*=UTF-8''a%22b%25.tdsx"),
    ):
        content = tdsx(seed=len(name), size=700_000)
        made = xml(client.publish(content, name)).find(f"{NS}datasource").get("id")
        answer = client.get(f"{client.site}/datasources/{made}/content")
        assert answer.headers["Content-Disposition"] == expected
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.content == content
        part = client.get(f"{client.site}/datasources/{made}/content", headers={"Range": "bytes=10-20"})
        assert (part.status_code, part.content) == (200, content)


def test_a_download_in_progress_keeps_its_bytes(client):
    content = tdsx(size=8 << 20)
    made = xml(client.publish(content)).find(f"{NS}datasource").get("id")
    with client.get(f"{client.site}/datasources/{made}/content", stream=True) as answer:
        got = answer.raw.read(1000)
        other = Client(client.url)
        assert other.publish(tdsx(seed=2), query="?overwrite=true").status_code == 201
        assert other("DELETE", f"{client.site}/datasources/{made}").status_code == 204
        assert got + answer.raw.read() == content


def test_limits_of_one_request():
    with start_sim("--max-single-bytes", "50000") as sim:
        client = Client(sim.url)
        exact = tdsx(size=50_000 - len(tdsx(size=0)))
        assert len(exact) == 50_000
        assert client.publish(exact, "exact").status_code == 201
        assert error(client.publish(exact + b"x", "larger"))[1] == "400011"
        session = client.start_upload()
        assert client.append(session, exact).status_code == 200
        assert error(client.append(session, exact + b"x"))[1] == "400016"
        assert client.commit(session, "chunked").status_code == 201  # the refused block left nothing behind
        assert set(client.datasources()) == {"exact", "chunked"}


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_a_job_and_its_answers(client):
    answer = client.publish(tdsx(), query="?asJob=true")
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
    assert client.publish(tdsx(), query="?asJob=true").status_code == 202
    until(lambda: list(client.datasources()) == ["Sales"])


def test_a_job_that_is_overtaken_fails(client):
    job = xml(client.publish(tdsx(), query="?asJob=true")).find(f"{NS}job").get("id")
    assert client.publish(tdsx()).status_code == 201
    for _ in range(2):
        found = xml(client.get(f"{client.site}/jobs/{job}")).find(f"{NS}job")
    assert found.get("finishCode") == "1"
    assert "Sales" in found.find(f"{NS}extractRefreshJob/{NS}notes").text
    assert error(client.publish(tdsx(), query="?asJob=true"))[1] == "403007"
