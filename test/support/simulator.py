"""Starts tabferry-sim for a test.

    with start_sim("--deny-publish") as sim:
        ... sim.url ...

The program is found by the environment variable TABFERRY_SIM.
"""

import contextlib
import os
import pathlib
import select
import signal
import subprocess
import time

SITE, USER, PASSWORD, TOKEN_NAME, TOKEN_SECRET = "demo", "admin", "admin", "demo", "demo-secret"

READY = "tabferry-sim ready at "
START_SECONDS = 30


def program():
    path = os.environ.get("TABFERRY_SIM", "")
    if not path or not os.access(path, os.X_OK):
        raise RuntimeError(f"set TABFERRY_SIM to the tabferry-sim program (it is {path!r}); build it with: make build")
    return path


class _SignedIn:
    """Signs out at the end of its block."""

    def __init__(self, server):
        self.server = server

    def __enter__(self):
        return self.server

    def __exit__(self, *_):
        self.server.auth.sign_out()


class Sim:
    """A running simulator: .url, .process, .data (the folder given, or None)."""

    def __init__(self, process, url, data):
        self.process, self.url, self.data = process, url, data

    def client(self):
        """A signed-in tableauserverclient (by password, as a second sign-in with the token would end tabferry's session)."""
        import tableauserverclient as tsc
        server = tsc.Server(self.url, use_server_version=True)
        server.auth.sign_in(tsc.TableauAuth(USER, PASSWORD, SITE))
        return _SignedIn(server)

    def stop(self, how=signal.SIGTERM, timeout=30):
        """Sends the signal; returns the exit code and what the program wrote to stderr."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        errors = self.process.communicate(timeout=timeout)[1]
        return self.process.returncode, errors


def _first_line(process):
    """The first line of stdout, which must come before the deadline and before the process ends."""
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


@contextlib.contextmanager
def start_sim(*flags, data=None):
    """Serves until the block is left. `data`: the folder the site lives in; None: a private one that goes away."""
    command = [program(), "serve", "--port", "0", *flags]
    if data is not None:
        command += ["--data", str(data)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        line = _first_line(process)
        assert line.startswith(READY), line
        yield Sim(process, line[len(READY):].strip(), None if data is None else pathlib.Path(data))
    finally:
        if process.poll() is None:
            process.kill()
        if not process.stdout.closed:
            process.communicate()
