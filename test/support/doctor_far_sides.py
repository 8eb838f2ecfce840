"""What doctor may meet: servers of a test's own in the place of S3, of STS, of a site."""
import threading
import urllib.error
import urllib.request
from datetime import datetime, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CSV = b"id\n1\n"


class Fake:
    """A server that answers as the test says: answer(request) -> (status, headers, body), or None to keep silent.

    `request` has .command, .path, .headers and .content."""

    def __init__(self, answer, clock=lambda: datetime.now(timezone.utc)):
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self):
                self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                fake.requests.append(f"{self.command} {self.path}")
                answered = answer(self)
                if answered is None:
                    fake.over.wait()
                    self.close_connection = True
                    return
                status, headers, body = answered
                self.send_response_only(status)
                for name, value in {"Date": format_datetime(clock(), usegmt=True), **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = reply

            def log_message(self, *_):
                pass

        self.requests, self.over = [], threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def refusal(status, code, message="No.", more="", **headers):
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>R1</RequestId></Error>'
    return status, {"Content-Type": "application/xml", **headers}, body.encode()


class Bucket:
    """A bucket with one object, orders/a.csv, that takes and deletes others; `denied`: rights that it does not give."""

    def __init__(self, denied=(), knows_conditions=True):
        self.denied, self.knows_conditions, self.keys = denied, knows_conditions, {"/landing/orders/a.csv"}

    def __call__(self, request):
        path = request.path.split("?")[0]
        right = {"HEAD": None, "PUT": "s3:PutObject", "DELETE": "s3:DeleteObject",
                 "GET": "s3:ListBucket" if path == "/landing/" else "s3:GetObject"}[request.command]
        if request.path == "/landing/?lifecycle=":
            return refusal(404, "NoSuchLifecycleConfiguration")
        if right in self.denied:
            return refusal(403, "AccessDenied", "Access Denied")
        if right == "s3:ListBucket":
            return 200, {}, (b'<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>orders/a.csv</Key><ETag>"e"</ETag>'
                             b'<Size>5</Size></Contents></ListBucketResult>')
        if right == "s3:PutObject":
            if self.knows_conditions and request.headers.get("If-None-Match") == "*" and path in self.keys:
                return refusal(412, "PreconditionFailed")
            self.keys.add(path)
            return 200, {"ETag": '"e"'}, b""
        if right == "s3:DeleteObject":
            self.keys.discard(path)
            return 204, {}, b""
        return (206, {"Content-Range": "bytes 0-0/5"}, CSV[:1]) if right else (200, {}, b"")


class Rewriting:
    """In front of a site: what it answers, with one text replaced by another."""

    def __init__(self, site, old, new):
        self.site, self.old, self.new = site, old.encode(), new.encode()

    def __call__(self, request):
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "content-length", "connection")}
        forwarded = urllib.request.Request(self.site.url + request.path, request.content or None, headers, method=request.command)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(forwarded, timeout=10) as answer:
                status, kind, body = answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as answer:
            status, kind, body = answer.code, answer.headers["Content-Type"], answer.read()
        return status, {"Content-Type": kind or "application/xml"}, body.replace(self.old, self.new)
