"""tabferry-sim's own bad weather: every kind is seen on the wire by clients that are not ours, and told by the control
port. Over downloads: test_sim_faults_downloads.py.
"""

import itertools
import subprocess
import time
import urllib.error
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import pytest
import requests
import tableauserverclient as TSC
from programs import program
from sim_storm import NS, SIGN_IN, Client, code, first, one_entry, package
from simulator import start_sim


def test_a_fine_day():
    with start_sim(control=True) as sim:
        client = Client(sim)
        assert client.content(client.made()).content == package()
        assert sim.control.faults() == {"rules": [], "struck": 0, "log": []}


# --- answers that come late, or are somebody else's -------------------------------------------------------------------


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
        sim.client().server.projects.get()
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
    assert [entry["done"] for entry in sim.control.log("late-error")] == [
        "answered 504 instead of 201", "answered 502 instead of 200"]


def test_pod_redirect(stormy):
    sim, client = stormy("pod-redirect@1-2")
    answer = client("POST", "auth/signin", data=SIGN_IN)
    there = sim.url.replace("127.0.0.1", "localhost") + "/api/3.27/auth/signin"
    assert answer.status_code == 301 and answer.headers["Location"] == there
    assert "token=" in client.http.post(there, data=SIGN_IN, timeout=60).text
    server = sim.client().server      # it follows
    assert server.projects.get()[1].total_available == 3
    assert [(entry["number"], entry["done"]) for entry in sim.control.log("pod-redirect")][0] == (
        1, f"answered 301 to {there}")
    assert sim.control.struck("pod-redirect") == 2


# --- lists ------------------------------------------------------------------------------------------------------------


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
        list(TSC.Pager(sim.client().server.datasources, TSC.RequestOptions(pagesize=2)))
    assert sim.control.log("total-too-large")[0]["done"] == "said 7 of 4"


@pytest.mark.parametrize("value, expected", [
    ("", [["A", "B"], ["B", "C"], ["E"]]),
    ("=back", [["A", "B"], ["D", "E"], ["E"]])])
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


# --- publishing -------------------------------------------------------------------------------------------------------


def test_a_job_fails_with_notes(stormy):
    sim, client = stormy("fail-job=Full @ 100 % on disk@2")
    jobs = [first(client.publish(name, query="&asJob=true"), "job").get("id") for name in ("Good", "Bad")]
    server = sim.client().server
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
    assert client.content(first(made, "datasource").get("id")).content == package()  # no second block
    one_entry(sim, "concurrent-append", number=2)


# --- ordering it ------------------------------------------------------------------------------------------------------


def test_the_flag_orders_and_the_control_port_tells():
    with start_sim(faults=["429@1-2 on GET **/projects", "500@1 on GET **/users"]) as sim:
        client = Client(sim)
        assert [client.get("projects").status_code for _ in range(3)] == [429, 429, 200]
        told = sim.control.faults()
        assert told["rules"] == [
            {"id": 1, "fault": "429@1-2 on GET **/projects", "met": 3, "struck": 2, "removed": False},
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
    shown = subprocess.run(
        [program("TABFERRY_SIM"), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    for kind in ("latency", "429", "late-error", "move-across-pages", "refresh-silent", "--control-port"):
        assert kind in shown
    for wrong, said in (("drizzle@1", "drizzle"), ("429", "@3"), ("forbid=404004@1", "403"), ("429@0", "3, 2-4, 7+")):
        result = subprocess.run(
            [program("TABFERRY_SIM"), "serve", "--fault", wrong], capture_output=True, text=True, timeout=60)
        assert result.returncode == 2 and said in result.stderr, result
