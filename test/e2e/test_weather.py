"""tabferry-weather without faults passes everything on unchanged, in front of a small server that tells what reached it."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import socket
import struct
import subprocess
import threading

import pytest

from programs import program
from weather import Weather
from weather_origin import BLOCK, SECONDS, ask, body_of, client, exchange, get, raw, receive, request_bytes


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
    result = subprocess.run([program("TABFERRY_WEATHER"), *given], capture_output=True, text=True, timeout=SECONDS, env=os.environ)
    assert result.returncode == 2 and "tabferry-weather: " in result.stderr
