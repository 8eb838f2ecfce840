"""tabferry-sim's own bad weather: every kind is seen on the wire by clients that are not ours, and is told by the control port."""

import io
import itertools
import random
import re
import subprocess
import time
import urllib.error
import zipfile
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
import requests
import tableauserverclient as TSC
from simulator import PASSWORD, SITE, USER, program, start_sim

NS = "{http://tableau.com/api}"
SIGN_IN = f'<tsRequest><credentials name="{USER}" password="{PASSWORD}"><site contentUrl="{SITE}"/></credentials></tsRequest>'


class Client:
    """Bare requests, signed in. (Not test_sim_http's: faults must be met as they are, with no asserts on the way.)"""

    def __init__(self, sim):
        self.base, self.http = f"{sim.url}/api/3.27", requests.Session()
        self.http.trust_env = False
        self.sign_in()

    def __call__(self, method, path, **more):
        return self.http.request(method, f"{self.base}/{path}", timeout=60, allow_redirects=False, **more)

    def sign_in(self):
        credentials = ElementTree.fromstring(self("POST", "auth/signin", data=SIGN_IN).content).find(f"{NS}credentials")
        self.http.headers["X-Tableau-Auth"] = credentials.get("token")
        self.site = "sites/" + credentials.find(f"{NS}site").get("id")

    def get(self, path, **more):
        return self("GET", f"{self.site}/{path}", **more)

    def publish(self, name="Sales", content=None, query="&overwrite=true"):
        return self.send_parts("POST", f"{self.site}/datasources?datasourceType=tdsx{query}",
                               [("request_payload", f'<tsRequest><datasource name="{name}"/></tsRequest>'.encode()),
                                ("tableau_datasource", content or package())])

    def send_parts(self, method, path, parts):
        head = b'--bound\r\nContent-Disposition: name="%s"; filename="x.tdsx"\r\n\r\n'
        body = b"".join(head % name.encode() + content + b"\r\n" for name, content in parts)
        return self(method, path, data=body + b"--bound--\r\n", headers={"Content-Type": "multipart/mixed; boundary=bound"})

    def made(self, name="Sales", content=None):
        answer = self.publish(name, content)
        assert answer.status_code == 201, answer.text
        return first(answer, "datasource").get("id")

    def content(self, luid):
        return self.get(f"datasources/{luid}/content")

    def datasource(self, luid):
        return first(self.get(f"datasources/{luid}"), "datasource")

    def names(self, query=""):
        return [item.get("name") for item in ElementTree.fromstring(self.get(f"datasources{query}").content).iter(f"{NS}datasource")]


def package(seed=1):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:      # ZipInfo: not today's date, so that it is the same at every call
        archive.writestr(zipfile.ZipInfo("x.tds"), "<?xml version='1.0' encoding='utf-8' ?>\n<datasource version='18.1'><connection class='federated'/></datasource>\n")
        archive.writestr(zipfile.ZipInfo("Data/x.hyper"), b"HyPer" + random.Random(seed).randbytes(1000))
    return buffer.getvalue()


def first(answer, element):
    found = ElementTree.fromstring(answer.content).find(f"{NS}{element}")
    assert found is not None, answer.text
    return found


def code(answer):
    found = first(answer, "error").get("code")
    assert answer.status_code == int(found[:3])
    return found


def connect(sim):
    server = TSC.Server(sim.url, use_server_version=True)
    server.auth.sign_in(TSC.TableauAuth(USER, PASSWORD, SITE))
    return server


def one_entry(sim, kind, /, **expected):
    """The one entry of the log for that kind, which holds what is expected."""
    entries = sim.control.log(kind)
    assert len(entries) == 1, entries
    for key, value in expected.items():
        assert entries[0][key] == value, entries[0]
    rule = sim.control.faults()["rules"][entries[0]["rule"] - 1]
    assert rule["struck"] == 1 and rule["fault"] == entries[0]["fault"]
    return entries[0]


@pytest.fixture
def stormy():
    """stormy("429@1", ...) -> (a site, a signed-in client); the faults stand when the client has signed in."""
    sims = []

    def start(*faults):
        sims.append(start_sim(control=True))
        sim = sims[-1].__enter__()
        client = Client(sim)
        sim.control.add(*faults)
        return sim, client

    yield start
    for sim in sims:
        sim.__exit__(None, None, None)


def test_a_fine_day():
    with start_sim(control=True) as sim:
        client = Client(sim)
        assert client.content(client.made()).content == package()
        assert sim.control.faults() == {"rules": [], "struck": 0, "log": []}


