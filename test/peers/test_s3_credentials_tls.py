"""Places of credentials that the runtime asks over TLS at port 443, wherever AWS_ENDPOINT_URL_* points: a server on loopback in the place
of AWS's. Skipped where that port cannot be had.
"""
import hashlib
import json
import ssl
import time

import pytest

from certificate import self_signed
from fake_http import fake_http
from s3_tool import Failed, S3Tool

UNTIL = "2040-01-02T03:04:05Z"
KEYS = "<Credentials><AccessKeyId>AKROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>" + UNTIL + "</Expiration></Credentials>"


def answer(request):
    if request.path == "/federation/credentials":
        assert request.headers["x-amz-sso_bearer_token"] == "login"
        return 200, {}, json.dumps({"roleCredentials": {"accessKeyId": "AKSSO", "secretAccessKey": "s", "sessionToken": "t", "expiration": int(time.time() * 1000) + 3_600_000}}).encode()
    action = "AssumeRoleWithWebIdentity" if b"AssumeRoleWithWebIdentity" in request.body else "AssumeRole"
    return 200, {"Content-Type": "text/xml"}, f"<{action}Response><{action}Result>{KEYS}<AssumedRoleUser><Arn>a</Arn></AssumedRoleUser></{action}Result></{action}Response>".encode()


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    folder = self_signed(tmp_path_factory.mktemp("tls"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    try:
        server = fake_http(answer, port=443, tls=context)
        with server as fake:
            fake.ca_bundle = str(folder / "cert")
            yield fake
    except (PermissionError, OSError) as error:
        pytest.skip(f"port 443 of loopback cannot be had: {error}")


def tool(aws, home, *flags, **more):
    environment = {"HOME": str(home), "AWS_EC2_METADATA_DISABLED": "true", "no_proxy": "localhost", "AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_STS": "localhost",
                   "AWS_ENDPOINT_URL_SSO": "localhost", **more}
    return S3Tool("http://127.0.0.1:1", "bucket", environment, "--ca-bundle", aws.ca_bundle, *flags)


def test_web_identity(aws, tmp_path):
    (tmp_path / "token").write_text("a signed token")
    keys = tool(aws, tmp_path, AWS_WEB_IDENTITY_TOKEN_FILE=str(tmp_path / "token"), AWS_ROLE_ARN="arn:aws:iam::1:role/pod").keys()
    assert keys == {"access_key_id": "AKROLE", "token": True, "expires": UNTIL}
    body = aws.seen[-1].body.decode()
    assert "a%20signed%20token" in body and "role%2Fpod" in body


def test_the_role_of_a_profile(aws, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[profile base]\naws_access_key_id = AKBASE\naws_secret_access_key = s\n[profile role]\nrole_arn = arn:aws:iam::1:role/r\n"
                                              "external_id = 42\nsource_profile = base\nregion = eu-west-1\n")
    assert tool(aws, tmp_path, "--profile", "role").keys()["access_key_id"] == "AKROLE"
    assert "ExternalId=42" in aws.seen[-1].body.decode() and "Credential=AKBASE/" in aws.seen[-1].headers["Authorization"]


def test_sso(aws, tmp_path):
    start = "https://example.awsapps.com/start"
    cache = tmp_path / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    (tmp_path / ".aws" / "config").write_text(f"[profile p]\nsso_start_url = {start}\nsso_region = eu-west-1\nsso_account_id = 123456789012\nsso_role_name = r\n")
    login = {"accessToken": "login", "expiresAt": "2040-01-02T03:04:05Z", "region": "eu-west-1", "startUrl": start}
    file = cache / (hashlib.sha1(start.encode()).hexdigest() + ".json")
    file.write_text(json.dumps(login))
    assert tool(aws, tmp_path, "--profile", "p").keys()["access_key_id"] == "AKSSO"
    file.write_text(json.dumps({**login, "expiresAt": "2020-01-02T03:04:05Z"}))
    with pytest.raises(Failed) as failed:
        tool(aws, tmp_path, "--profile", "p").keys()
    assert "the login has expired" in failed.value.message and "aws sso login" in failed.value.message
