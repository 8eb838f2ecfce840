"""What S3Store writes boto3 reads, and the other way round, on a real S3 server (versitygw), checksums included.

boto3 compares what it reads with the checksum that the server keeps (ChecksumMode ENABLED); that checksum is the one that S3Store sent
and the server verified. Here it is compared with a third computation of its own (crc64nvme.py).
"""
import hashlib
import io
import os
import random

import pytest

import crc64nvme
from s3_tool import BUCKET, Failed

PART = 5 << 20
BLOCK = 1 << 16


@pytest.fixture(scope="module")
def boto(s3):
    return s3.client()


BLOCKS = [random.Random(seed).randbytes(BLOCK) for seed in range(8)]
BLOCK_CRCS = [crc64nvme.crc(block) for block in BLOCKS]


def body_of(size):
    """The same bytes for the same size, and their CRC64NVME (joined of a few blocks': Python is slow)."""
    order = random.Random(size)
    join, crc, parts = crc64nvme.joiner(BLOCK), 0, []
    for _ in range(size // BLOCK):
        which = order.randrange(len(BLOCKS))
        parts.append(BLOCKS[which])
        crc = join(crc, BLOCK_CRCS[which])
    rest = order.randbytes(size % BLOCK)
    return b"".join(parts) + rest, crc64nvme.joiner(len(rest))(crc, crc64nvme.crc(rest))


def test_the_third_computation_is_right():
    assert crc64nvme.crc(b"123456789") == 0xAE8B14860A799888    # the check value of the specification
    data, crc = body_of(3 * BLOCK + 5)
    assert crc64nvme.crc(data) == crc


SIZES = {"empty": 0, "one_byte": 1, "small": 70_001, "one_part": PART, "a_part_and_a_byte": PART + 1, "three_parts": 3 * PART, "40_MB": 40_000_003}


@pytest.mark.parametrize("known", [False, True], ids=["length_unknown", "length_known"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
def test_boto3_reads_what_s3store_wrote(tool, boto, size, known):
    data, crc = body_of(size)
    key = f"ours/{size}-{known}"
    made = tool.put(key, data, *(["--size", str(size)] if known else []))
    answer = boto.get_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
    assert answer["Body"].read() == data      # botocore compares it with the checksum in the answer
    assert answer["ChecksumCRC64NVME"] == crc64nvme.header(crc)
    assert answer["ChecksumType"] == "FULL_OBJECT"
    assert (made["key"], made["size"], made["etag"]) == (key, size, answer["ETag"])
    assert boto.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


@pytest.mark.parametrize("size", [300_000, 12_000_000])
@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_s3store_reads_what_boto3_put(tool, boto, algorithm, size):
    data, _ = body_of(size)
    boto.put_object(Bucket=BUCKET, Key="theirs/put", Body=data, ChecksumAlgorithm=algorithm)
    assert tool.get("theirs/put") == data
    assert tool.get("theirs/put", "--size", str(size)) == data


# Those that boto3 would compute with awscrt only; CRC32C's is the check value of RFC 3720.
@pytest.mark.parametrize("checksum", [{"ChecksumCRC64NVME": "rosUhgp5mIg="}, {"ChecksumCRC32C": "4waSgw=="}], ids=lambda one: next(iter(one)))
def test_s3store_reads_what_boto3_put_with_a_ready_made_checksum(tool, boto, checksum):
    boto.put_object(Bucket=BUCKET, Key="theirs/made", Body=b"123456789", **checksum)
    assert tool.get("theirs/made") == tool.get("theirs/made", "--size", "9") == b"123456789"


@pytest.mark.parametrize("size", [0, 9 << 20, 20_000_001])
@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])   # by parts: full-object and composite checksums
def test_s3store_reads_what_boto3_uploaded_in_parts(tool, boto, size, algorithm):
    data, _ = body_of(size)
    boto.upload_fileobj(io.BytesIO(data), BUCKET, "theirs/upload", ExtraArgs={"ChecksumAlgorithm": algorithm})
    for flags in ([], ["--size", str(size)], ["--part-bytes", str(32 << 20)], ["--part-bytes", str(32 << 20), "--size", str(size)]):
        assert hashlib.sha256(tool.get("theirs/upload", *flags)).digest() == hashlib.sha256(data).digest(), flags


ODD_KEYS = ["odd/a b", "odd/ both ends ", "odd/'single' \"double\"", "odd/a+b", "odd/a%b", "odd/a%20b", "odd/%2F", "odd/%", "odd/a;b", "odd/a&b=c?d#e",
            "odd/a?b", "odd/a#b", "odd/a=b", "odd/<&>", "odd/&amp;", "odd/\\back", "odd/[*]{~}|^`$!@,:()", "odd/é", "odd/é", "odd/東京/データ.csv", "odd/\U0001f6a2",
            "odd/dt=2024-01-31/part-0.csv.gz", "odd/.hidden", "odd/a..b", "odd/tab\there", "odd/" + "long" * 50]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_odd_keys_are_the_same_on_both_sides(tool, boto, key):
    data = key.encode() * 3
    tool.put(key, data)
    assert boto.get_object(Bucket=BUCKET, Key=key)["Body"].read() == data
    boto.delete_object(Bucket=BUCKET, Key=key)
    assert tool.stat(key) is None
    boto.put_object(Bucket=BUCKET, Key=key, Body=data + b"!")
    assert tool.get(key) == data + b"!"
    assert tool.stat(key)["size"] == len(data) + 1
    assert [one["key"] for one in tool.list(key)] == [key]
    tool.cp(key, key + " copy")
    assert boto.get_object(Bucket=BUCKET, Key=key + " copy")["Body"].read() == data + b"!"
    tool.rm(key, key + " copy")
    assert boto.list_objects_v2(Bucket=BUCKET, Prefix="odd/").get("KeyCount") == 0


def test_an_empty_part_of_a_key_is_refused_or_kept_never_another_key(tool, boto):
    """S3 knows keys as "a//b"; a server over a file system cannot keep them."""
    try:
        tool.put("slashes//b", b"x")
    except Failed as failed:
        assert "slashes//b" in failed.message
        return
    listed = [one["Key"] for one in boto.list_objects_v2(Bucket=BUCKET, Prefix="slashes").get("Contents", [])]
    assert tool.get("slashes//b") == b"x"
    assert [one["key"] for one in tool.list("slashes")] == listed
    tool.rm(*listed)


@pytest.mark.parametrize("count", [999, 1000, 1001, 2500, 10_000])
def test_every_page_of_a_list_is_read(s3, tool, boto, count):
    folder = s3.folder / "objects" / BUCKET / f"many-{count}"
    folder.mkdir()
    for i in range(count):
        (folder / f"part {i:05}+%é.csv").touch()
    pages = boto.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"many-{count}/")
    theirs = [(one["Key"], one["Size"], one["ETag"]) for page in pages for one in page.get("Contents", [])]
    assert len(theirs) == count
    assert [(one["key"], one["size"], one["etag"]) for one in tool.list(f"many-{count}/")] == theirs


