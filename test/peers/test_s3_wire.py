"""What S3Store sends, and what it makes of bytes that are not what they should be, of certificates, proxies and regions.

Corrupt bytes: a real server (versitygw) keeps objects as files and their checksums beside them; a byte is flipped in the file. The rest:
a fake S3, which judges nothing.
"""
import contextlib
import io
import random
import re

import pytest

from certificate import self_signed
from fake_http import fake_http
from fake_s3 import XML, FakeS3, error_xml, signer
from s3_server import start_s3
from s3_tool import BUCKET, Failed, S3Tool

MB = 1 << 20
KEYS = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true"}
DIRECT = {**KEYS, "no_proxy": "127.0.0.1"}


def body_of(size):
    return random.Random(size).randbytes(size)


# --- corrupt bytes

def flip(s3, key, at):
    with open(s3.folder / "objects" / BUCKET / key, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


@pytest.mark.parametrize("flags", [[], ["--size", "listed"]], ids=["size_unknown", "size_listed"])
@pytest.mark.parametrize("size", [1000, 5 * MB, 17 * MB + 3])
def test_a_flipped_bit_is_corrupt(s3, tool, size, flags):
    flags = [flag.replace("listed", str(size)) for flag in flags]
    tool.put("flipped", body_of(size))
    flip(s3, "flipped", size // 2)
    with pytest.raises(Failed) as failed:
        tool.get("flipped", *flags)
    assert failed.value.kind == "corrupt" and "s3://bucket/flipped" in failed.value.message and "checksum" in failed.value.message


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_a_flipped_bit_in_what_boto3_put_is_corrupt(s3, tool, algorithm):
    s3.client().put_object(Bucket=BUCKET, Key="flipped", Body=body_of(12 * MB), ChecksumAlgorithm=algorithm)
    flip(s3, "flipped", 11 * MB)
    with pytest.raises(Failed) as failed:
        tool.get("flipped")
    assert failed.value.kind == "corrupt"


def test_a_composite_checksum_covers_parts_only(s3, tool):
    """boto3's parts of 8 MiB with SHA256: S3 keeps a checksum of checksums. Reading goes on, and a whole read compares nothing: the
    library's limit, of which docs/s3.md tells."""
    data = body_of(17 * MB)
    s3.client().upload_fileobj(io.BytesIO(data), BUCKET, "composite", ExtraArgs={"ChecksumAlgorithm": "SHA256"})
    assert s3.client().head_object(Bucket=BUCKET, Key="composite", ChecksumMode="ENABLED")["ChecksumType"] == "COMPOSITE"
    assert tool.get("composite") == data
    flip(s3, "composite", 10 * MB)
    assert len(tool.get("composite")) == len(data)


@pytest.mark.parametrize("size", [1000, 17 * MB])
def test_an_object_without_a_checksum_is_read(size):
    data = body_of(size)
    with fake_http(FakeS3({"plain": data})) as fake:
        tool = S3Tool(fake.url, BUCKET, DIRECT)
        assert tool.get("plain") == data and tool.get("plain", "--size", str(size)) == data


@pytest.mark.parametrize("flags", [[], ["--size", "9"]], ids=["size_unknown", "size_listed"])
def test_a_checksum_that_does_not_fit_is_corrupt(flags):
    with fake_http(FakeS3({"a": b"123456780"}, headers={"x-amz-checksum-crc64nvme": "rosUhgp5mIg=", "x-amz-checksum-type": "FULL_OBJECT"})) as fake:
        with pytest.raises(Failed) as failed:
            S3Tool(fake.url, BUCKET, DIRECT).get("a", *flags)
    assert failed.value.kind == "corrupt" and "checksum" in failed.value.message


@pytest.mark.parametrize("size", [1000, 17 * MB])
def test_an_object_that_was_cut_behind_its_listing_is_refused(s3, tool, size):
    data = body_of(size)
    tool.put("cut", data)
    etag = tool.stat("cut")["etag"]
    (s3.folder / "objects" / BUCKET / "cut").write_bytes(data[:-1])
    with pytest.raises(Failed) as failed:
        tool.get("cut", "--size", str(size), "--if-match", etag)
    assert failed.value.kind in ("corrupt", "conflict")


# --- what is sent

def sent_by(*words, objects=None, send=b"", flags=()):
    with fake_http(FakeS3(objects)) as fake:
        S3Tool(fake.url, BUCKET, DIRECT, *flags).run(*words, send=send)
    return [request for request in fake.seen if "max-keys=0" not in request.target]    # a first look whether the bucket answers


@pytest.mark.parametrize("size", [10, 6 * MB], ids=["put", "multipart"])
def test_encryption_storage_class_and_lock_are_asked_for(size):
    flags = ["--sse-kms", "arn:aws:kms:eu-west-1:1:key/k", "--storage-class", "STANDARD_IA", "--lock-mode", "GOVERNANCE", "--lock-until", "2031-02-03T04:05:06Z"]
    creation = sent_by("put", "a", send=body_of(size), flags=flags)[0]
    assert (creation.method, creation.target) == (("PUT", "/bucket/a") if size == 10 else ("POST", "/bucket/a?uploads="))
    assert {name: creation.headers[name] for name in (
        "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-storage-class", "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date")} == {
        "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:1:key/k", "x-amz-storage-class": "STANDARD_IA",
        "x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": "2031-02-03T04:05:06Z"}


@pytest.mark.parametrize("size", [10, 12 * MB], ids=["put", "multipart"])
def test_each_of_them_is_asked_for_once_and_by_the_first_request_alone(size):
    """UploadPart and CompleteMultipartUpload take none of them."""
    flags = ["--sse-kms", "k", "--storage-class", "STANDARD_IA", "--lock-mode", "COMPLIANCE", "--lock-until", "2031-02-03T04:05:06Z"]
    seen = sent_by("put", "a", send=body_of(size), flags=flags)
    asking = [request for request in seen if any(name.lower().startswith(("x-amz-server-side", "x-amz-storage", "x-amz-object-lock")) for name in request.headers)]
    assert asking == seen[:1] and len(seen) == (1 if size == 10 else 5)


def test_a_copy_in_parts_asks_for_the_same():
    flags = ["--sse-kms", "k", "--storage-class", "STANDARD_IA", "--lock-mode", "GOVERNANCE", "--lock-until", "2031-02-03T04:05:06Z"]
    seen = sent_by("cp", "a", "c", "--if-absent", objects={"a": b"x"}, flags=flags)     # a condition on the target: copied in parts
    creation = next(request for request in seen if request.target == "/bucket/c?uploads=")
    assert creation.headers["x-amz-server-side-encryption-aws-kms-key-id"] == "k" and creation.headers["x-amz-storage-class"] == "STANDARD_IA"
    assert creation.headers["x-amz-object-lock-retain-until-date"] == "2031-02-03T04:05:06Z" and creation.headers["x-amz-object-lock-mode"] == "GOVERNANCE"
    assert seen[-1].headers["If-None-Match"] == "*" and "x-amz-storage-class" not in seen[-1].headers


def test_a_small_object_is_one_request_whose_size_need_not_be_known():
    for flags in ([], ["--size", "3"]):
        put, = sent_by("put", "a", *flags, send=b"xyz")
        assert (put.method, put.target, put.body, put.headers["Content-Length"]) == ("PUT", "/bucket/a", b"xyz", "3")


def test_a_copy_asks_for_the_same():
    copy = sent_by("cp", "a b", "c", objects={"a b": b"x"}, flags=["--sse-kms", "k", "--storage-class", "GLACIER_IR"])[-1]
    assert copy.headers["x-amz-copy-source"] == "/bucket/a%20b" and copy.headers["x-amz-copy-source-if-match"] == '"1"'
    assert copy.headers["x-amz-server-side-encryption-aws-kms-key-id"] == "k" and copy.headers["x-amz-storage-class"] == "GLACIER_IR"


def test_a_lock_without_a_mode_is_a_mistake_of_the_configuration():
    with pytest.raises(Failed) as failed:
        sent_by("put", "a", flags=["--lock-until", "2031-02-03T04:05:06Z"])
    assert failed.value.kind == "config" and "lock mode" in failed.value.message


def test_every_request_that_carries_bytes_carries_their_checksum():
    put = sent_by("put", "a", send=b"123456789")[0]
    assert put.headers["x-amz-checksum-crc64nvme"] == "rosUhgp5mIg="     # the check value of the specification
    assert "x-amz-checksum-crc64nvme" in put.headers["Authorization"]
    seen = sent_by("put", "a", send=body_of(6 * MB))
    assert [request.headers.get("x-amz-checksum-algorithm") for request in seen if request.method == "POST"] == ["CRC64NVME", None]
    assert all(b"x-amz-checksum-crc64nvme:" in request.body[-200:] for request in seen if request.method == "PUT")
    assert seen[-1].headers["x-amz-checksum-type"] == "FULL_OBJECT" and seen[-1].headers["x-amz-checksum-crc64nvme"]


def test_conditions_go_where_they_decide():
    seen = sent_by("put", "a", "--if-absent", send=body_of(6 * MB))
    assert [request.headers.get("If-None-Match") for request in seen if "partNumber" not in request.target] == [None, "*"]
    assert sent_by("put", "a", "--if-absent", send=b"x")[0].headers["If-None-Match"] == "*"


# --- regions

def only_in(region, bucket):
    """As S3 answers who asks in another region."""
    def before(request):
        if signer(request)[1] == region:
            return None
        headers = {"x-amz-bucket-region": region}
        return (400, headers, b"") if request.method == "HEAD" else (301, {**headers, **XML}, error_xml("PermanentRedirect"))
    bucket.before = before
    return bucket


@pytest.mark.parametrize("words", [["list", ""], ["stat", "a"], ["get", "a"], ["get", "a", "--size", "5"], ["put", "a"], ["rm", "a"], ["cp", "a", "b"]], ids=" ".join)
def test_a_bucket_in_another_region_is_found(words):
    with fake_http(only_in("eu-north-1", FakeS3({"a": b"bytes"}))) as fake:
        S3Tool(fake.url, BUCKET, DIRECT, "--region", "us-west-2").run(*words, send=b"x")
    regions = [signer(request)[1] for request in fake.seen]
    assert regions[0] == "us-west-2" and set(regions[1:]) == {"eu-north-1"}, regions


@pytest.mark.parametrize("answer", [(400, XML, error_xml("AuthorizationHeaderMalformed", "expecting 'eu-north-1'", "<Region>eu-north-1</Region>")),
                                    (400, XML, error_xml("IllegalLocationConstraintException", more="<Region>eu-north-1</Region>"))], ids=["malformed", "illegal"])
def test_the_region_may_be_told_in_the_body(answer):
    bucket = FakeS3({"a": b"bytes"})
    bucket.before = lambda request: None if signer(request)[1] == "eu-north-1" else answer
    with fake_http(bucket) as fake:
        assert len(S3Tool(fake.url, BUCKET, DIRECT).list()) == 1
    assert [signer(request)[1] for request in fake.seen] == ["us-east-1", "eu-north-1"]


def test_regions_that_send_each_other_round_end():
    bucket = FakeS3()
    bucket.before = lambda request: (301, {"x-amz-bucket-region": "b" if signer(request)[1] == "a" else "a"}, error_xml("PermanentRedirect"))
    with fake_http(bucket) as fake, pytest.raises(Failed) as failed:
        S3Tool(fake.url, BUCKET, DIRECT, "--region", "a").list()
    assert failed.value.kind == "config" and "region: a" in failed.value.message and len(fake.seen) == 2


# --- certificates

@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def tls(certificate):
    with start_s3("--cert", str(certificate / "cert"), "--key", str(certificate / "key")) as running:
        (running.folder / "objects" / BUCKET).mkdir()
        yield running


def test_a_ca_bundle_is_trusted(tls, certificate):
    tool = S3Tool(tls.url, BUCKET, tls.environment(), "--ca-bundle", str(certificate / "cert"))
    data = body_of(11 * MB)
    tool.put("a", data)
    assert tool.stat("a")["size"] == len(data) and tool.get("a") == data and tool.get("a", "--size", str(len(data))) == data


@pytest.mark.parametrize("words", [["list", ""], ["stat", "a"], ["get", "a"], ["get", "a", "--size", "3"], ["put", "a"]], ids=" ".join)
def test_an_unknown_certificate_is_denied_at_once(tls, words):
    with pytest.raises(Failed) as failed:
        S3Tool(tls.url, BUCKET, tls.environment()).run(*words, send=b"x")
    assert failed.value.kind == "denied" and "certificate" in failed.value.message and failed.value.seconds < 5


# --- proxies and addresses

@contextlib.contextmanager
def proxy_to(bucket):
    """A forward proxy: asked for whole URLs. It knows one host."""
    def answer(request):
        if not request.target.startswith("http://"):
            return 502, {}, b"not asked as a proxy"
        return bucket(request)
    with fake_http(answer) as fake:
        yield fake


HOSTS = {"path": ("http://s3.example.test", [], "/bucket/a"), "virtual-host": ("http://s3.example.test", ["--virtual-host"], "/a")}


def request_path(request):
    return re.sub(r"^http://[^/]+", "", request.target).partition("?")[0]


class Virtual(FakeS3):
    def __call__(self, request):
        if request.headers["Host"].startswith("bucket."):
            request.path = "/bucket" + request.path
        return super().__call__(request)


@pytest.mark.parametrize("how", ["environment", "option"])
@pytest.mark.parametrize("style", HOSTS)
@pytest.mark.parametrize("words", [["list", ""], ["get", "a"], ["get", "a", "--size", "5"], ["put", "a"]], ids=" ".join)
def test_a_proxy_is_gone_through(words, style, how):
    endpoint, flags, _ = HOSTS[style]
    with proxy_to(Virtual({"a": b"bytes"})) as proxy:
        environment = {**KEYS, **({"http_proxy": proxy.url} if how == "environment" else {})}
        S3Tool(endpoint, BUCKET, environment, *flags, *(["--proxy", proxy.url] if how == "option" else [])).run(*words, send=b"x")
    host = "bucket.s3.example.test" if flags else "s3.example.test"
    assert {request.headers["Host"] for request in proxy.seen} == {host}
    assert all(request.target.startswith((f"http://{host}/", f"http://{host}:80/")) for request in proxy.seen)
    assert request_path(proxy.seen[-1]) == HOSTS[style][2] or words[0] == "list"


def test_no_proxy_goes_past_it():
    with fake_http(FakeS3({"a": b"bytes"})) as fake, proxy_to(FakeS3()) as proxy:
        tool = S3Tool(fake.url, BUCKET, {**DIRECT, "http_proxy": proxy.url})
        assert tool.get("a") == b"bytes" and len(tool.list()) == 1
    assert proxy.seen == []
