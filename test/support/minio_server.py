"""Starts MinIO: an S3 server and an STS that check signatures for real, with users whose rights differ.

    with start_minio() as minio:                     # as start_s3(): .url, .client(), .environment() of the root user
        minio.add_user("reader", "s3:GetObject")     # who may do this in all buckets, and nothing else
        minio.environment_of("reader")
        minio.signers("PutObject")                   # who signed, by MinIO's audit log

The program is found by $TABFERRY_MINIO, else in .deps/bin (scripts/bootstrap minio), else in PATH. Loopback only.
"""

import contextlib
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile

from doctor_far_sides import Fake
from s3_server import REGION, S3Server, free_port, is_well

TRIES = 3


def program():
    places = [os.environ.get("TABFERRY_MINIO"), pathlib.Path(__file__).parents[2] / ".deps" / "bin" / "minio", shutil.which("minio")]
    for place in places:
        if place and os.access(place, os.X_OK):
            return str(place)
    raise RuntimeError("no minio found: run scripts/bootstrap minio, or set TABFERRY_MINIO to the program")


class Minio(S3Server):
    """`told`: MinIO's audit log, an entry a request, in the order of their ends."""

    secrets, told = {}, []

    def admin(self):
        from minio import MinioAdmin
        from minio.credentials import StaticProvider

        root = StaticProvider(self.access_key, self.secret_key)
        return MinioAdmin(endpoint=f"127.0.0.1:{self.port}", credentials=root, region=REGION, secure=False)

    def add_user(self, name, *actions):
        self.secrets = {**self.secrets, name: secrets.token_hex(20)}
        self.admin().user_add(name, self.secrets[name])
        if not actions:
            return
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": ["arn:aws:s3:::*"]}
        self.admin().policy_add(f"of-{name}", policy={"Version": "2012-10-17", "Statement": [statement]})
        self.admin().attach_policy([f"of-{name}"], user=name)

    def environment_of(self, name):
        return {**self.environment(), "AWS_ACCESS_KEY_ID": name, "AWS_SECRET_ACCESS_KEY": self.secrets[name]}

    def signers(self, api):
        """The access keys of the requests of that kind that succeeded: ["Q3AM3UQ867SPQQA43P2F", ...]."""
        return [one.get("accessKey") for one in list(self.told) if one["api"].get("name") == api and one["api"].get("statusCode") == 200]


def launch(folder, log, audit):
    access_key, secret_key, port = "root" + secrets.token_hex(8), secrets.token_hex(20), free_port()
    environment = {
        "PATH": os.environ.get("PATH", ""), "HOME": str(folder), "no_proxy": "127.0.0.1",
        "MINIO_ROOT_USER": access_key, "MINIO_ROOT_PASSWORD": secret_key, "MINIO_SITE_REGION": REGION, "MINIO_BROWSER": "off",
        "MINIO_UPDATE": "off", "MINIO_AUDIT_WEBHOOK_ENABLE_TEST": "on", "MINIO_AUDIT_WEBHOOK_ENDPOINT_TEST": audit.url,
    }  # fmt: skip
    command = [program(), "server", "--quiet", "--address", f"127.0.0.1:{port}", str(folder / "objects")]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    return Minio(process, port, folder, access_key, secret_key, "http")


@contextlib.contextmanager
def start_minio():
    told = []

    def listen(request):
        told.append(json.loads(request.content))
        return 200, {}, b""

    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="minio-"))).resolve()
        log = stack.enter_context(open(folder / "server.log", "w", encoding="utf-8"))
        audit = stack.enter_context(Fake(listen))
        for _ in range(TRIES):
            server = launch(folder, log, audit)
            stack.callback(server.stop)
            server.told = told
            if is_well(server, "/minio/health/live"):
                yield server
                return
            server.stop()
        raise RuntimeError(f"minio did not start: {pathlib.Path(log.name).read_text(errors='replace')[-2000:]}")
