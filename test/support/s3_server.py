"""Starts a real S3 server (versitygw) for a test or a benchmark.

    with start_s3() as s3:
        s3.client().create_bucket(Bucket="landing")
        ... run a program with {**environment, **s3.environment()} and s3.url as its endpoint, path style ...

The program is found by $TABFERRY_VERSITYGW, else in .deps/bin, else in PATH. It listens on loopback only and checks signatures
and checksums strictly.
"""

import contextlib
import os
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

REGION = "us-east-1"
START_SECONDS = 20
TRIES = 3  # a free port may be taken by another program before the server binds it


def program():
    places = [
        os.environ.get("TABFERRY_VERSITYGW"),
        pathlib.Path(__file__).parents[2] / ".deps" / "bin" / "versitygw",
        shutil.which("versitygw"),
    ]
    for place in places:
        if place and os.access(place, os.X_OK):
            return str(place)
    raise RuntimeError("no versitygw found: run scripts/bootstrap test, or set TABFERRY_VERSITYGW to the program")


class S3Server:
    """A running server: .url, .access_key, .secret_key, .region, .folder (holds objects/BUCKET/KEY), .process."""

    def __init__(self, process, port, folder, access_key, secret_key, scheme):
        self.process, self.folder, self.region = process, folder, REGION
        self.access_key, self.secret_key = access_key, secret_key
        self.port, self.url = port, f"{scheme}://127.0.0.1:{port}"

    def environment(self):
        """The credentials as AWS's tools and libraries look for them, and nothing else that they might find first."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def client(self, url=None, **more):
        """A boto3 client of it; `url`: another way to it (a proxy), `more`: further arguments of boto3's client()."""
        import boto3
        from botocore.config import Config

        arguments = {"config": Config(s3={"addressing_style": "path"}, signature_version="s3v4", proxies={}), **more}
        return boto3.session.Session().client(
            "s3",
            endpoint_url=url or self.url,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            **arguments,
        )

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def is_well(server, path="/health"):
    """Whether the very server that was started answers: it has its port, and says that it is well."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError):
            if server.url.startswith("https:"):
                socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
                return True
            if opener.open(server.url + path, timeout=1).status == 200:
                return server.process.poll() is None
        time.sleep(0.02)
    return False


def _launch(folder, flags, posix_flags, log):
    access_key, secret_key, port = "test" + secrets.token_hex(8), secrets.token_hex(20), free_port()
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(folder),
        "ROOT_ACCESS_KEY": access_key,
        "ROOT_SECRET_KEY": secret_key,
    }
    command = [
        program(),
        "--port",
        f"127.0.0.1:{port}",
        "--region",
        REGION,
        "--health",
        "/health",
        "--keep-alive",
        "--quiet",
        *flags,
        "posix",
        "--sidecar",
        str(folder / "meta"),
        *posix_flags,
        str(folder / "objects"),
    ]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
    )
    return S3Server(process, port, folder, access_key, secret_key, "https" if "--cert" in flags else "http")


def _start(folder, flags, posix_flags, log):
    for _ in range(TRIES):
        server = _launch(folder, flags, posix_flags, log)
        try:
            if is_well(server):
                return server
        except BaseException:
            server.stop()
            raise
        server.stop()
    raise RuntimeError(f"versitygw did not start: {pathlib.Path(log.name).read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def start_s3(*flags, folder=None, versioning=False):
    """Serves until the block is left. `folder`: where the objects are kept (None: a private one that goes away);
    `flags`: more of versitygw's own, as --cert FILE --key FILE; `versioning`: buckets may be versioned."""
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(folder or stack.enter_context(tempfile.TemporaryDirectory(prefix="s3-server-"))).resolve()
        for name in ("objects", "meta", "versions"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        log = stack.enter_context(open(folder / "server.log", "w", encoding="utf-8"))
        server = _start(folder, flags, ["--versioning-dir", str(folder / "versions")] if versioning else [], log)
        stack.callback(server.stop)
        yield server
