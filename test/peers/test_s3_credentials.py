"""Each place where AWS credentials may be, asked as a user has it: files, variables, small servers in the place of ECS, EC2 and STS.

versitygw judges the signatures (it knows one pair of keys), a fake S3 who signed with what.
"""
import contextlib
import datetime
import json
import re
import socket
import sys

import pytest

from fake_http import fake_http
from fake_s3 import XML, FakeS3, error_xml, signer
from s3_tool import Failed, S3Tool, executable

ROLE = "arn:aws:iam::123456789012:role/some role"


@pytest.fixture(scope="module")
def s3(s3):
    s3.client().put_object(Bucket="bucket", Key="a", Body=b"bytes")
    return s3


def lonely(home, **more):
    """An environment without any credentials."""
    return {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "no_proxy": "127.0.0.1", **more}


def reads(s3, environment, *flags):
    tool = S3Tool(s3.url, "bucket", environment, *flags)
    return tool.stat("a")["size"] == 5 and tool.get("a") == b"bytes"


def in_time(**how_long):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**how_long)).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(s3, token="token", key=None, **more):
    """Keys as ECS and EC2 give them."""
    return json.dumps({"Code": "Success", "Type": "AWS-HMAC", "LastUpdated": in_time(), "RoleArn": "role", "Expiration": in_time(hours=1),
                       "AccessKeyId": key or s3.access_key, "SecretAccessKey": s3.secret_key, "Token": token, **more}).encode()


def signs(environment, *flags):
    """Who signs small requests and those of bytes: (access key id, region, session token). versitygw takes no session tokens."""
    with fake_http(FakeS3({"a": b"bytes"})) as fake:
        tool = S3Tool(fake.url, "bucket", environment, *flags)
        assert [one["key"] for one in tool.list()] == ["a"] and tool.get("a") == b"bytes"
    who = {signer(request) for request in fake.seen}
    assert len(who) == 1
    return who.pop()


def test_environment(s3, tmp_path):
    assert reads(s3, lonely(tmp_path, AWS_ACCESS_KEY_ID=s3.access_key, AWS_SECRET_ACCESS_KEY=s3.secret_key))


def test_environment_with_a_session_token(tmp_path):
    environment = lonely(tmp_path, AWS_ACCESS_KEY_ID="AKENV", AWS_SECRET_ACCESS_KEY="s", AWS_SESSION_TOKEN="the token")
    assert signs(environment, "--region", "eu-west-1") == ("AKENV", "eu-west-1", "the token")


def files(home, s3, name="default"):
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws" / "credentials").write_text(f"[{name}]\naws_access_key_id = {s3.access_key}\naws_secret_access_key = {s3.secret_key}\n"
                                               "[wrong]\naws_access_key_id = AKWRONG\naws_secret_access_key = wrong\n")


def test_the_default_profile(s3, tmp_path):
    files(tmp_path, s3)
    assert reads(s3, lonely(tmp_path))


def test_the_profile_of_the_environment_and_the_one_of_the_configuration(s3, tmp_path):
    files(tmp_path, s3, "mine")
    assert reads(s3, lonely(tmp_path, AWS_PROFILE="mine"))
    assert reads(s3, lonely(tmp_path), "--profile", "mine")
    assert reads(s3, lonely(tmp_path, AWS_PROFILE="wrong", AWS_ACCESS_KEY_ID="AKENV", AWS_SECRET_ACCESS_KEY="x"), "--profile", "mine")
    assert S3Tool(s3.url, "bucket", lonely(tmp_path), "--profile", "wrong").keys()["access_key_id"] == "AKWRONG"


def test_files_elsewhere(s3, tmp_path):
    (tmp_path / "config").write_text(f"[profile p]\naws_access_key_id = {s3.access_key}\naws_secret_access_key = {s3.secret_key}\n")
    assert reads(s3, lonely(tmp_path / "nowhere", AWS_CONFIG_FILE=str(tmp_path / "config"), AWS_PROFILE="p"))


def test_the_environment_comes_before_the_files(s3, tmp_path):
    files(tmp_path, s3)
    environment = lonely(tmp_path, AWS_ACCESS_KEY_ID="AKENV", AWS_SECRET_ACCESS_KEY="x")
    assert S3Tool(s3.url, "bucket", environment).keys()["access_key_id"] == "AKENV"