# --- answers that come late, or are somebody else's ---------------------------------------------------------------------


def test_latency_waits_before_anything_is_done(stormy):
    sim, client = stormy("latency=400ms@2 on GET **/projects")
    seconds = []
    for _ in range(3):
        start = time.monotonic()
        assert client.get("projects").status_code == 200
        seconds.append(time.monotonic() - start)
    assert seconds[1] >= 0.4 and seconds[0] < 0.4 and seconds[2] < 0.4
    one_entry(sim, "latency", number=2, method="GET", path=f"/api/3.27/{client.site}/projects", done="waited 400 ms")


def test_latency_holds_up_nobody_else(stormy):
    sim, client = stormy("latency=30s@1 on GET **/projects")
    with pytest.raises(requests.exceptions.ReadTimeout):
        client.http.get(f"{client.base}/{client.site}/projects", timeout=0.3)
    assert Client(sim).get("datasources").status_code == 200
    start = time.monotonic()
    assert sim.stop()[0] == 0 and time.monotonic() - start < 10      # and a stop lets it go


def test_the_first_byte_is_slow(stormy):
    sim, client = stormy("slow-first-byte=400ms@1")
    luid = client.made()
    start = time.monotonic()
    with client.get(f"datasources/{luid}/content", stream=True) as answer:
        assert time.monotonic() - start >= 0.4
        assert answer.content == package()
    one_entry(sim, "slow-first-byte", done="waited 400 ms")


def test_a_session_expires_and_stays_dead(stormy):
    sim, client = stormy("expire-session@2")
    assert client.get("projects").status_code == 200
    for _ in range(3):
        assert code(client.get("projects")) == "401002"
    client.sign_in()
    assert client.get("projects").status_code == 200
    one_entry(sim, "expire-session", number=2)
    assert b"1 session expired" in sim.stop()[1]


@pytest.mark.parametrize("value, retry_after", [("", "1"), ("=30", "30"), ("=none", None)])
def test_too_many_requests(stormy, value, retry_after):
    sim, client = stormy(f"429{value}@2")
    assert client.get("projects").status_code == 200
    answer = client.get("projects")
    assert code(answer) == "429000" and answer.headers.get("Retry-After") == retry_after
    assert client.get("projects").status_code == 200
    one_entry(sim, "429", number=2)


def test_too_many_requests_until_a_date(stormy):
    sim, client = stormy("429=date@1")
    when = parsedate_to_datetime(client.get("projects").headers["Retry-After"])
    assert -1 <= when.timestamp() - time.time() <= 3
    one_entry(sim, "429")


@pytest.mark.parametrize("status", [413, 500, 502, 503, 504])
def test_a_page_instead_of_an_answer(stormy, status):
    sim, client = stormy(f"{status}@1 on POST **/datasources")
    answer = client.publish()
    assert answer.status_code == status and answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>") and str(status) in answer.text
    assert client.names() == []
    one_entry(sim, str(status), method="POST")
    client.made()      # the connection is good for more, although nobody asked for the body


def test_a_real_client_calls_a_page_a_server_error(stormy):
    sim, _ = stormy("503@1 on GET **/projects")
    with pytest.raises(TSC.server.endpoint.exceptions.InternalServerError):
        connect(sim).projects.get()
    one_entry(sim, "503")


def test_an_error_in_tableaus_own_words(stormy):
    sim, client = stormy("500=xml@1")
    assert code(client.get("projects")) == "500000"
    one_entry(sim, "500", done="answered 500 in XML")


def test_a_gateway_loses_patience_behind_the_deed(stormy):
    sim, client = stormy("late-error@1 on POST **/datasources", "late-error=502@1 on GET **/datasources")
    answer = client.publish()
    assert answer.status_code == 504 and "<html>" in answer.text
    assert client.get("datasources").status_code == 502
    assert client.names() == ["Sales"]
    assert [entry["done"] for entry in sim.control.log("late-error")] == ["answered 504 instead of 201", "answered 502 instead of 200"]


def test_pod_redirect(stormy):
    sim, client = stormy("pod-redirect@1-2")
    answer = client("POST", "auth/signin", data=SIGN_IN)
    there = sim.url.replace("127.0.0.1", "localhost") + "/api/3.27/auth/signin"
    assert answer.status_code == 301 and answer.headers["Location"] == there
    assert "token=" in client.http.post(there, data=SIGN_IN, timeout=60).text
    server = connect(sim)      # it follows
    assert server.projects.get()[1].total_available == 3
    assert [(entry["number"], entry["done"]) for entry in sim.control.log("pod-redirect")][0] == (1, f"answered 301 to {there}")
    assert sim.control.struck("pod-redirect") == 2


