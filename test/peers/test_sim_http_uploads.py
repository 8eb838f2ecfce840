"""Upload sessions on the wire, and uploads that break off: the connection is cut, the simulator killed."""

import concurrent.futures
import contextlib
import os
import pathlib
import random
import signal
import socket
import time

import pytest
from sim_files import tdsx
from sim_storm import NS
from sim_wire import Client, error, mixed, payload, until, xml
from simulator import start_sim


@pytest.fixture
def client(sim):
    return Client(sim.url)


def test_upload_sessions(client):
    session = client.start_upload()
    content = tdsx(size=3_500_000)
    sizes = []
    for at in range(0, len(content), 1 << 20):
        answer = xml(client.append(session, content[at:at + (1 << 20)])).find(f"{NS}fileUpload")
        assert answer.get("uploadSessionId") == session
        sizes.append(answer.get("fileSize"))
    assert sizes == ["1", "2", "3", "3"]
    made = xml(client.commit(session)).find(f"{NS}datasource").get("id")
    assert client.get(f"{client.site}/datasources/{made}/content").content == content
    for answer in (
            client.commit(session, query="&overwrite=true"), client.append(session, b"x"),
            client.append("1:a-1:0", b"x")):
        assert error(answer)[:2] == (404, "404015")
    assert error(client.commit(client.start_upload(), "Empty"))[1] == "400011"
    body, kind = mixed([("request_payload", "", b"")])
    assert error(
        client.put(
            f"{client.site}/fileUploads/{client.start_upload()}", data=body,
            headers={"Content-Type": kind}))[1] == "400000"


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
        head = (f"{method} /api/3.27/{path} HTTP/1.1\r\nHost: x\r\n"
                f"X-Tableau-Auth: {client.http.headers['X-Tableau-Auth']}\r\n"
                f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n")
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
    content = tdsx(size=400_000)
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
    content = tdsx(size=400_000)
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
    old, new = tdsx(seed=1), tdsx(seed=2, size=2_000_000)
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
    versions = [tdsx(seed=seed, size=200_000) for seed in range(21)]
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
