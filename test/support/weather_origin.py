"""A small server behind tabferry-weather that tells what reached it, and hands to ask it, byte for byte where one likes."""
import contextlib
import hashlib
import http.client
import http.server
import json
import socket
import threading
import time

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


@contextlib.contextmanager
def serving():
    """A Server that serves until the block is left."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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


def seconds_of(action):
    start = time.monotonic()
    action()
    return time.monotonic() - start
