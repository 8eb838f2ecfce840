"""A small HTTP server of a test's own, that answers as the test says and remembers what it was asked.

    def answer(request): return 200, {"ETag": '"1"'}, b"bytes"        # or None: no answer until the test is over
    with fake_http(answer) as fake: ... fake.url, fake.seen ...
"""
import contextlib
import http.server
import threading
from urllib.parse import parse_qs, urlsplit


class Request:
    """.method, .target as sent, .path, .query (a dict of first values), .headers (any case), .body."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        parts = urlsplit(target)
        self.path = parts.path
        self.query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, self.headers, body)
        with self.server.lock:
            self.server.seen.append(request)
            answer = self.server.answer(request)
        if answer is None:
            self.server.over.wait()
            return
        status, headers, sent = answer
        self.send_response(status)
        for name, value in {"Content-Length": str(len(sent)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(sent)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _serve


class Fake:
    def __init__(self, server):
        self._server = server
        self.port = server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def seen(self):
        with self._server.lock:
            return list(self._server.seen)


@contextlib.contextmanager
def fake_http(answer, port=0, tls=None):
    """`tls`: an ssl.SSLContext to serve with."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.handle_error = lambda *_: None     # a client that leaves, or does not trust us: its own affair
    server.answer, server.seen, server.lock, server.over = answer, [], threading.Lock(), threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Fake(server)
    finally:
        server.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
