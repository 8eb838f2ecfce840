"""What a store tells about itself and does for its own upkeep, judged by boto3: Object Lock, uploads that were left, lifecycle rules.

Locks and uploads: versitygw, which holds to them. Lifecycle rules: moto, which keeps what boto3 wrote as S3 does (versitygw has none).
"""
import datetime

import pytest

from s3_server import start_s3
from s3_tool import BUCKET, S3Tool

MB = 1 << 20
UTC = datetime.timezone.utc


def shown(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_days(days):
    return (datetime.datetime.now(UTC) + datetime.timedelta(days=days)).replace(microsecond=0)


# --- Object Lock

@pytest.fixture(scope="module")
def locking():
    with start_s3(versioning=True) as running:
        running.client().create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        yield running


@pytest.fixture
def tool(locking):
    return S3Tool(locking.url, BUCKET, locking.environment())


@pytest.mark.parametrize("size", [10, 12 * MB], ids=["put", "multipart"])
def test_what_is_locked_is_locked_for_others_too(locking, tool, size):
    until, key, boto = in_days(1), f"locked/{size}", locking.client()
    tool.put(key, b"x" * size, "--lock-mode", "COMPLIANCE", "--lock-until", shown(until))
    retention = boto.get_object_retention(Bucket=BUCKET, Key=key)["Retention"]
    assert (retention["Mode"], retention["RetainUntilDate"]) == ("COMPLIANCE", until)
    assert tool.locked(key) == shown(until)
    version = boto.head_object(Bucket=BUCKET, Key=key)["VersionId"]
    with pytest.raises(boto.exceptions.ClientError):
        boto.delete_object(Bucket=BUCKET, Key=key, VersionId=version)


def test_what_boto3_locked_is_seen(locking, tool):
    until, boto = in_days(2), locking.client()
    boto.put_object(Bucket=BUCKET, Key="theirs", Body=b"x", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until, ChecksumAlgorithm="CRC32")
    boto.put_object(Bucket=BUCKET, Key="held", Body=b"x", ChecksumAlgorithm="CRC32")
    boto.put_object_legal_hold(Bucket=BUCKET, Key="held", LegalHold={"Status": "ON"}, ChecksumAlgorithm="CRC32")
    tool.put("free", b"x")
    assert (tool.locked("theirs"), tool.locked("held")[:4], tool.locked("free"), tool.locked("absent")) == (shown(until), "9999", None, None)


# --- uploads that were left

def test_old_uploads_of_a_prefix_are_aborted(s3):
    boto, tool = s3.client(), S3Tool(s3.url, BUCKET, s3.environment())
    for key in ("left/a", "left/b é+%", "other/c"):
        boto.create_multipart_upload(Bucket=BUCKET, Key=key)
    try:
        assert tool.abort("left/", 1) == 0, "they are young"
        assert tool.abort("left/", -1) == 2
        assert [one["Key"] for one in boto.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == ["other/c"]
        assert tool.abort("", -1) == 1
    finally:
        tool.abort("", -1)


# --- lifecycle rules

@pytest.fixture(scope="module")
def moto():
    server = pytest.importorskip("moto.server")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def ruled(moto, s3):
    boto = s3.client(url=moto)
    boto.create_bucket(Bucket="ruled")
    yield boto, S3Tool(moto, "ruled", s3.environment())
    boto.delete_bucket(Bucket="ruled")


def rule(name, prefix="", **deeds):
    return {"ID": name, "Filter": {"Prefix": prefix}, "Status": "Enabled", **deeds}


def test_a_bucket_without_rules_has_none(ruled):
    assert ruled[1].rules() == {"readable": True, "offered": True, "why_not": "", "rules": 0, "threats": []}


def test_rules_that_boto3_wrote_are_read(ruled):
    boto, tool = ruled
    rules = [rule("expire", "tableau/", Expiration={"Days": 30}),
             rule("archive", Transitions=[{"Days": 10, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "DEEP_ARCHIVE"}]),
             rule("instant", Transitions=[{"Days": 10, "StorageClass": "GLACIER_IR"}]),
             rule("tidy", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}, NoncurrentVersionExpiration={"NoncurrentDays": 3}),
             {**rule("off", Expiration={"Days": 1}), "Status": "Disabled"},
             {**rule("tagged", Expiration={"Days": 1}), "Filter": {"Tag": {"Key": "scratch", "Value": "yes"}}}]
    boto.put_bucket_lifecycle_configuration(Bucket="ruled", LifecycleConfiguration={"Rules": rules})
    told = tool.rules("tableau/")
    assert (told["readable"], told["rules"]) == (True, 6)
    assert told["threats"] == ["the rule 'expire' (keys that begin with 'tableau/') deletes objects 30 days after they were made",
                               "the rule 'archive' (all keys) moves objects to DEEP_ARCHIVE 90 days after they were made, from where they cannot be read before they are restored for hours"]
    assert len(tool.rules("elsewhere/")["threats"]) == 1


def test_a_server_without_lifecycle_rules_says_so(s3):
    told = S3Tool(s3.url, BUCKET, s3.environment()).rules()
    assert (told["readable"], told["offered"], told["rules"]) == (True, False, 0)


def test_the_time_is_the_servers(s3):
    tool = S3Tool(s3.url, BUCKET, s3.environment())
    made = tool.put("time", b"x")
    assert made["modified_at"] == "1970-01-01T00:00:00Z", "a PUT does not tell it"
    boto_says = s3.client().head_object(Bucket=BUCKET, Key="time")["LastModified"]
    assert tool.stat("time")["modified_at"] == [one for one in tool.list("time") if one["key"] == "time"][0]["modified_at"] == shown(boto_says)
