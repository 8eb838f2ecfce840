"""Starts tabferry-sim for a test.

    with start_sim("--deny-publish") as sim:
        ... sim.url ...

With faults=[...] (KIND[=VALUE]@WHICH[ on METHOD PATH-GLOB], `tabferry-sim serve --help` lists them) or control=True
there is a sim.control that orders bad weather and tells what it did:

    with start_sim(faults=["429=1@2"]) as sim:
        ... assert sim.control.struck("429") == 1

The program is found by the environment variable TABFERRY_SIM.
"""

import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import time
import urllib.request

from programs import program

SITE, USER, PASSWORD, TOKEN_NAME, TOKEN_SECRET = "demo", "admin", "admin", "demo", "demo-secret"
NOBODY = "00000000-0000-4000-8000-000000000000"     # the id of nothing

READY = "tabferry-sim ready at "
CONTROL = "tabferry-sim control at "
START_SECONDS = 30


class _SignedIn:
    """Signs out at the end of its block."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        return self.server

    def __exit__(self, *_):
        self.server.auth.sign_out()


class Control:
    """The simulator's second door: faults() and requests() as they are told, add(), clear()."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def _ask(self, method, path, document=None):
        body = None if document is None else json.dumps(document).encode()
        asked = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"}, method=method)
        with self.opener.open(asked, timeout=30) as answer:
            return json.loads(answer.read() or b"null")

    def faults(self):
        """{"rules": [{"id", "fault", "met", "struck", "removed"}], "struck": N, "log": [...]}"""
        return self._ask("GET", "/faults")

    def requests(self):
        """{"requests": N, "routes": [{"method", "route", "count", "statuses"}]}"""
        return self._ask("GET", "/requests")

    def add(self, *faults):
        return self._ask("POST", "/faults", {"faults": list(faults)})["added"]

    def clear(self):
        """No fault falls any more; what has struck is still told."""
        self._ask("DELETE", "/faults")

    def log(self, kind):
        """What faults of that kind did: [{"rule", "fault", "number", "method", "path", "kind", "id", "done"}]."""
        return [entry for entry in self.faults()["log"] if entry["fault"].split("@")[0].split("=")[0] == kind]

    def struck(self, kind):
        return len(self.log(kind))


class Sim:
    """A running simulator: .url, .process, .data (the folder given, or None), .control (or None)."""

    def __init__(self, process, url, data, control=None):
        self.process, self.url, self.data, self.control = process, url, data, control

    def server(self, version=None):
        """A tableauserverclient that is not signed in; what it gets is judged by the official schema (schema.py)."""
        import schema
        import tableauserverclient as tsc
        server = tsc.Server(self.url, session_factory=schema.session)
        if version is None:
            server.use_server_version()
        else:
            server.version = version
        return server

    def client(self, name=USER, password=None, version=None, **more):
        """The same, signed in until the end of its block, or for good: sim.client("vera").server.

        By password (the name, where none is given), as a second sign-in with the token would end tabferry's session.
        """
        import tableauserverclient as tsc
        server = self.server(version)
        server.auth.sign_in(tsc.TableauAuth(name, password or name, SITE, **more))
        return _SignedIn(server)

    def stop(self, how=signal.SIGTERM, timeout=30):
        """Sends the signal; returns the exit code and what the program wrote to stderr."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        errors = self.process.communicate(timeout=timeout)[1]
        return self.process.returncode, errors


def _next_line(process):
    """The next line of stdout, which must come before the deadline and before the process ends."""
    deadline = time.monotonic() + START_SECONDS
    line = b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0:
            raise RuntimeError(f"tabferry-sim did not say that it is ready within {START_SECONDS} s")
        if not select.select([process.stdout], [], [], left)[0]:
            continue
        byte = os.read(process.stdout.fileno(), 1)
        if not byte:
            raise RuntimeError(f"tabferry-sim ended instead of serving: {process.communicate()[1].decode()}")
        line += byte
    return line.decode()


def _url_behind(words, process):
    line = _next_line(process)
    assert line.startswith(words), line
    return line[len(words):].strip()


@contextlib.contextmanager
def start_sim(*flags, data=None, faults=(), control=False):
    """Serves until the block is left. `data`: the folder the site lives in; None: a private one that goes away."""
    control = control or bool(faults)
    command = [program("TABFERRY_SIM"), "serve", "--port", "0", *flags]
    command += [word for fault in faults for word in ("--fault", fault)] + (["--control-port", "0"] if control else [])
    if data is not None:
        command += ["--data", str(data)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        url = _url_behind(READY, process)
        yield Sim(process, url, None if data is None else pathlib.Path(data),
                  Control(_url_behind(CONTROL, process)) if control else None)
    finally:
        if process.poll() is None:
            process.kill()
        if not process.stdout.closed:
            process.communicate()
