"""tabferry doctor finds what would break a run, within five seconds a check, and says how to mend it."""
import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ferry import SECRET, TABFERRY, Workshop
from s3_server import start_s3

CHECK_SECONDS = 5.0
FOUND_PROBLEM = 4
CSV = b"id\n1\n"


# --- the far sides

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


# --- the run

class Practice(Workshop):
    """A workshop whose configuration may name S3, and runs of doctor in it."""

    def __init__(self, folder, site):
        super().__init__(folder, site)
        self.s3, self.store, self.auth, self.server = None, None, {}, None
        self.s3_environment = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_CONFIG_FILE": os.devnull,
                               "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
                               "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        self.table("orders", {"id": "bigint"}, "data/*.csv")
        self.put("a.csv", CSV)

    def from_s3(self, url, environment=None, files="s3://landing/orders/*.csv", **more):
        self.table("orders", {"id": "bigint"}, files)
        self.s3 = {"endpoint": url, "region": "us-east-1", **more}
        self.s3_environment = environment or self.s3_environment
        return self

    def config(self):
        config = super().config()
        config["sites"]["demo"]["auth"].update(self.auth)
        if self.server:
            config["sites"]["demo"]["server"] = self.server
        return {**config, **({"s3": self.s3} if self.s3 else {}), **({"store": self.store} if self.store else {})}

    def doctor(self, *words, env=None):
        self.write()
        result = self.run("doctor", "--json", *words, env={**self.s3_environment, **(env or {})}, timeout=60)
        assert len(result.out.splitlines()) == 1, result
        assert SECRET not in result.out + result.err
        for check in result.report["checks"]:
            assert check["seconds"] < CHECK_SECONDS, check
        return Seen(result)


class Seen:
    def __init__(self, result):
        self.code, self.report, self.result = result.code, result.report, result

    def of(self, status):
        return [(check["area"], check["name"]) for check in self.report["checks"] if check["status"] == status]

    def one(self, status):
        """The only check of that status."""
        found = [check for check in self.report["checks"] if check["status"] == status]
        assert len(found) == 1, self.result
        return found[0]

    def problem(self, area, name):
        """The only problem, which must be that check's."""
        assert self.code == FOUND_PROBLEM and self.report["status"] == "failed" and self.report["problems"] == 1, self.result
        found = self.one("problem")
        assert (found["area"], found["name"]) == (area, name)
        assert found["cure"], found
        return found

    def warning(self, area, name):
        """The only warning, with no problem beside it."""
        assert self.code == 0 and self.report["status"] == "done" and self.report["problems"] == 0, self.result
        found = self.one("warning")
        assert (found["area"], found["name"]) == (area, name)
        assert found["cure"], found
        return found

    def check(self, area, name):
        return next(check for check in self.report["checks"] if (check["area"], check["name"]) == (area, name))

    def all_well(self):
        assert self.code == 0 and self.report["problems"] == 0 and self.report["warnings"] == 0, self.result
        return self


@pytest.fixture
def practice(tmp_path, sim):
    return Practice(tmp_path, sim)


@pytest.fixture
def s3():
    with start_s3() as server:
        client = server.client()
        client.create_bucket(Bucket="landing")
        client.put_object(Bucket="landing", Key="orders/a.csv", Body=CSV)
        yield server


LANDING = "s3://landing"


# --- all is well

def test_all_is_well(practice, s3):
    client = s3.client()
    client.create_bucket(Bucket="backups")
    practice.from_s3(s3.url, s3.environment()).store = "s3://backups/tableau"
    seen = practice.doctor().all_well()
    assert seen.of("skipped") == []
    assert seen.check(LANDING, "s3:GetObject")["seen"] == "may be read: s3://landing/orders/a.csv"
    assert "AWS_ACCESS_KEY_ID" in seen.check(LANDING, "credentials")["seen"]
    assert "conditional writes" in seen.check("s3://backups", "write once")["seen"]
    assert client.list_objects_v2(Bucket="backups")["KeyCount"] == 0, "what doctor wrote is gone"


def test_text_puts_the_cure_below_the_problem(practice, s3):
    practice.from_s3(s3.url, s3.environment(), files="s3://no-such-bucket/*.csv").write()
    result = practice.run("doctor", env=practice.s3_environment)
    assert result.code == FOUND_PROBLEM
    lines = result.out.splitlines()
    assert "1 problem" in lines[0]
    start = next(i for i, line in enumerate(lines) if line.lstrip().startswith("problem"))
    assert "NoSuchBucket" in lines[start] + lines[start + 1]
    cure = next(i for i in range(start, start + 5) if "->" in lines[i])
    assert lines[cure].index("->") == lines[start].index("looking at"), "aligned"
    assert "checking s3://no-such-bucket: bucket" in result.err


def test_quiet_and_help(practice):
    practice.write()
    assert practice.run("doctor", "-q").err == ""
    help_text = practice.run("doctor", "--help").out
    assert "Examples:" in help_text and "ends a session" in help_text and "4 a problem" in help_text


def test_signs_out(practice, sim):
    with Fake(Rewriting(sim, "x", "x")) as site:
        practice.server = site.url
        practice.doctor().all_well()
        assert site.requests[-1].endswith("/auth/signout")


# --- S3

def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj",
                    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], cwd=folder, check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def test_bad_certificate(practice, tmp_path):
    certificate, key = make_certificate(tmp_path)
    with start_s3("--cert", str(certificate), "--key", str(key)) as s3:
        s3_client = s3.client(verify=str(certificate))
        s3_client.create_bucket(Bucket="landing")
        s3_client.put_object(Bucket="landing", Key="orders/a.csv", Body=CSV)
        found = practice.from_s3(s3.url, s3.environment()).doctor().problem(LANDING, "connection")
        assert "certificate" in found["seen"] and "SSL_CERT_FILE" in found["cure"] and "s3.ca_bundle" in found["cure"]
        practice.from_s3(s3.url, s3.environment(), ca_bundle=str(certificate)).doctor().all_well()


def test_ca_bundle_that_is_not_there(practice, s3):
    found = practice.from_s3(s3.url, s3.environment(), ca_bundle="nowhere.pem").doctor().problem(LANDING, "settings")
    assert "nowhere.pem" in found["seen"] and "s3.ca_bundle" in found["cure"]


def test_wrong_clock_is_refused_by_s3(practice):
    with Fake(lambda request: refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
              clock=lambda: datetime.now(timezone.utc) + timedelta(minutes=20)) as s3:
        seen = practice.from_s3(s3.url).doctor()
    assert seen.code == FOUND_PROBLEM and seen.of("problem") == [(LANDING, "bucket"), ("Clock", "time")], seen.result
    assert "clock is wrong" in seen.check(LANDING, "bucket")["cure"] and "timedatectl" in seen.check(LANDING, "bucket")["cure"]
    clock = seen.check("Clock", "time")
    assert "20 minutes behind" in clock["seen"] and "timedatectl set-ntp true" in clock["cure"]


@pytest.mark.parametrize("minutes, status, words", [(3, "ok", "same time"), (-10, "warning", "10 minutes ahead"), (-40, "problem", "40 minutes ahead")])
def test_clock_of_s3(practice, minutes, status, words):
    with Fake(Bucket(), clock=lambda: datetime.now(timezone.utc) + timedelta(minutes=minutes)) as s3:
        seen = practice.from_s3(s3.url).doctor()
    clock = seen.check("Clock", "time")
    assert clock["status"] == status and words in clock["seen"]
    assert seen.code == (FOUND_PROBLEM if status == "problem" else 0)


def test_clock_of_the_site(practice, sim):
    with Fake(Rewriting(sim, "x", "x"), clock=lambda: datetime.now(timezone.utc) - timedelta(minutes=16, seconds=30)) as site:
        practice.server = site.url
        assert "ahead" in practice.doctor().problem("Clock", "time")["seen"]


def test_missing_bucket(practice, s3):
    found = practice.from_s3(s3.url, s3.environment(), files="s3://lending/*.csv").doctor().problem("s3://lending", "bucket")
    assert "NoSuchBucket" in found["seen"] and "spelled right" in found["cure"]


@pytest.mark.parametrize("right", ["s3:ListBucket", "s3:GetObject"])
def test_denied_right_to_read_is_named(practice, right):
    with Fake(Bucket(denied=[right])) as s3:
        found = practice.from_s3(s3.url).doctor().problem(LANDING, right)
    assert "AccessDenied" in found["seen"] and right in found["cure"]


def test_a_key_without_wildcard_is_read_even_if_nothing_may_be_listed(practice):
    with Fake(Bucket(denied=["s3:ListBucket"])) as s3:
        seen = practice.from_s3(s3.url, files="s3://landing/orders/a.csv").doctor()
    seen.problem(LANDING, "s3:ListBucket")
    assert seen.check(LANDING, "s3:GetObject")["status"] == "ok"


def test_denied_right_to_write_is_named(practice):
    with Fake(Bucket(denied=["s3:PutObject"])) as s3:
        practice.from_s3(s3.url).store = "s3://landing/backups"
        found = practice.doctor().problem(LANDING, "write once")
    assert "AccessDenied" in found["seen"] and "s3:PutObject" in found["cure"]


def test_denied_right_to_delete_is_a_warning(practice):
    bucket = Bucket(denied=["s3:DeleteObject"])
    with Fake(bucket) as s3:
        practice.from_s3(s3.url).store = "s3://landing/backups"
        found = practice.doctor().warning(LANDING, "s3:DeleteObject")
    left = (bucket.keys - {"/landing/orders/a.csv"}).pop()
    assert left.startswith("/landing/backups/.tabferry-doctor-") and "s3:/" + left in found["cure"] and "a backup does not" in found["cure"]


def test_server_without_conditional_writes(practice):
    bucket = Bucket(knows_conditions=False)
    with Fake(bucket) as s3:
        practice.from_s3(s3.url).store = "s3://landing"
        found = practice.doctor().problem(LANDING, "write once")
    assert "If-None-Match" in found["seen"] and "update this server, or put store: elsewhere" in found["cure"]
    assert bucket.keys == {"/landing/orders/a.csv"}, "what doctor wrote is gone"


def test_server_that_does_not_know_the_condition(practice):
    bucket = Bucket()
    with Fake(lambda request: refusal(501, "NotImplemented") if request.command == "PUT" else bucket(request)) as s3:
        practice.from_s3(s3.url).store = "s3://landing"
        found = practice.doctor().problem(LANDING, "write once")
    assert "501 NotImplemented" in found["seen"] and "update this server, or put store: elsewhere" in found["cure"]


def region_of(request):
    return request.headers["Authorization"].split("/")[2] if "Authorization" in request.headers else ""


@pytest.mark.parametrize("answer", [refusal(301, "PermanentRedirect", **{"x-amz-bucket-region": "eu-central-1"}),
                                    refusal(400, "AuthorizationHeaderMalformed", more="<Region>eu-central-1</Region>")])
def test_wrong_region_is_named(practice, answer):
    bucket = Bucket()
    with Fake(lambda request: answer if region_of(request) == "us-east-1" else bucket(request)) as s3:
        found = practice.from_s3(s3.url).doctor().warning(LANDING, "bucket")
    assert "eu-central-1, not in us-east-1" in found["seen"] and found["cure"] == "Set s3.buckets.landing.region: eu-central-1"


def test_wrong_region_of_a_real_server(practice, s3):
    environment = {**s3.environment(), "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}
    seen = practice.from_s3(s3.url, environment, region="eu-west-1").doctor()
    assert seen.warning(LANDING, "bucket")["cure"] == "Set s3.buckets.landing.region: us-east-1"


def test_wrong_region_that_is_not_named(practice):
    with Fake(lambda request: (200, {}, b"") if request.command == "HEAD" else refusal(301, "PermanentRedirect")) as s3:
        found = practice.from_s3(s3.url).doctor().problem(LANDING, "bucket")
    assert "set s3.buckets.landing.region" in found["cure"]


def test_no_credentials(practice, s3):
    environment = {name: value for name, value in s3.environment().items() if name not in ("AWS_ACCESS_KEY_ID", "AWS_EC2_METADATA_DISABLED")}
    began = time.monotonic()
    found = practice.from_s3(s3.url, environment).doctor().problem(LANDING, "credentials")
    assert time.monotonic() - began < 10
    for place in ("AWS_ACCESS_KEY_ID is not set", "the profile 'default'", "SSO", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS", "IMDS"):
        assert place in found["seen"], place
    assert "Set one of them up" in found["cure"]


@pytest.mark.parametrize("variable, code, cure", [("AWS_ACCESS_KEY_ID", "UserNotFound", "not known"), ("AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch", "does not belong")])
def test_wrong_keys(practice, s3, variable, code, cure):
    found = practice.from_s3(s3.url, {**s3.environment(), variable: "wrong"}).doctor().problem(LANDING, "bucket")
    assert code in found["seen"] and cure in found["cure"]


def test_role_that_sts_refuses(practice, s3):
    sts_answer = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>User may not assume it</Message></Error></ErrorResponse>"
    with Fake(lambda request: (403, {"Content-Type": "text/xml"}, sts_answer)) as sts:
        environment = {**s3.environment(), "AWS_ENDPOINT_URL_STS": sts.url}
        found = practice.from_s3(s3.url, environment, role_arn="arn:aws:iam::1:role/tabferry").doctor().problem(LANDING, "credentials")
    assert "arn:aws:iam::1:role/tabferry" in found["seen"] and "trust policy" in found["cure"]


def test_sts_that_is_mute(practice, s3):
    with Fake(lambda request: None) as sts:
        environment = {**s3.environment(), "AWS_ENDPOINT_URL_STS": sts.url}
        practice.from_s3(s3.url, environment, role_arn="arn:aws:iam::1:role/tabferry")
        seen = practice.doctor()
    assert seen.of("problem") == [(LANDING, "credentials")], seen.result


@pytest.mark.parametrize("mute", ["HEAD /landing", "GET /landing/?list-type=2&max-keys", "GET /landing/?list-type=2&encoding", "GET /landing/orders", "PUT", "DELETE"])
def test_s3_that_is_mute(practice, mute):
    bucket = Bucket()
    with Fake(lambda request: None if f"{request.command} {request.path}".startswith(mute) else bucket(request)) as s3:
        practice.from_s3(s3.url).store = "s3://landing"
        seen = practice.doctor()
    assert seen.code == FOUND_PROBLEM and len(seen.of("problem")) == 1, seen.result
    assert "no answer within" in seen.one("problem")["seen"]


def test_s3_that_drips(practice):
    over = threading.Event()

    def drip(request):
        with contextlib.suppress(OSError):
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while not over.wait(0.3):
                request.wfile.write(b"X-Drip: 1\r\n")
        return refusal(500, "InternalError")

    with Fake(drip) as s3:
        try:
            found = practice.from_s3(s3.url).doctor().problem(LANDING, "connection")
        finally:
            over.set()
    assert "did not finish its answer" in found["seen"]


def test_s3_that_is_down(practice):
    found = practice.from_s3("http://127.0.0.1:1").doctor().problem(LANDING, "connection")
    assert "connection refused" in found["seen"] and "s3.endpoint" in found["cure"]


def test_nothing_matches_in_the_bucket(practice, s3):
    found = practice.from_s3(s3.url, s3.environment(), files="s3://landing/Orders/*.csv").doctor().warning(LANDING, "s3:ListBucket")
    assert "no object matches" in found["seen"] and "case matters" in found["cure"]


def test_a_bucket_that_is_a_directory(practice, tmp_path):
    (tmp_path / "landing" / "orders").mkdir(parents=True)
    (tmp_path / "landing" / "orders" / "a.csv").write_bytes(CSV)
    seen = practice.from_s3(f"file://{tmp_path}").doctor().all_well()
    assert seen.check("Files", "sales")["seen"] == "s3://landing/orders/*.csv: 1 file"


# --- store, engine, files, configuration

def test_store_that_is_a_file(practice, tmp_path):
    (tmp_path / "backups").write_text("no folder")
    practice.store = f"file://{tmp_path}/backups/tableau"
    assert "store:" in practice.doctor().problem("Store", practice.store)["cure"]


def test_store_folder_is_not_made(practice, tmp_path):
    practice.store = f"file://{tmp_path}/backups/tableau"
    assert "will be made" in practice.doctor().all_well().check("Store", practice.store)["seen"]
    assert not (tmp_path / "backups").exists()


def test_no_file_matches(practice):
    practice.table("orders", {"id": "bigint"}, "nothing/*.csv")
    assert "no file matches" in practice.doctor().warning("Files", "sales")["seen"]


def test_engine_is_missing(practice, tmp_path):
    found = practice.doctor("--engine", str(tmp_path / "nowhere")).problem("Engine", "hyperd")
    assert "nowhere" in found["seen"] and "tableauhyperapi" in found["cure"]


def script(folder, text):
    program = folder / "hyperd"
    program.write_text("#!/bin/sh\n" + text)
    program.chmod(0o755)
    return program


def test_engine_that_ends_at_once(practice, tmp_path):
    found = practice.doctor("--engine", str(script(tmp_path, "echo no such CPU >&2; exit 3\n"))).problem("Engine", "start")
    assert "exit status 3" in found["seen"] and "pip install" in found["cure"]


def test_engine_that_is_mute(practice, tmp_path):
    found = practice.doctor("--engine", str(script(tmp_path, "exec sleep 60\n"))).problem("Engine", "start")
    assert "accepts no connection" in found["seen"]


def test_temporary_folder_is_missing(practice, tmp_path):
    seen = practice.doctor(env={"TMPDIR": str(tmp_path / "gone")})
    assert "TMPDIR" in seen.problem("Engine", "temporary folder")["cure"]


def test_configuration_that_is_wrong(practice):
    practice.write()
    (practice.folder / "tabferry.yaml").write_text("sites: {demo: {server: 'http://127.0.0.1:1', site: demo, auth: {pat_name: a, pat_secret: 'env:X'}}}\nstores: x\n")
    result = practice.run("doctor", "--json")
    assert result.code == FOUND_PROBLEM
    first = result.report["checks"][0]
    assert first["status"] == "problem" and first["seen"].startswith("tabferry.yaml:2: stores") and "id you mean store?" in first["seen"] + first["cure"]
    assert result.report["checks"][1]["name"] == "temporary folder", "what can be looked at is looked at"


def test_no_configuration(tmp_path):
    result = subprocess.run([TABFERRY, "doctor"], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)
    assert result.returncode == FOUND_PROBLEM and "tabferry init" in result.stdout


def test_unknown_flag_is_usage(practice):
    assert practice.run("doctor", "--deep").code == 2


def test_template_is_missing(practice):
    practice.settings["template"] = "gone.tdsx"
    assert "gone.tdsx" in practice.doctor().warning("Configuration", "template")["seen"]


# --- the site

def test_secret_is_not_set(practice):
    practice.auth = {"pat_secret": "env:NOT_THERE"}
    found = practice.doctor().problem("Site", "secret")
    assert "NOT_THERE" in found["seen"] and "is not set" in found["seen"] and "Set it where tabferry runs" in found["cure"]


def test_plain_secret_warns(practice):
    practice.auth = {"pat_secret": SECRET}
    found = practice.doctor().warning("Configuration", "safety")
    assert "plain text" in found["seen"] and "env:NAME" in found["cure"]


def test_wrong_token(practice):
    found = practice.doctor(env={"PAT_SECRET": "wrong"}).problem("Site", "sign-in")
    assert "401001" in found["seen"] and "expired or was revoked" in found["cure"]


def test_site_is_down(practice):
    practice.server = "http://127.0.0.1:1"
    found = practice.doctor().problem("Site", "connection")
    assert "connection refused" in found["seen"] and "is the server up?" in found["cure"]


@pytest.mark.parametrize("silent", ["serverInfo", "signin", "/users/", "/projects"])
def test_site_that_is_mute(practice, sim, silent):
    site_answers = Rewriting(sim, "x", "x")
    with Fake(lambda request: None if silent in request.path else site_answers(request)) as site:
        practice.server = site.url
        seen = practice.doctor()
    assert seen.code == FOUND_PROBLEM and "no answer within" in seen.one("problem")["seen"]


def test_something_else_than_tableau_answers(practice):
    with Fake(lambda request: (200, {"Content-Type": "text/html"}, b"<html>hello</html>")) as page:
        practice.server = page.url
        assert "server's address right" in practice.doctor().problem("Site", "sign-in")["cure"]


def test_project_is_missing(practice):
    practice.settings["project"] = "Finanze"
    found = practice.doctor().problem("Site", "project")
    assert "Did you mean 'Finance'?" in found["cure"] and "datasources.sales.project" in found["cure"]


def test_site_that_is_not_in_the_configuration(practice):
    assert "demo" in practice.doctor("--site", "dome").problem("Site", "settings")["cure"]


def day(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%d")


@pytest.mark.parametrize("days, status", [(-2, "problem"), (9, "warning"), (40, "ok")])
def test_token_ends_by_the_configuration(practice, days, status):
    practice.auth = {"pat_expires": day(days)}
    seen = practice.doctor()
    if status == "ok":
        assert f"in {days} days" in seen.all_well().check("Site", "token life")["seen"]
        return
    found = seen.problem("Site", "token life") if status == "problem" else seen.warning("Site", "token life")
    assert ("2 days ago" if days < 0 else "in 9 days") in found["seen"] and day(days) in found["seen"]
    assert "Make a new token" in found["cure"] and "pat_expires" in found["cure"]


def test_token_that_is_refused_because_it_ended(practice):
    practice.auth = {"pat_expires": day(-1)}
    seen = practice.doctor(env={"PAT_SECRET": "revoked"})
    assert seen.of("problem") == [("Site", "sign-in"), ("Site", "token life")], seen.result
    assert "1 day ago" in seen.check("Site", "token life")["seen"]


def test_token_ends_by_the_sites_word(practice, sim):
    with Fake(Rewriting(sim, "365:00:00", "5:12:30")) as site:
        practice.server = site.url
        found = practice.doctor().warning("Site", "token life")
    assert "'5:12:30'" in found["seen"] and "Make a new token" in found["cure"]


def test_token_whose_end_nobody_knows(practice, sim):
    with Fake(Rewriting(sim, 'estimatedTimeToExpiration="365:00:00"', "")) as site:
        practice.server = site.url
        seen = practice.doctor().all_well()
    assert "auth.pat_expires" in seen.check("Site", "token life")["seen"]


def test_role_that_may_not_publish(practice, sim):
    with Fake(Rewriting(sim, "SiteAdministratorCreator", "Viewer")) as site:
        practice.server = site.url
        found = practice.doctor().problem("Site", "role")
    assert "Viewer" in found["seen"] and "Creator" in found["cure"]


# --- the run itself

def test_ctrl_c_ends_it_at_once(practice):
    waiting = threading.Event()
    with Fake(lambda request: waiting.set()) as s3:
        practice.from_s3(s3.url).write()
        process = practice.start("doctor", env=practice.s3_environment)
        try:
            assert waiting.wait(20)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130 and time.monotonic() - began < 3 and out == "", err


def test_what_two_data_sources_share_is_tried_once(practice):
    with Fake(Bucket()) as s3:
        practice.from_s3(s3.url)
        practice.table("more_orders", {"id": "bigint"}, "s3://landing/orders/*.csv")
        seen = practice.doctor().all_well()
    assert seen.of("ok").count((LANDING, "s3:GetObject")) == 1
    assert len([line for line in s3.requests if line.startswith("GET /landing/orders/")]) == 1


@pytest.mark.parametrize("variable, path, place", [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "/keys", "the container"),
                                                   ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "", "the EC2 instance")])
def test_place_of_credentials_that_is_mute(practice, s3, variable, path, place):
    environment = {name: value for name, value in s3.environment().items() if name != "AWS_ACCESS_KEY_ID"}
    with Fake(lambda request: None) as server:
        environment.update({variable: server.url + path, "AWS_EC2_METADATA_DISABLED": "false" if "EC2" in variable else "true"})
        found = practice.from_s3(s3.url, environment).doctor().problem(LANDING, "credentials")
        assert server.requests
    line = next(line for line in found["seen"].splitlines() if place in line)
    assert "no answer in time" in line or "nobody answers there" in line, line