def test_a_profile_that_is_not_there(s3, tmp_path):
    files(tmp_path, s3)
    with pytest.raises(Failed) as failed:
        S3Tool(s3.url, "bucket", lonely(tmp_path), "--profile", "nope").stat("a")
    assert failed.value.kind == "denied" and "'nope'" in failed.value.message and "not in the files" in failed.value.message
    assert "AWS_ACCESS_KEY_ID" not in failed.value.message, "other places are not asked"


def test_credential_process(s3, tmp_path):
    said = json.dumps({"Version": 1, "AccessKeyId": s3.access_key, "SecretAccessKey": s3.secret_key, "Expiration": in_time(minutes=30)})
    script = executable(tmp_path / "say", f"#!{sys.executable}\nprint('''{said}''')\n")
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(f"[default]\ncredential_process = {script}\n")
    assert reads(s3, lonely(tmp_path))
    assert S3Tool(s3.url, "bucket", lonely(tmp_path)).keys()["expires"] > in_time(minutes=20)


def test_container(s3, tmp_path):
    with fake_http(lambda request: (200, {"Content-Type": "application/json"}, as_json(s3))) as fake:
        environment = lonely(tmp_path, AWS_CONTAINER_CREDENTIALS_FULL_URI=fake.url + "/keys?a=b", AWS_CONTAINER_AUTHORIZATION_TOKEN="let me in")
        assert signs(environment) == (s3.access_key, "us-east-1", "token")
        (tmp_path / "token").write_text("from a file")    # as EKS Pod Identity has it
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = str(tmp_path / "token")
        del environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        assert signs(environment) == (s3.access_key, "us-east-1", "token")
    assert {request.target for request in fake.seen} == {"/keys?a=b"}
    assert {request.headers["Authorization"] for request in fake.seen} == {"let me in", "from a file"}


def instance(s3):
    def answer(request):
        if request.path == "/latest/api/token":
            return 200, {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}, b"imds-token"
        if request.headers.get("X-aws-ec2-metadata-token") != "imds-token":
            return 401, {}, b""
        if request.path == "/latest/meta-data/iam/security-credentials/":
            return 200, {}, b"my-role"
        return 200, {"Content-Type": "application/json"}, as_json(s3)
    return answer


def test_instance(s3, tmp_path):
    with fake_http(instance(s3)) as fake:
        environment = lonely(tmp_path, AWS_EC2_METADATA_SERVICE_ENDPOINT=fake.url)
        del environment["AWS_EC2_METADATA_DISABLED"]
        assert signs(environment) == (s3.access_key, "us-east-1", "token")
    assert {request.path for request in fake.seen} == {"/latest/api/token", "/latest/meta-data/iam/security-credentials/",
                                                       "/latest/meta-data/iam/security-credentials/my-role"}


