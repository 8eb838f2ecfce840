"""tabferry doctor at a bucket: connection, clock, rights, region, silence (credentials: test_doctor_credentials.py)."""
import contextlib
import subprocess
import threading
from datetime import datetime, timedelta, timezone

import pytest

from doctor_far_sides import CSV, Bucket, Fake, Rewriting, refusal
from doctor_practice import FOUND_PROBLEM, LANDING
from s3_server import start_s3


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


def test_ca_bundle_that_is_not_there(practice, landing):
    found = practice.from_s3(landing.url, landing.environment(), ca_bundle="nowhere.pem").doctor().problem(LANDING, "settings")
    assert "nowhere.pem" in found["seen"] and "s3.ca_bundle" in found["cure"]


def test_wrong_clock_is_refused_by_s3(practice):
    with Fake(lambda request: refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
              clock=lambda: datetime.now(timezone.utc) + timedelta(minutes=20)) as s3:
        seen = practice.from_s3(s3.url).doctor()
    assert seen.code == FOUND_PROBLEM and seen.of("problem") == [(LANDING, "bucket"), ("Clock", "time of S3")], seen.result
    assert "clock is wrong" in seen.check(LANDING, "bucket")["cure"] and "timedatectl" in seen.check(LANDING, "bucket")["cure"]
    clock = seen.check("Clock", "time of S3")
    assert "20 minutes behind" in clock["seen"] and "timedatectl set-ntp true" in clock["cure"]


@pytest.mark.parametrize("minutes, status, words", [(3, "ok", "same time"), (-10, "warning", "10 minutes ahead"), (-40, "problem", "40 minutes ahead")])
def test_clock_of_s3(practice, minutes, status, words):
    with Fake(Bucket(), clock=lambda: datetime.now(timezone.utc) + timedelta(minutes=minutes)) as s3:
        seen = practice.from_s3(s3.url).doctor()
    clock = seen.check("Clock", "time of S3")
    assert clock["status"] == status and words in clock["seen"]
    assert seen.code == (FOUND_PROBLEM if status == "problem" else 0)


def test_clock_of_the_site(practice, sim):
    with Fake(Rewriting(sim, "x", "x"), clock=lambda: datetime.now(timezone.utc) - timedelta(minutes=16, seconds=30)) as site:
        practice.server = site.url
        assert "ahead" in practice.doctor().problem("Clock", "time of the site")["seen"]


def test_missing_bucket(practice, landing):
    found = practice.from_s3(landing.url, landing.environment(), files="s3://lending/*.csv").doctor().problem("s3://lending", "bucket")
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


def test_wrong_region_of_a_real_server(practice, landing):
    environment = {**landing.environment(), "AWS_REGION": "", "AWS_DEFAULT_REGION": ""}
    seen = practice.from_s3(landing.url, environment, region="eu-west-1").doctor()
    assert seen.warning(LANDING, "bucket")["cure"] == "Set s3.buckets.landing.region: us-east-1"


def test_wrong_region_that_is_not_named(practice):
    with Fake(lambda request: (200, {}, b"") if request.command == "HEAD" else refusal(301, "PermanentRedirect")) as s3:
        found = practice.from_s3(s3.url).doctor().problem(LANDING, "bucket")
    assert "set s3.buckets.landing.region" in found["cure"]


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


def test_nothing_matches_in_the_bucket(practice, landing):
    found = practice.from_s3(landing.url, landing.environment(), files="s3://landing/Orders/*.csv").doctor().warning(LANDING, "s3:ListBucket")
    assert "no object matches" in found["seen"] and "case matters" in found["cure"]


def test_a_bucket_that_is_a_directory(practice, tmp_path):
    (tmp_path / "landing" / "orders").mkdir(parents=True)
    (tmp_path / "landing" / "orders" / "a.csv").write_bytes(CSV)
    seen = practice.from_s3(f"file://{tmp_path}").doctor().all_well()
    assert seen.check("Files", "sales")["seen"] == "s3://landing/orders/*.csv: 1 file"
