"""tabferry-weather does what its flags say, and nothing else, in front of a small server that tells what reached it."""
import concurrent.futures
import contextlib
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time

import pytest

from weather import Weather, program

SECONDS = 20  # the patience of every socket here
BLOCK = 1 << 16


def body_of(size):
    """The same bytes for the same size; no run of them repeats within 8 KiB."""
    block = b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(256))
    return (block * (size // len(block) + 1))[:size]


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 20

    def log_message(self, *_):
        pass

    def handle_expect_100(self):
        if self.path == "/refuse":
            self.answer(b"", status=412)
        else:
            super().handle_expect_100()
        self.wfile.flush()
        return self.path != "/refuse"  # the connection goes on: the client may keep its body

    def answer(self, body, chunked=False, status=200):
        self.send_response(status)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(in_chunks(body) if chunked else body)

    def do_GET(self):
        """/length/N, /chunked/N, /close/N; /status/NNN."""
        how, _, number = self.path.partition("?")[0][1:].partition("/")
        self.server.seen.append((self.command, self.path, self.headers["Host"], None))
        if how == "status":
            self.answer(b"", status=int(number))
        elif how == "close":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n" + body_of(int(number)))
            self.close_connection = True
        else:
            self.answer(body_of(int(number)), chunked=how == "chunked")

    do_HEAD = do_GET

    def do_PUT(self):
        try:
            body = b"".join(self.chunks() if self.headers["Transfer-Encoding"] else self.pieces())
        except (ConnectionError, EOFError):
            self.server.broken.append((self.path, self.got))
            self.close_connection = True
            return
        told = {"size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
        self.server.seen.append((self.command, self.path, self.headers["Host"], told))
        self.answer(json.dumps(told).encode())

    def read(self, size):
        data = b""
        while len(data) < size:
            more = self.rfile.read1(min(size - len(data), BLOCK))
            if not more:
                raise EOFError
            data += more
            self.got += len(more)
        return data

    def pieces(self):
        self.got, left = 0, int(self.headers["Content-Length"])
        while left:
            piece = self.read(min(left, BLOCK))
            left -= len(piece)
            yield piece

    def chunks(self):
        self.got = 0
        while size := int(self.rfile.readline(), 16):
            yield self.read(size)
            self.rfile.readline()
        self.rfile.readline()


def in_chunks(body, size=10_007):
    parts = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 200

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Origin)
        self.seen, self.broken, self.connections = [], [], 0

    def get_request(self):
        self.connections += 1
        return super().get_request()

    def handle_error(self, *_):
        """A client that leaves is what this is all about."""


@pytest.fixture
def origin():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def weather_of(origin):
    with contextlib.ExitStack() as stack:
        yield lambda *flags: stack.enter_context(Weather(origin.server_port, *flags))


@contextlib.contextmanager
def client(weather):
    connection = http.client.HTTPConnection("127.0.0.1", weather.port, timeout=SECONDS)
    try:
        yield connection
    finally:
        connection.close()


def ask(connection, method, path, body=None, **options):
    connection.request(method, path, body, **options)
    answer = connection.getresponse()
    return answer.status, answer.read()


def get(connection, path):
    return ask(connection, "GET", path)


def request_bytes(method="GET", path="/length/1000", body=b"", extra=""):
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: weather.test\r\n{length}{extra}\r\n".encode() + body


def raw(weather, data, timeout=SECONDS):
    connection = socket.create_connection(("127.0.0.1", weather.port), timeout=timeout)
    connection.sendall(data)
    return connection


def receive(connection):
    """All that comes, and how it ended: fin, reset or silence."""
    data = b""
    while True:
        try:
            more = connection.recv(BLOCK)
        except ConnectionResetError:
            return data, "reset"
        except TimeoutError:
            return data, "silence"
        if not more:
            return data, "fin"
        data += more


def exchange(weather, *request, timeout=SECONDS, **options):
    with raw(weather, request_bytes(*request, **options), timeout) as connection:
        return receive(connection)


def eventually(condition, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.002)


def fault(kind, number=1, method="GET", path="/length/1000", done=True, body_bytes=0):
    return {"kind": kind, "request": number, "method": method, "path": path, "done": done, "body_bytes": body_bytes}


# --- nothing but passing on -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("how", ["length", "chunked", "close"])
@pytest.mark.parametrize("size", [0, 1, 3_000_001])
def test_an_answer_passes_unchanged(weather_of, how, size):
    weather = weather_of()
    with client(weather) as connection:
        assert get(connection, f"/{how}/{size}") == (200, body_of(size))


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [1, 3_000_001])
def test_a_request_body_passes_unchanged(origin, weather_of, chunked, size):
    weather = weather_of()
    body = body_of(size)
    with client(weather) as connection:
        pieces = (body[i:i + 70_001] for i in range(0, size, 70_001))
        status, told = ask(connection, "PUT", "/x", pieces if chunked else body, encode_chunked=chunked,
                           headers={"Transfer-Encoding": "chunked"} if chunked else {})
    expected = {"size": size, "sha256": hashlib.sha256(body).hexdigest()}
    assert (status, json.loads(told)) == (200, expected)
    assert origin.seen == [("PUT", "/x", f"127.0.0.1:{weather.port}", expected)]


def test_the_wire_bytes_are_the_same(origin, weather_of):
    """Byte for byte: an odd head there, chunk extensions and trailers back."""
    told = []
    answer = (b"HTTP/1.1 200 All  right\r\nX-Odd:  two  spaces \r\nTRANSFER-encoding: chunked\r\n\r\n"
              b"3;a=b\r\nabc\r\n0\r\nTrailer: x\r\n\r\n")
    request = b"PUT /a%2Fb?x=%20&y HTTP/1.1\r\nhOsT: signed.example\r\nContent-Length:  3\r\nX-Amz-Date:now\r\n\r\nabc"

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            while len(told) < len(request):
                told.extend(connection.recv(BLOCK))
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        with Weather(listener.getsockname()[1]) as weather, raw(weather, request) as connection:
            assert receive(connection) == (answer, "fin")
        thread.join()
    assert bytes(told) == request


def test_requests_are_counted_on_a_kept_connection(origin, weather_of):
    weather = weather_of()
    assert weather.requests() == 0
    with client(weather) as connection:
        for number, path in enumerate(["/length/5", "/chunked/70000", "/length/0", "/status/204", "/status/304"], 1):
            get(connection, path)
            assert weather.requests() == number
        assert ask(connection, "HEAD", "/length/900")[0] == 200
        assert ask(connection, "PUT", "/x", b"abc")[0] == 200
        assert ask(connection, "PUT", "/x", iter([b"abc", b"d"]), encode_chunked=True,
                   headers={"Transfer-Encoding": "chunked"})[0] == 200
        assert weather.requests() == 8
    told = weather.stop()
    assert (told["requests"], told["connections"], told["errors"], told["faults"]) == (8, 1, 0, [])
    assert origin.connections == 1 and len(origin.seen) == 8
    assert told["bytes_to_client"] > 70_000 and told["bytes_to_server"] > 500


def test_requests_in_one_packet_are_two(weather_of):
    weather = weather_of()
    with raw(weather, request_bytes(path="/length/3") + request_bytes(path="/close/3")) as connection:
        data, how = receive(connection)
    assert data.count(b"HTTP/1.1 200") == 2 and how == "fin"
    assert weather.requests() == 2


def test_100_continue_passes(origin, weather_of):
    weather = weather_of()
    with raw(weather, b"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n") as connection:
        assert connection.recv(BLOCK).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        assert connection.recv(BLOCK).startswith(b"HTTP/1.1 200 ")
    assert origin.seen[0][3]["size"] == 3 and weather.requests() == 1


def test_a_client_that_is_refused_before_its_body_goes_on(origin, weather_of):
    weather = weather_of()
    request = request_bytes("PUT", "/refuse", extra="Content-Length: 9\r\nExpect: 100-continue\r\n")
    with raw(weather, request) as connection:
        assert connection.recv(BLOCK).startswith(b"HTTP/1.1 412 ")
        connection.sendall(request_bytes(path="/close/3"))
        assert receive(connection)[0].endswith(body_of(3))
    assert weather.requests() == 2 and origin.connections == 1


def test_the_servers_own_end_passes():
    """A server that cuts or resets in mid-answer, without any fault asked for."""
    for linger, how in ((None, "fin"), (struct.pack("ii", 1, 0), "reset")):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            with Weather(listener.getsockname()[1]) as weather, raw(weather, request_bytes()) as connection:
                served, _ = listener.accept()
                served.recv(BLOCK)
                served.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
                assert connection.recv(BLOCK).startswith(b"HTTP/1.1 200")
                if linger:
                    served.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                served.close()
                assert receive(connection)[1] == how


def test_the_clients_end_reaches_the_server():
    with socket.create_server(("127.0.0.1", 0)) as listener, Weather(listener.getsockname()[1]) as weather:
        with raw(weather, request_bytes()):
            served, _ = listener.accept()
            served.settimeout(SECONDS)
            assert served.recv(BLOCK) == request_bytes()
        assert served.recv(BLOCK) == b""
        served.close()


def test_a_hundred_connections_at_once(origin, weather_of):
    weather = weather_of()
    together = threading.Barrier(100, timeout=SECONDS)

    def one(_):
        with client(weather) as connection:
            first = get(connection, "/length/10")
            together.wait()
            return first, get(connection, "/chunked/100000")

    with concurrent.futures.ThreadPoolExecutor(100) as pool:
        assert set(pool.map(one, range(100))) == {((200, body_of(10)), (200, body_of(100_000)))}
    told = weather.stop()
    assert (told["requests"], told["connections"], told["connections_peak"], told["errors"]) == (200, 100, 100, 0)


def test_no_server_is_a_reset_and_the_next_one_is_served():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Weather(port) as weather:
        assert exchange(weather) == (b"", "reset")
        assert exchange(weather) == (b"", "reset")
        told = weather.stop()
    assert told["requests"] == 2 and told["errors"] == 2 and "Connection refused" in told["last_error"]


def test_what_is_no_http_ends_only_its_own_connection(weather_of):
    weather = weather_of()
    with raw(weather, b"hello\r\n\r\n") as connection:
        assert receive(connection)[0] == b""
    assert exchange(weather, "GET", "/close/3")[0].endswith(body_of(3))
    assert weather.stop()["errors"] == 1


# --- shape ------------------------------------------------------------------------------------------------------------

def seconds_of(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start


def quickest(action, most, tries=5):
    """The shortest time it took; a busy machine may make one try slow, but none quick."""
    times = [seconds_of(action)]
    while min(times) >= most and len(times) < tries:
        times.append(seconds_of(action))
    assert min(times) < most, times
    return min(times)


def test_latency_is_added_once_a_request_and_once_a_connection(weather_of):
    weather = weather_of("--latency", "80ms")

    def first_and_second():
        with client(weather) as connection:
            return [seconds_of(lambda: get(connection, "/chunked/500000")) for _ in range(2)]

    tries = [first_and_second() for _ in range(3)]
    firsts, seconds = zip(*tries)
    assert 0.160 <= min(firsts) < 0.200 and 0.080 <= min(seconds) < 0.110, tries


@pytest.mark.parametrize("upload", [False, True])
def test_bandwidth(weather_of, upload):
    weather, size = weather_of("--bandwidth", "10MB/s"), 4_000_000
    body = body_of(size)
    with client(weather) as connection:
        assert quickest(lambda: ask(connection, "PUT", "/x", body) if upload else get(connection, f"/length/{size}"),
                        0.4 * 1.15) > 0.4 * 0.85


def test_bandwidth_is_each_connections_own(weather_of):
    weather = weather_of("--bandwidth", "10MB/s")

    def one(_):
        with client(weather) as connection:
            return len(get(connection, "/length/3000000")[1])

    def four():
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            assert list(pool.map(one, range(4))) == [3_000_000] * 4

    assert quickest(four, 0.6) > 0.25  # one shared limit would need 1.2 s


# --- faults -----------------------------------------------------------------------------------------------------------

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


def test_a_large_body_needs_no_memory(weather_of):
    """256 MB pass; the program's peak does not know of them."""
    weather = weather_of()
    with client(weather) as connection:
        connection.request("GET", "/length/256000000")
        answer, size = connection.getresponse(), 0
        while piece := answer.read(1 << 20):
            size += len(piece)
    assert size == 256_000_000
    peak = next(line for line in pathlib.Path(f"/proc/{weather.process.pid}/status").read_text().splitlines()
                if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 32_000, peak


@pytest.mark.parametrize("flags", [["--fault", "rain@1"], ["--fault", "mute"], ["--latency", "4"],
                                   ["--to", "10.0.0.1:80"]])
def test_wrong_usage_is_told(flags):
    given = flags if "--to" in flags else ["--to", "127.0.0.1:9", *flags]
    result = subprocess.run([program(), *given], capture_output=True, text=True, timeout=SECONDS, env=os.environ)
    assert result.returncode == 2 and "tabferry-weather: " in result.stderr