@contextlib.contextmanager
def silence():
    """An address that takes connections in and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_no_credentials_anywhere_names_every_place_within_5_seconds(s3, tmp_path):
    with silence() as nobody:
        environment = lonely(tmp_path, AWS_EC2_METADATA_SERVICE_ENDPOINT=nobody)
        del environment["AWS_EC2_METADATA_DISABLED"]
        with pytest.raises(Failed) as failed:
            S3Tool(s3.url, "bucket", environment).stat("a")
    assert failed.value.kind == "denied" and failed.value.seconds < 5
    for place in ("AWS_ACCESS_KEY_ID is not set", "the profile 'default'", "aws sso login", "AWS_WEB_IDENTITY_TOKEN_FILE", "the container", "the EC2 instance", "s3.profile"):
        assert place in failed.value.message


def test_sso_without_a_login_says_so(s3, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile p]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
                                              "sso_account_id = 123456789012\nsso_role_name = r\n")
    with pytest.raises(Failed) as failed:
        S3Tool(s3.url, "bucket", lonely(tmp_path), "--profile", "p").stat("a")
    assert failed.value.kind == "denied" and "aws sso login" in failed.value.message and failed.value.seconds < 5


# --- roles

STS_ANSWER = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId>
<SecretAccessKey>{secret}</SecretAccessKey><SessionToken>role token</SessionToken><Expiration>{until}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""
STS_REFUSAL = b"""<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code>
<Message>User is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>r</RequestId></ErrorResponse>"""


def sts(s3, external_id):
    def answer(request):
        form = dict(part.split("=", 1) for part in request.body.decode().split("&"))
        if form.get("ExternalId") != external_id:
            return 403, {"Content-Type": "text/xml"}, STS_REFUSAL
        return 200, {"Content-Type": "text/xml"}, STS_ANSWER.format(key=s3.access_key, secret=s3.secret_key, until=in_time(hours=1)).encode()
    return answer


def test_a_role_is_assumed_with_its_external_id(s3, tmp_path):
    environment = lonely(tmp_path, AWS_ACCESS_KEY_ID="AKBASE", AWS_SECRET_ACCESS_KEY="x")
    with fake_http(sts(s3, "42%20%26%20more")) as fake:
        assert signs(environment, "--role-arn", ROLE, "--external-id", "42 & more", "--sts", fake.url) == (s3.access_key, "us-east-1", "role token")
    assert "RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fsome%20role" in fake.seen[0].body.decode()
    assert re.search(r"Credential=AKBASE/\d+/us-east-1/sts/", fake.seen[0].headers["Authorization"])


@pytest.mark.parametrize("external_id", [None, "wrong"])
def test_a_role_that_is_refused_says_why(s3, tmp_path, external_id):
    environment = lonely(tmp_path, AWS_ACCESS_KEY_ID="AKBASE", AWS_SECRET_ACCESS_KEY="secret-of-base")
    with fake_http(sts(s3, "right")) as fake, pytest.raises(Failed) as failed:
        S3Tool(s3.url, "bucket", environment, "--role-arn", ROLE, "--sts", fake.url, *(["--external-id", external_id] if external_id else [])).stat("a")
    assert failed.value.kind == "denied" and failed.value.seconds < 5 and len(fake.seen) == 1
    for words in (ROLE, "AccessDenied", "not authorized to perform", "external_id"):
        assert words in failed.value.message
    assert "secret-of-base" not in failed.value.message


def test_motos_sts_understands_the_request_and_is_understood(tmp_path):
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        tool = S3Tool("http://127.0.0.1:1", "bucket", lonely(tmp_path, AWS_ACCESS_KEY_ID="AKBASE", AWS_SECRET_ACCESS_KEY="x"), "--role-arn", ROLE.replace(" ", "-"),
                      "--external-id", "42", "--sts", f"http://{host}:{port}")
        keys = tool.keys()
    finally:
        server.stop()
    assert keys["access_key_id"].startswith("ASIA") and keys["token"] and in_time(minutes=30) < keys["expires"] < in_time(hours=2)


# --- keys that S3 calls expired

EXPIRED = 400, XML, error_xml("ExpiredToken", "The provided token has expired.")


@contextlib.contextmanager
def numbered_keys(s3):
    """A container that gives AK1, then AK2, ..."""
    given = []

    def answer(_):
        given.append(1)
        return 200, {"Content-Type": "application/json"}, as_json(s3, key=f"AK{len(given)}")
    with fake_http(answer) as fake:
        yield fake


@contextlib.contextmanager
def only_for(good, s3, tmp_path):
    """A bucket that calls all keys expired but `good`, and a tool that has AK1, then AK2, ..."""
    bucket = FakeS3({"a": b"bytes"})
    bucket.before = lambda request: None if signer(request)[0] == good else (400, {}, b"") if request.method == "HEAD" else EXPIRED
    with numbered_keys(s3) as container, fake_http(bucket) as fake:
        yield S3Tool(fake.url, "bucket", lonely(tmp_path, AWS_CONTAINER_CREDENTIALS_FULL_URI=container.url)), fake


def test_expired_keys_are_asked_for_again(s3, tmp_path):
    with only_for("AK2", s3, tmp_path) as (tool, fake):
        assert [one["key"] for one in tool.list()] == ["a"]
    assert [signer(request)[0] for request in fake.seen] == ["AK1", "AK2"]


def test_expired_keys_are_noticed_by_a_head_which_has_no_words(s3, tmp_path):
    with only_for("AK2", s3, tmp_path) as (tool, _):
        assert tool.stat("a")["size"] == 5


def test_keys_that_stay_expired_are_asked_for_again_once(s3, tmp_path):
    with only_for("AK9", s3, tmp_path) as (tool, fake), pytest.raises(Failed) as failed:
        tool.list()
    assert failed.value.kind == "denied" and "session token has expired" in failed.value.message and "aws sso login" in failed.value.message
    assert [signer(request)[0] for request in fake.seen] == ["AK1", "AK2"]


@pytest.mark.parametrize("good", ["AK2", "AK9"])
def test_expired_keys_under_a_transfer(s3, tmp_path, good):
    with only_for(good, s3, tmp_path) as (tool, _):
        if good == "AK2":
            assert tool.get("a") == b"bytes"
            return
        with pytest.raises(Failed) as failed:
            tool.get("a")
    assert failed.value.kind == "denied" and "session token has expired" in failed.value.message and failed.value.seconds < 5