# --- downloads ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value, left", [("", len(package()) // 2), ("=100", 100), ("=0", 0), ("=999999", len(package()) - 1)])
def test_a_file_is_cut_and_nothing_says_so(stormy, value, left):
    sim, client = stormy(f"truncate{value}@1")
    luid = client.made()
    answer = client.content(luid)
    assert answer.status_code == 200 and answer.headers["Content-Length"] == str(left)
    assert answer.content == package()[:left]
    assert client.content(luid).content == package()
    one_entry(sim, "truncate", kind="datasource", id=luid, done=f"sent {left} of {len(package())} bytes")


FORMS = {
    "plain": 'name="tableau_datasource"; filename="Q 1.tdsx"',
    "quoted-ext": "name=\"tableau_datasource\"; filename*=UTF-8''\"Q 1.tdsx\"",
    "ext": "name=\"tableau_datasource\"; filename*=UTF-8''Q%201.tdsx",
    "unquoted": 'name="tableau_datasource"; filename=Q 1.tdsx',
    "plus": 'name="tableau_datasource"; filename="Q+1.tdsx"',
    "percent": 'name="tableau_datasource"; filename="Q%201.tdsx"',
    "slash": 'name="tableau_datasource"; filename="A/B Q 1.tdsx"',
    "japanese": "name=\"tableau_datasource\"; filename*=UTF-8''%E5%A3%B2%E4%B8%8A%20Q%201.tdsx",
    "japanese-raw": 'name="tableau_datasource"; filename="売上 Q 1.tdsx"',
    "question": 'name="tableau_datasource"; filename="What? Q 1.tdsx"',
    "attachment": 'attachment; filename="Q 1.tdsx"',
    "no-filename": 'name="tableau_datasource"',
    "none": None,
}


