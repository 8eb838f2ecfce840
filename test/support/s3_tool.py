"""Drives S3Store from Python by the program s3_tool.

    tool = S3Tool(s3.url, "bucket", s3.environment())
    tool.put("a.csv", b"...", "--if-absent"); tool.get("a.csv"); tool.list("a"); tool.stat("a.csv"); tool.rm("a.csv"); tool.cp("a.csv", "b.csv")

A call that fails raises Failed: .kind, .message, .seconds.
"""
import json
import os
import pathlib
import subprocess
import time

from programs import program

SECONDS = 100
BUCKET = "bucket"     # of the fixture s3


class Failed(Exception):
    def __init__(self, said, seconds):
        try:
            error = json.loads(said)
        except ValueError:
            error = {"kind": "crash", "message": said}
        super().__init__(f"{error['kind']}: {error['message']}")
        self.kind, self.message, self.seconds = error["kind"], error["message"], seconds


class S3Tool:
    """`environment`: all of it, nothing is taken over from ours; `flags`: of every call."""

    def __init__(self, endpoint, bucket, environment, *flags):
        self.endpoint, self.bucket, self.flags = endpoint, bucket, flags
        self.environment = {"PATH": os.environ.get("PATH", ""), "HOME": os.devnull, **environment}
        self.seconds = 0.0

    def run(self, *words, send=b""):
        start = time.monotonic()
        done = subprocess.run([program("TABFERRY_S3_TOOL"), self.endpoint, self.bucket, *self.flags, *words], input=send, capture_output=True,
                              env=self.environment, timeout=SECONDS, check=False)
        self.seconds = time.monotonic() - start
        if done.returncode:
            raise Failed(done.stderr.decode(errors="replace") or f"ended with {done.returncode}", self.seconds)
        return done.stdout

    def put(self, key, data, *flags):
        return json.loads(self.run("put", key, *flags, send=data))

    def get(self, key, *flags):
        return self.run("get", key, *flags)

    def list(self, prefix=""):
        return [json.loads(line) for line in self.run("list", prefix).splitlines()]

    def stat(self, key):
        return json.loads(self.run("stat", key))

    def rm(self, *keys):
        self.run("rm", "-", send="".join(key + "\n" for key in keys).encode())

    def cp(self, key, to):
        return json.loads(self.run("cp", key, to))

    def locked(self, key):
        return json.loads(self.run("locked", key))

    def abort(self, prefix, days):
        return json.loads(self.run("abort", prefix, str(days)))

    def rules(self, prefix=""):
        return json.loads(self.run("rules", prefix))

    def keys(self):
        return json.loads(self.run("keys"))


def executable(path, text):
    path = pathlib.Path(path)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o700)
    return str(path)
