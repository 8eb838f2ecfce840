"""A Lambda function around tabferry: the Runtime API (2018-06-01) as Lambda serves it, and the program as its runtime.

    with Function(folder, environment) as function:
        answer = function.invoke({"job": "backup"}, seconds=60)
        assert answer.ok, answer
        answer.body["status"]

One event after the other, as Lambda gives them. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import contextlib
import http.server
import json
import pathlib
import queue
import subprocess
import threading
import time

from ferry import SECRET, TABFERRY

ARN = "arn:aws:lambda:us-east-1:123456789012:function:tabferry"
PREFIX = "/2018-06-01/runtime/"


class Answer:
    """ok: whether the function succeeded; body: its JSON; text: as it came; seconds: from the event to the answer."""

    def __init__(self, request, ok, text, seconds):
        self.request, self.ok, self.text, self.seconds = request, ok, text, seconds
        self.body = json.loads(text)

    @property
    def status(self):
        return self.body["status"]

    @property
    def message(self):
        return self.body["errorMessage"]

    def __repr__(self):
        return f"{'response' if self.ok else 'error'} after {self.seconds:.1f} s: {self.text}"


class _Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        api = self.server.api
        assert self.path == PREFIX + "invocation/next", self.path
        api.first_next = api.first_next or time.monotonic()
        event = api.events.get()
        if event is None:  # the end: nobody reads an answer
            self.close_connection = True
            return
        request, text, ends = event
        self.reply(200, text, {
            "Lambda-Runtime-Aws-Request-Id": request,
            "Lambda-Runtime-Deadline-Ms": str(int(ends * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
        })  # fmt: skip

    def do_POST(self):
        api = self.server.api
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request, end = self.path.removeprefix(PREFIX + "invocation/").split("/")
        assert end in ("response", "error") and self.headers["Content-Type"] == "application/json", self.path
        self.reply(202, b'{"status":"OK"}')
        api.answers.put((request, end == "response", body.decode(), time.monotonic()))

    def reply(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A function that is ended cuts its connection."""


class RuntimeApi:
    def __init__(self):
        self.events, self.answers, self.first_next = queue.Queue(), queue.Queue(), None
        self.server = _Server(("127.0.0.1", 0), _Request)
        self.server.api = self
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.events.put(None)  # who waits for an event waits no more
        self.server.shutdown()
        self.server.server_close()


class Function:
    """`command`: what Lambda starts. `folder`: its task root, where tabferry.yaml may be, and its log."""

    def __init__(self, folder, environment, command=(TABFERRY, "lambda"), memory=512):
        self.folder = pathlib.Path(folder)
        self.command, self.count = [str(word) for word in command], 0
        self.environment = {
            "LAMBDA_TASK_ROOT": str(self.folder), "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
            "AWS_LAMBDA_FUNCTION_NAME": "tabferry", **environment,
        }  # fmt: skip

    def __enter__(self):
        self.api = RuntimeApi()
        self.environment["AWS_LAMBDA_RUNTIME_API"] = self.api.address
        with open(self.folder / "stdout.log", "ab") as out, open(self.folder / "stderr.log", "ab") as err:
            self.began = time.monotonic()
            self.process = subprocess.Popen(self.command, cwd="/", env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.api.stop()

    def begin(self, event=None, seconds=60):
        """Hands it the event, and waits for nothing."""
        self.count += 1
        request = f"00000000-0000-4000-8000-{self.count:012}"
        text = event if isinstance(event, str) else json.dumps({} if event is None else event)
        self.api.events.put((request, text.encode(), time.time() + seconds))
        return request, text

    def invoke(self, event=None, seconds=60):
        """`event`: JSON, or text as it is. Killed `seconds` from now, as Lambda does: that is a failure of the test."""
        began = time.monotonic()
        request, text = self.begin(event, seconds)
        try:
            answered, ok, body, at = self.api.answers.get(timeout=seconds)
        except queue.Empty:
            raise AssertionError(f"no answer to {text} within {seconds} s; {self.process.poll()}\n{self.err}") from None
        assert answered == request
        return Answer(request, ok, body, at - began)

    @property
    def out(self):
        return (self.folder / "stdout.log").read_text()

    @property
    def err(self):
        return (self.folder / "stderr.log").read_text()

    def metrics(self):
        """The EMF lines of stdout, which holds nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


@contextlib.contextmanager
def function_of(shop, command=(TABFERRY, "lambda"), **more):
    """A shop's: its configuration is tabferry.yaml beside the program, and it has no engine but where `more` says so
    (TABFERRY_HYPERD). Nothing that it says anywhere holds a secret."""
    shop.write(template=False)
    environment = shop.environment()
    environment.pop("TABFERRY_HYPERD")
    with Function(shop.folder, {**environment, **more}, command) as function:
        yield function
    assert SECRET not in function.out + function.err
    if shop.s3:
        assert shop.s3.secret_key not in function.out + function.err