def test_lists_are_in_the_byte_order_of_the_keys(tool, boto):
    names = ["order/a", "order/a/b", "order/a.b", "order/a-b", "order/B", "order/é", "order/z"]
    for name in names:
        if name != "order/a":      # a file and a folder of one name: not on this server
            boto.put_object(Bucket=BUCKET, Key=name, Body=b"")
    listed = [one["key"] for one in tool.list("order/")]
    assert listed == sorted(set(names) - {"order/a"}, key=str.encode)


def test_many_are_removed_at_once(s3, tool, boto):
    folder = s3.folder / "objects" / BUCKET / "away"
    folder.mkdir()
    names = [f"{i:04} & <é>" for i in range(1500)]
    for name in names:
        (folder / name).touch()
    tool.rm(*(f"away/{name}" for name in names[1:]), "away/never there")
    left = boto.list_objects_v2(Bucket=BUCKET, Prefix="away/")["Contents"]
    assert [one["Key"] for one in left] == [f"away/{names[0]}"]


def test_copies_are_equal_and_what_changed_is_not_copied(tool, boto):
    data, _ = body_of(PART + 7)
    boto.upload_fileobj(io.BytesIO(data), BUCKET, "copy/from é+%")
    made = tool.cp("copy/from é+%", "copy/to é+%")
    answer = boto.get_object(Bucket=BUCKET, Key="copy/to é+%")
    assert (answer["Body"].read(), answer["ETag"]) == (data, made["etag"])


def test_conditions_hold_between_both(tool, boto):
    first = boto.put_object(Bucket=BUCKET, Key="condition", Body=b"theirs")["ETag"]
    with pytest.raises(Failed) as failed:
        tool.put("condition", b"ours", "--if-absent")
    assert failed.value.kind == "conflict"
    tool.put("condition", b"ours", "--if-match", first)
    with pytest.raises(Failed) as failed:
        tool.get("condition", "--if-match", first)
    assert failed.value.kind == "conflict" and "s3://bucket/condition" in failed.value.message
    assert boto.get_object(Bucket=BUCKET, Key="condition")["Body"].read() == b"ours"


def test_a_wrong_checksum_would_be_refused_by_this_server(boto):
    """So that a checksum which S3Store sent and the server took was a right one."""
    with pytest.raises(boto.exceptions.ClientError):
        boto.put_object(Bucket=BUCKET, Key="wrong", Body=b"x", ChecksumCRC64NVME=crc64nvme.header(1))
    assert os.environ["TABFERRY_S3_TOOL"]
