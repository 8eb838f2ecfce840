"""tabferry-sim as a program: its usage, how it stops, what it holds under load."""

import concurrent.futures
import os
import signal
import socket
import subprocess
import time

import pytest
from programs import program
from sim_files import tdsx
from sim_storm import NS
from sim_wire import Client, xml
from simulator import start_sim


def run(*arguments):
    return subprocess.run([program("TABFERRY_SIM"), *arguments], capture_output=True, text=True, timeout=60)


def test_usage():
    shown = run("serve", "--help")
    assert shown.returncode == 0
    assert "Examples:" in shown.stdout and "--fail-job" in shown.stdout and "demo-secret" in shown.stdout
    assert run("--help").returncode == 0
    for wrong in ((), ("serve", "--nothing"), ("serve", "--port", "70000"), ("serve", "--expire-session-at", "0"),
            ("serve", "--fail-job", ""), ("serve", "--project", "A//B")):
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
        assert client.publish(tdsx()).status_code == 201
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
        content = tdsx(seed=number, size=300_000)
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
    content = tdsx(size=60 << 20)
    assert client.publish(content).status_code == 201
    with open(f"/proc/{sim.process.pid}/status", encoding="ascii") as status:
        peak_kib = int(next(line for line in status if line.startswith("VmHWM")).split()[1])
    assert peak_kib < 45 << 10, f"{peak_kib} KiB"


def test_it_listens_on_loopback_alone(sim):
    port = int(sim.url.rsplit(":", 1)[1])
    with open("/proc/net/tcp", encoding="ascii") as table:
        local = [line.split()[1] for line in table if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16)
            == port]
    assert local == [f"0100007F:{port:04X}"]
    assert os.path.exists(f"/proc/{sim.process.pid}")
