"""tabferry doctor where AWS credentials are missing, wrong, refused, or kept by someone who does not answer."""
import time

import pytest

from doctor_far_sides import Fake
from doctor_practice import LANDING


def test_no_credentials(practice, landing):
    environment = {name: value for name, value in landing.environment().items() if name not in ("AWS_ACCESS_KEY_ID", "AWS_EC2_METADATA_DISABLED")}
    began = time.monotonic()
    found = practice.from_s3(landing.url, environment).doctor().problem(LANDING, "credentials")
    assert time.monotonic() - began < 10
    for place in ("AWS_ACCESS_KEY_ID is not set", "the profile 'default'", "SSO", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS", "IMDS"):
        assert place in found["seen"], place
    assert "Set one of them up" in found["cure"]


@pytest.mark.parametrize("variable, code, cure", [("AWS_ACCESS_KEY_ID", "UserNotFound", "not known"), ("AWS_SECRET_ACCESS_KEY", "SignatureDoesNotMatch", "does not belong")])
def test_wrong_keys(practice, landing, variable, code, cure):
    found = practice.from_s3(landing.url, {**landing.environment(), variable: "wrong"}).doctor().problem(LANDING, "bucket")
    assert code in found["seen"] and cure in found["cure"]


def test_role_that_sts_refuses(practice, landing):
    sts_answer = b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>User may not assume it</Message></Error></ErrorResponse>"
    with Fake(lambda request: (403, {"Content-Type": "text/xml"}, sts_answer)) as sts:
        environment = {**landing.environment(), "AWS_ENDPOINT_URL_STS": sts.url}
        found = practice.from_s3(landing.url, environment, role_arn="arn:aws:iam::1:role/tabferry").doctor().problem(LANDING, "credentials")
    assert "arn:aws:iam::1:role/tabferry" in found["seen"] and "trust policy" in found["cure"]


def test_sts_that_is_mute(practice, landing):
    with Fake(lambda request: None) as sts:
        environment = {**landing.environment(), "AWS_ENDPOINT_URL_STS": sts.url}
        practice.from_s3(landing.url, environment, role_arn="arn:aws:iam::1:role/tabferry")
        seen = practice.doctor()
    assert seen.of("problem") == [(LANDING, "credentials")], seen.result


@pytest.mark.parametrize("variable, path, place", [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "/keys", "the container"),
                                                   ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "", "the EC2 instance")])
def test_place_of_credentials_that_is_mute(practice, landing, variable, path, place):
    environment = {name: value for name, value in landing.environment().items() if name != "AWS_ACCESS_KEY_ID"}
    with Fake(lambda request: None) as server:
        environment.update({variable: server.url + path, "AWS_EC2_METADATA_DISABLED": "false" if "EC2" in variable else "true"})
        found = practice.from_s3(landing.url, environment).doctor().problem(LANDING, "credentials")
        assert server.requests
    line = next(line for line in found["seen"].splitlines() if place in line)
    assert "no answer in time" in line or "nobody answers there" in line, line