def test_every_form_of_content_disposition(stormy):
    sim, client = stormy()
    luid = client.made("Q 1")
    for form, expected in FORMS.items():
        sim.control.add(f"disposition={form}@1")
        answer = client.content(luid)
        value = answer.headers.get("Content-Disposition")
        assert (value and value.encode("latin-1").decode()) == expected
        assert answer.content == package()
        sim.control.clear()
    assert [entry["fault"] for entry in sim.control.log("disposition")] == [f"disposition={form}@1" for form in FORMS]
    words = subprocess.run([program(), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert " ".join(FORMS).split() == re.search(r"disposition=.*\n\s*WORD: ((?:[a-z-]+\s)+)", words).group(1).split()


@pytest.mark.parametrize("form", ["plain", "quoted-ext", "ext", "plus", "percent", "japanese"])
def test_a_real_client_takes_the_usual_forms(stormy, form, tmp_path):
    sim, client = stormy(f"disposition={form}@1")
    luid = client.made("Q 1")
    path = connect(sim).datasources.download(luid, filepath=str(tmp_path))
    assert open(path, "rb").read() == package() and path.endswith(".tdsx")
    one_entry(sim, "disposition", id=luid)


@pytest.mark.parametrize("value, expected", [("", "403028"), ("=403004", "403004")])
def test_a_forbidden_download(stormy, value, expected):
    sim, client = stormy(f"forbid{value}@1")
    luid = client.made()
    assert code(client.content(luid)) == expected
    assert client.content(luid).status_code == 200
    one_entry(sim, "forbid", id=luid, done=f"answered {expected}")


@pytest.mark.parametrize("kind, content, expected", [
    ("workbook", b"<?xml version='1.0' encoding='utf-8' ?>\n<workbook version='18.1'><worksheets><worksheet name='S'/></worksheets></workbook>\n", "403019"),
    ("flow", None, "403097")])
def test_each_kind_is_forbidden_in_its_own_words(stormy, kind, content, expected):
    sim, client = stormy("forbid@1")
    if content is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("flow", '{"initialNodes": [], "nodes": {}, "connections": {}}')
        content = buffer.getvalue()
    file_type = {"workbook": "twb", "flow": "tfl"}[kind]
    made = client.send_parts("POST", f"{client.site}/{kind}s?{kind}Type={file_type}",
                             [("request_payload", f'<tsRequest><{kind} name="X"/></tsRequest>'.encode()), (f"tableau_{kind}", content)])
    luid = first(made, kind).get("id")
    assert code(client.get(f"{kind}s/{luid}/content")) == expected
    assert client.get(f"{kind}s/{luid}/content").content == content
    one_entry(sim, "forbid", kind=kind, id=luid)


def test_an_item_is_deleted_between_list_and_download(stormy):
    sim, client = stormy("delete-after-list@2")
    kept, gone = client.made("Kept"), client.made("Gone")
    assert sorted(client.names()) == ["Gone", "Kept"]
    assert client.content(kept).status_code == 200
    assert code(client.content(gone)) == "404004"
    assert client.names() == ["Kept"]
    one_entry(sim, "delete-after-list", kind="datasource", id=gone, done="deleted it: Gone")


def test_an_item_is_renamed_between_list_and_download(stormy):
    sim, client = stormy("rename-after-list@1", "rename-after-list=Other@1 on GET **/datasources/*")
    luid = client.made("Old")
    assert "Old (renamed).tdsx" in client.content(luid).headers["Content-Disposition"]
    assert client.datasource(luid).get("name") == "Other"
    assert client.names() == ["Other"]
    assert [entry["id"] for entry in sim.control.log("rename-after-list")] == [luid, luid]


@pytest.mark.parametrize("kind", ["refresh", "refresh-silent"])
def test_an_extract_is_refreshed_before_the_download(stormy, kind):
    sim, client = stormy(f"{kind}@2")
    luid = client.made()
    assert client.content(luid).content == package()
    before = client.datasource(luid)
    changed = client.content(luid).content
    assert changed != package()
    assert zipfile.ZipFile(io.BytesIO(changed)).testzip() is None and zipfile.ZipFile(io.BytesIO(changed)).namelist() == ["x.tds", "Data/x.hyper"]
    after = client.datasource(luid)
    assert (after.get("updatedAt") > before.get("updatedAt")) == (kind == "refresh")
    assert client.content(luid).content == changed
    one_entry(sim, kind, id=luid, done="changed its content")


# --- lists --------------------------------------------------------------------------------------------------------------


def pages(client, size=2):
    """The names on each page, as one asks until totalAvailable is reached."""
    found = []
    for number in itertools.count(1):
        answer = client.get(f"datasources?pageSize={size}&pageNumber={number}&sort=name:asc")
        found.append([item.get("name") for item in ElementTree.fromstring(answer.content).iter(f"{NS}datasource")])
        if size * number >= int(first(answer, "pagination").get("totalAvailable")):
            return found


def test_the_total_is_too_large(stormy):
    sim, client = stormy("total-too-large=3@1+ on GET **/datasources")
    for name in "ABCD":
        client.made(name)
    answer = client.get("datasources?pageSize=2")
    assert first(answer, "pagination").get("totalAvailable") == "7"
    assert len(client.names("?pageSize=2&pageNumber=2")) == 2
    assert code(client.get("datasources?pageSize=2&pageNumber=3")) == "400006"
    with pytest.raises(TSC.ServerResponseError, match="400006"):
        list(TSC.Pager(connect(sim).datasources, TSC.RequestOptions(pagesize=2)))
    assert sim.control.log("total-too-large")[0]["done"] == "said 7 of 4"


@pytest.mark.parametrize("value, expected", [("", [["A", "B"], ["B", "C"], ["E"]]), ("=back", [["A", "B"], ["D", "E"], ["E"]])])
def test_an_item_moves_across_pages(stormy, value, expected):
    sim, client = stormy(f"move-across-pages{value}@1 on GET **/datasources")
    for name in "ABCDE":
        client.made(name)
    assert pages(client) == expected
    assert pages(client) == [["A", "B"], ["C", "D"], ["E"]]
    one_entry(sim, "move-across-pages", number=1)


def test_an_item_that_stays_moved_is_seen_twice_and_another_never(stormy):
    sim, client = stormy("move-across-pages@1+ on GET **/datasources")
    for name in "ABCDE":
        client.made(name)
    seen = sum(pages(client), [])
    assert sorted(seen) == ["A", "B", "B", "C", "D"]
    assert sim.control.struck("move-across-pages") == 2


def test_the_index_lags_behind(stormy):
    sim, client = stormy("index-lag=2@1 on POST **/datasources")
    luid = client.made("New")
    assert client.datasource(luid).get("name") == "New"      # one that is asked for by its id is there
    assert client.names() == []
    assert client.names() == ["New"]
    client.made("Next")
    assert sorted(client.names()) == ["New", "Next"]
    one_entry(sim, "index-lag", kind="datasource", id=luid)


# --- publishing ---------------------------------------------------------------------------------------------------------


def test_a_job_fails_with_notes(stormy):
    sim, client = stormy("fail-job=Full @ 100 % on disk@2")
    jobs = [first(client.publish(name, query="&asJob=true"), "job").get("id") for name in ("Good", "Bad")]
    server = connect(sim)
    server.jobs.wait_for_job(jobs[0], timeout=60)
    with pytest.raises(TSC.JobFailedException) as caught:
        server.jobs.wait_for_job(jobs[1], timeout=60)
    assert caught.value.notes == ["Full @ 100 % on disk"]
    assert client.names() == ["Good"]
    one_entry(sim, "fail-job", kind="job", id=jobs[1], path=f"/api/3.27/{client.site}/datasources")


def test_publishing_is_denied(stormy):
    sim, client = stormy("deny-publish@1")
    assert code(client.publish()) == "403007"
    client.made()
    one_entry(sim, "deny-publish")


def test_two_blocks_meet(stormy):
    sim, client = stormy("concurrent-append@2")
    session = first(client("POST", f"{client.site}/fileUploads"), "fileUpload").get("uploadSessionId")
    parts = [("request_payload", b""), ("tableau_file", package())]
    path = f"{client.site}/fileUploads/{session}"
    assert client.send_parts("PUT", path, parts).status_code == 200
    answer = client.send_parts("PUT", path, parts)
    assert code(answer) == "500000" and "errors.upload.concurrent_write" in answer.text
    body = [("request_payload", b'<tsRequest><datasource name="Sales"/></tsRequest>')]
    made = client.send_parts("POST", f"{client.site}/datasources?datasourceType=tdsx&uploadSessionId={session}", body)
    assert client.content(first(made, "datasource").get("id")).content == package()      # the second block was not taken
    one_entry(sim, "concurrent-append", number=2)


# --- ordering it --------------------------------------------------------------------------------------------------------


def test_the_flag_orders_and_the_control_port_tells():
    with start_sim(faults=["429@1-2 on GET **/projects", "500@1 on GET **/users"]) as sim:
        client = Client(sim)
        assert [client.get("projects").status_code for _ in range(3)] == [429, 429, 200]
        told = sim.control.faults()
        assert told["rules"] == [{"id": 1, "fault": "429@1-2 on GET **/projects", "met": 3, "struck": 2, "removed": False},
                                 {"id": 2, "fault": "500@1 on GET **/users", "met": 0, "struck": 0, "removed": False}]
        assert told["struck"] == 2 and [entry["number"] for entry in told["log"]] == [1, 2]
        code, errors = sim.stop()
        assert code == 0 and b"2 of 429" in errors


def test_rules_come_and_go_while_it_runs(stormy):
    sim, client = stormy("503@1+")
    assert client.get("projects").status_code == 503
    sim.control.clear()
    assert client.get("projects").status_code == 200
    assert sim.control.add("502@1") == [2]
    assert client.get("projects").status_code == 502
    assert [(rule["struck"], rule["removed"]) for rule in sim.control.faults()["rules"]] == [(1, True), (1, False)]
    with pytest.raises(urllib.error.HTTPError) as caught:
        sim.control.add("502@1", "drizzle@1")
    assert caught.value.code == 400 and b"drizzle" in caught.value.read()
    assert len(sim.control.faults()["rules"]) == 2


def test_requests_are_counted_by_route(stormy):
    sim, client = stormy("503@2 on GET **/projects")
    for _ in range(3):
        client.get("projects")
    client.get("nothing/of/the/kind")
    told = sim.control.requests()
    counts = {(entry["method"], entry["route"]): (entry["count"], entry["statuses"]) for entry in told["routes"]}
    assert counts[("GET", "sites/{site}/projects")] == (3, {"200": 2, "503": 1})
    assert counts[("POST", "auth/signin")] == (1, {"200": 1})
    assert counts[("GET", "")] == (1, {"404": 1})
    assert told["requests"] == 5


def test_it_says_how_to_order_and_what_it_did_not_understand():
    shown = subprocess.run([program(), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    for kind in ("latency", "429", "late-error", "move-across-pages", "refresh-silent", "--control-port"):
        assert kind in shown
    for wrong, said in (("drizzle@1", "drizzle"), ("429", "@3"), ("forbid=404004@1", "403"), ("429@0", "3, 2-4, 7+")):
        result = subprocess.run([program(), "serve", "--fault", wrong], capture_output=True, text=True, timeout=60)
        assert result.returncode == 2 and said in result.stderr, result
