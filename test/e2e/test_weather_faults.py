"""tabferry-weather does the harm that its flags say, to the requests that they say, and no other."""
import subprocess
import sys
import time

import pytest

from weather_origin import SECONDS, ask, body_of, client, eventually, exchange, get, raw, receive, request_bytes, seconds_of


def fault(kind, number=1, method="GET", path="/length/1000", done=True, body_bytes=0):
    return {"kind": kind, "request": number, "method": method, "path": path, "done": done, "body_bytes": body_bytes}


@pytest.mark.parametrize("kind, how", [("reset-before", "reset"), ("cut-before", "fin")])
def test_before(origin, weather_of, kind, how):
    weather = weather_of("--fault", f"{kind}@1")
    assert exchange(weather, path="/length/1000?secret=1") == (b"", how)
    assert origin.connections == 0
    assert exchange(weather, path="/close/4")[0].endswith(body_of(4))
    assert weather.stop()["faults"] == [fault(kind)]


def test_cut_before_is_clean_though_a_body_comes(origin, weather_of):
    weather = weather_of("--fault", "cut-before@1")
    assert exchange(weather, "PUT", "/x", body_of(100_000)) == (b"", "fin")
    assert origin.connections == 0


@pytest.mark.parametrize("bytes_passed", [0, 1, 50_000])
def test_reset_in_request(origin, weather_of, bytes_passed):
    weather = weather_of("--fault", "reset-in-request@1", "--fault-bytes", bytes_passed)
    with raw(weather, request_bytes("PUT", "/x", b"y" * 50_000 + b"z" * 50_000)) as connection:
        assert receive(connection) == (b"", "reset")
    eventually(lambda: origin.broken == [("/x", bytes_passed)])
    assert weather.stop()["faults"] == [fault("reset-in-request", method="PUT", path="/x", body_bytes=bytes_passed)]


def test_reset_after_request(origin, weather_of):
    weather = weather_of("--fault", "reset-after-request@1", "--latency", "1ms")
    assert exchange(weather, "PUT", "/x", body_of(300_000)) == (b"", "reset")
    assert [(seen[0], seen[3]["size"]) for seen in origin.seen] == [("PUT", 300_000)]
    assert weather.stop()["faults"] == [fault("reset-after-request", method="PUT", path="/x")]


@pytest.mark.parametrize("kind, how", [("cut-in-answer", "fin"), ("reset-in-answer", "reset")])
@pytest.mark.parametrize("bytes_passed", [0, 1, 700_000])
def test_in_answer(weather_of, kind, how, bytes_passed):
    weather = weather_of("--fault", f"{kind}@1", "--fault-bytes", bytes_passed)
    data, ended = exchange(weather, path="/length/1000000")
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK") and b"Content-Length: 1000000" in head
    assert body == body_of(bytes_passed) and ended == how
    assert weather.stop()["faults"] == [fault(kind, path="/length/1000000", body_bytes=bytes_passed)]


@pytest.mark.parametrize("status", [503, 500, 429])
def test_status_keeps_the_connection(origin, weather_of, status):
    weather = weather_of("--fault", f"status-{status}@2")
    with client(weather) as connection:
        assert ask(connection, "PUT", "/x", b"abc")[0] == 200
        assert ask(connection, "PUT", "/y", body_of(1_000_000)) == (status, b"weather: %d\n" % status)
        assert ask(connection, "PUT", "/z", b"abc")[0] == 200
    assert [seen[1] for seen in origin.seen] == ["/x", "/z"]
    told = weather.stop()
    assert told["connections"] == 1
    assert told["faults"] == [fault(f"status-{status}", 2, "PUT", "/y")]


def test_status_for_head_and_for_one_who_waits_to_continue(origin, weather_of):
    weather = weather_of("--fault", "status-503@1-2")
    with client(weather) as connection:
        assert ask(connection, "HEAD", "/length/5") == (503, b"")
        assert get(connection, "/length/5")[0] == 503
        assert get(connection, "/length/5")[0] == 200
    weather = weather_of("--fault", "status-503@1")
    with raw(weather, b"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n") as connection:
        data, how = receive(connection)
    assert data.startswith(b"HTTP/1.1 503 ") and how == "fin"
    assert data.endswith(b"\r\nConnection: close\r\n\r\nweather: 503\n")
    assert len(origin.seen) == 1


def test_stall(weather_of):
    weather = weather_of("--fault", "stall@1", "--fault-bytes", 7)
    data, how = exchange(weather, timeout=0.3)
    assert data.endswith(b"\r\n\r\n" + body_of(7)) and how == "silence"
    assert weather.stop()["faults"] == [fault("stall", body_bytes=7)]


def test_mute(origin, weather_of):
    weather = weather_of("--fault", "mute@1")
    assert exchange(weather, timeout=0.3) == (b"", "silence")
    assert len(origin.seen) == 1
    assert weather.stop()["faults"] == [fault("mute")]


@pytest.mark.parametrize("flags", [["--fault", "slow:300ms@2"], ["--slow", "0.3s@2"]])
def test_slow(weather_of, flags):
    weather = weather_of(*flags)
    with client(weather) as connection:
        times = [seconds_of(lambda: get(connection, "/length/10")) for _ in range(3)]
    assert times[0] < 0.3 <= times[1] and times[2] < 0.3, times
    assert weather.stop()["faults_total"] == 1


def test_stopping_ends_those_who_wait(weather_of):
    weather = weather_of("--fault", "mute@1", "--slow", "180s@2")
    with raw(weather, request_bytes()) as mute, raw(weather, b"") as slow:
        weather.wait_for_requests(1)
        slow.sendall(request_bytes())
        weather.wait_for_requests(2)
        start = time.monotonic()
        assert [entry["kind"] for entry in weather.stop()["faults"]] == ["mute", "slow:180s"]
        assert time.monotonic() - start < 2
        assert receive(mute)[0] == b"" and receive(slow)[0] == b""


def test_ranges_and_filters(origin, weather_of):
    weather = weather_of("--only", "PUT", "--only-path", "/b", "--fault", "status-503@2-3", "--fault", "status-500@5+")
    with client(weather) as connection:
        statuses = []
        for _ in range(6):
            assert get(connection, "/length/1")[0] == 200
            assert ask(connection, "PUT", "/a", b"x")[0] == 200
            statuses.append(ask(connection, "PUT", "/b/c", b"x")[0])
    assert statuses == [200, 503, 503, 200, 500, 500]
    assert (weather.requests(), weather.counted()) == (18, 6)
    assert [entry["request"] for entry in weather.stop()["faults"]] == [2, 3, 5, 6]


def test_chances_repeat_with_their_seed(weather_of):
    def hit(seed):
        weather = weather_of("--fault", "status-500@50%", "--seed", seed)
        with client(weather) as connection:
            return [get(connection, "/length/1")[0] for _ in range(40)]

    first = hit(7)
    assert first == hit(7) and first != hit(8) and set(first) == {200, 500}


@pytest.mark.parametrize("by_file", [False, True])
def test_kill(origin, weather_of, tmp_path, by_file):
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as victim:
        weather = weather_of("--kill", f"{tmp_path / 'pid' if by_file else victim.pid}@2")
        (tmp_path / "pid").write_text(f"{victim.pid}\n")
        with client(weather) as connection:
            get(connection, "/length/1")
            assert victim.poll() is None
            get(connection, "/length/1")
        assert victim.wait(SECONDS) == -9
    assert weather.stop()["kills"] == [{"pid": victim.pid, "request": 2}]
