"""A role's keys by AssumeRole, judged by MinIO: its STS and its S3 check each signature, and its audit log says who signed.

Long for what it needs: MinIO takes minutes to build (scripts/bootstrap minio). The same code signs for Secrets Manager, Parameter Store
and SNS, which have no such judge (moto, of test_aws_services.py, looks at no signature).
"""
import datetime
import http.client
import math
import re
import time

import pytest
from backup_shop import SMALL, BackupShop, made_site
from doctor_far_sides import CSV, Fake
from doctor_practice import LANDING, Practice
from ferry import until
from minio_server import start_minio
from s3_shop import S3Shop
from simulator import start_sim

ROLE = "arn:aws:iam::123456789012:role/team é+&=%/tabferry"    # what a form's encoding may get wrong


@pytest.fixture(scope="module")
def minio():
    with start_minio() as server:
        server.client().create_bucket(Bucket="landing")
        server.client().put_object(Bucket="landing", Key="orders/a.csv", Body=CSV)
        server.add_user("writer", "s3:*")
        server.add_user("reader", "s3:GetObject", "s3:ListBucket")
        server.add_user("stranger")
        yield server


def as_role(minio, user, **more):
    return {**minio.environment_of(user), "AWS_ENDPOINT_URL_STS": minio.url, **more}


@pytest.fixture
def look(minio, sim, tmp_path):
    """look(user, **environment): what doctor sees, who may assume the role by that user's keys."""
    practice = Practice(tmp_path, sim)
    practice.store = "s3://landing/backups"

    def doctor(user, region=minio.region, **more):
        return practice.from_s3(minio.url, as_role(minio, user, **more), region=region, role_arn=ROLE, external_id="4 2/é").doctor()

    return doctor


def told(seen, name):
    check = seen.check(LANDING, name)
    return check["status"], check["seen"] + " " + (check["cure"] or "")


def test_doctor_reads_and_writes_as_the_role(minio, look):
    seen = look("writer")
    assert seen.of("problem") == [], seen.result
    for name in ("bucket", "s3:ListBucket", "s3:GetObject", "write once", "s3:DeleteObject"):
        assert told(seen, name)[0] == "ok", seen.result
    status, words = told(seen, "credentials")
    assert status == "ok" and "the role" in words and "tabferry'" in words, words
    ends = datetime.datetime.fromisoformat(re.search(r"good until (\S+)", words).group(1))
    left = ends - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=50) < left <= datetime.timedelta(minutes=60), words
    signer = re.search(r"key \W*(\w+)", words).group(1)
    assert not "writer".endswith(signer) and any(key.endswith(signer) for key in minio.signers("PutObject")), words


def refused(look, user, says, **more):
    status, words = told(look(user, **more), "credentials")
    assert status == "problem" and says in words and "tabferry'" in words, words
    assert more.get("AWS_SECRET_ACCESS_KEY", "-no-secret-") not in words, words


def test_a_wrong_secret_is_no_signature(look):
    refused(look, "writer", "signature we calculated does not match", AWS_SECRET_ACCESS_KEY="this-is-the-secret-of-nobody")


def test_a_user_who_is_not_there(look):
    refused(look, "writer", "does not exist", AWS_ACCESS_KEY_ID="nobody-of-this-name")


def test_a_user_who_is_disabled(minio, look):
    minio.add_user("leaver", "s3:*")
    minio.admin().user_disable("leaver")
    refused(look, "leaver", "disabled")


def test_a_region_that_is_not_the_servers(look):
    refused(look, "writer", "the region is wrong", region="eu-west-1")


def test_a_session_cannot_assume_a_role(minio, look):
    """As STS of AWS would let it; MinIO does not. Told, and nobody goes on with the session's own rights."""
    import boto3

    environment = minio.environment_of("writer")
    sts = boto3.client("sts", endpoint_url=minio.url, region_name=minio.region, aws_access_key_id="writer",
                       aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"])  # fmt: skip
    keys = sts.assume_role(RoleArn=ROLE, RoleSessionName="test")["Credentials"]
    refused(look, "writer", "Access Denied", AWS_ACCESS_KEY_ID=keys["AccessKeyId"], AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
            AWS_SESSION_TOKEN=keys["SessionToken"])  # fmt: skip


def test_a_role_that_may_only_read(look):
    seen = look("reader")
    assert told(seen, "s3:GetObject")[0] == "ok" and told(seen, "credentials")[0] == "ok", seen.result
    status, words = told(seen, "write once")
    assert status == "problem" and "AccessDenied" in words and "s3:PutObject" in words, words


def test_a_role_that_may_nothing(look):
    seen = look("stranger")
    assert told(seen, "credentials")[0] == "ok", "MinIO gives keys to each user"
    assert any("AccessDenied" in check["seen"] for check in seen.report["checks"] if check["status"] != "ok"), seen.result
    assert "problem" in {told(seen, name)[0] for name in ("bucket", "s3:ListBucket", "write once")}, seen.result


def test_publish_by_a_role(minio, sim, tmp_path):
    shop = S3Shop(tmp_path, sim, minio, bucket="publishing").put_orders()
    shop.s3_settings = {"role_arn": ROLE}
    done = shop.write().run("publish", "--json", env=as_role(minio, "reader"))
    assert done.code == 0 and len(shop.published()) == 1, done
    told = shop.run("publish", "--json", env=as_role(minio, "stranger"))
    assert told.code == 1 and "AccessDenied" in told.message and "s3:ListBucket" in told.message, told


# --- a backup, and keys that end meanwhile


class ShortLived:
    """In front of STS: as if keys were good for so little more than the five minutes in which tabferry renews them."""

    def __init__(self, minio):
        self.minio, self.statuses = minio, []

    def __call__(self, request):
        far = http.client.HTTPConnection("127.0.0.1", self.minio.port, timeout=30)
        far.request(request.command, request.path, request.content, dict(request.headers))    # with its Host, which is signed
        answer = far.getresponse()
        body = answer.read().decode()
        self.statuses.append(answer.status)
        ends = datetime.datetime.fromtimestamp(math.ceil(time.time()) + 300, datetime.timezone.utc)
        body = re.sub("<Expiration>[^<]+", f"<Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}", body)
        return answer.status, {"Content-Type": "application/xml"}, body.encode()


def test_a_backup_renews_its_keys(minio, tmp_path):
    (tmp_path / "sites").mkdir()
    site = made_site(tmp_path / "sites", SMALL)
    with Fake(short := ShortLived(minio)) as sts, start_sim(data=site, control=True) as sim:
        shop = BackupShop(tmp_path, sim, minio)
        shop.more = {**shop.more, "s3": {**shop.config()["s3"], "role_arn": ROLE}}
        before = len(minio.told)
        done = shop.write(template=False).run("backup", "--json", env=as_role(minio, "writer", AWS_ENDPOINT_URL_STS=sts.url))
        assert done.code == 0, done
        assert len(short.statuses) > 1 and set(short.statuses) == {200}, short.statuses
        sealed = f"tableau/{shop.names()[-1]}/manifest.json"
        until(lambda: any(one["api"].get("object") == sealed and one["api"]["name"] == "PutObject" for one in minio.told[before:]))
        written = [one for one in minio.told[before:] if one["api"].get("name") == "PutObject"]
        assert {one["api"]["statusCode"] for one in written} == {200}
        assert len({one["accessKey"] for one in written}) > 1 and "writer" not in {one["accessKey"] for one in written}
        assert shop.differences() == []
