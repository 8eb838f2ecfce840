"""Publishing from a real S3 server: what streams, what is refused, and what the message then says."""
import http.server
import os
import threading
import urllib.error
import urllib.request

import pytest

from ferry import rows_of
from s3_shop import COLUMNS, S3Shop
from simulator import start_sim
from weather import Weather


@pytest.fixture
def shop(tmp_path, s3, sim, request):
    return S3Shop(tmp_path, sim, s3, bucket="b" + str(abs(hash(request.node.name)))[:12])


def hyper_of(shop):
    [item] = shop.published()
    [hyper] = [data for name, data in shop.download(item).items() if name.endswith(".hyper")]
    return hyper


def test_rows_come_from_every_object_and_say_from_which(shop):
    result = shop.put_orders(files=5, rows=20).write().publish()
    assert result.code == 0 and result.report["rows"] == 100, result
    rows = rows_of(hyper_of(shop), 'SELECT "File Path", COUNT(*) FROM public.orders GROUP BY 1 ORDER BY 1')
    assert rows == [[f"s3://{shop.bucket}/orders/part-{n:04}.csv", 20] for n in range(5)]


def test_what_s3_keeps_a_checksum_of_is_compared_with_it(shop):
    result = shop.put_orders(files=4).write().publish()
    assert result.report["tables"][0]["checksums_compared"] == 4 and result.report["tables"][0]["warnings"] == [], result


def test_no_object_touches_the_disk(shop):
    """With room for the extract alone: the files are ten times as large."""
    shop.put_orders(files=4, rows=200_000)
    with start_sim() as site:
        shop.site = shop.straight = site
        process = shop.write().start("publish", "--json", env={"TABFERRY_TEST": "1"})
        seen = set()
        while process.poll() is None:
            for _, _, names in os.walk(shop.temp):
                seen.update(names)
        out, err = process.communicate()
        assert process.returncode == 0, err
    assert not [name for name in seen if ".csv" in name], seen


def test_gzip_is_unpacked_on_the_way(shop):
    for number in range(3):
        shop.put_object(f"packed/{number}.csv.gz", "id,note\n" + "".join(f"{row},n{number}\n" for row in range(1000)))
    shop.table("orders", COLUMNS, f"s3://{shop.bucket}/packed/*.csv.gz")
    result = shop.write().publish()
    assert result.code == 0 and result.report["rows"] == 3000, result


@pytest.mark.parametrize("harm", ["cut", "flipped", "not gzip"])
def test_gzip_that_is_not_whole_is_refused(shop, harm):
    import gzip
    packed = bytearray(gzip.compress(("id,note\n" + "".join(f"{row},n\n" for row in range(5000))).encode()))
    data = {"cut": packed[:-9], "flipped": packed[:-6] + bytes([packed[-6] ^ 1]) + packed[-5:], "not gzip": b"id,note\n1,x\n"}[harm]
    shop.s3.client().put_object(Bucket=shop.bucket, Key="p/a.csv.gz", Body=bytes(data))
    shop.table("orders", COLUMNS, f"s3://{shop.bucket}/p/*.csv.gz")
    result = shop.write().publish()
    assert result.code == 1 and f"s3://{shop.bucket}/p/a.csv.gz" in result.message and result.report["error"]["kind"] == "corrupt", result
    assert shop.published() == []


def test_a_thousand_small_objects_and_more(shop):
    client = shop.s3.client()
    for number in range(1_100):
        client.put_object(Bucket=shop.bucket, Key=f"orders/{number:05}.csv", Body=f"id,note\n{number},x\n".encode())
    shop.table("orders", COLUMNS, f"s3://{shop.bucket}/orders/*.csv")
    result = shop.write().publish()
    assert result.code == 0 and result.report["rows"] == 1_100, result


@pytest.mark.parametrize("key", ["a b.csv", "it's \"x\".csv", "a+b.csv", "50%.csv", "a%20b.csv", "é東京.csv", "a;b&c=d?e#f.csv", "{x}[y].csv"])
def test_odd_keys(shop, key):
    shop.put_object("odd/" + key, "id,note\n1,x\n")
    shop.table("orders", COLUMNS, f"s3://{shop.bucket}/odd/*.csv", file_column="File Path")
    result = shop.write().publish()
    assert result.code == 0, result
    assert rows_of(hyper_of(shop), 'SELECT "File Path" FROM public.orders') == [[f"s3://{shop.bucket}/odd/{key}"]]


def test_a_header_file_and_a_literal_key(shop):
    shop.put_object("head.csv", "id,note\nbigint,text\n")
    shop.put_object("one.csv", "id,note\n1,x\n")
    shop.tables["orders"] = {"files": f"s3://{shop.bucket}/one.csv", "header_file": f"s3://{shop.bucket}/head.csv"}
    result = shop.write(template=False).publish("--no-publish")
    assert result.code in (0, 3) and result.report["rows"] == 1, result


# --- what S3 refuses, and what the user is told

def fails(shop, *words, kind=None, code=1):
    result = shop.write().publish()
    assert result.code == code, result
    for word in words:
        assert word in result.message, (word, result)
    assert kind is None or result.report["error"]["kind"] == kind, result
    assert shop.published() == [] and shop.leftovers() == []
    return result


def test_a_missing_bucket(shop):
    shop.table("orders", COLUMNS, "s3://no-such-bucket-here/*.csv")
    fails(shop, "no-such-bucket-here", "NoSuchBucket", "spelled right", kind="not_found")


def test_a_missing_literal_key_in_a_missing_bucket_blames_the_bucket(shop):
    shop.table("orders", COLUMNS, "s3://no-such-bucket-here/a.csv")
    fails(shop, "NoSuchBucket")


def test_a_wrong_secret(shop):
    shop.put_orders()
    result = shop.write().publish(env={"AWS_SECRET_ACCESS_KEY": "wrong"})
    assert result.code == 1 and "SignatureDoesNotMatch" in result.message and "secret access key" in result.message, result
    assert "wrong" not in result.err + result.out


def test_a_wrong_key_id(shop):
    shop.put_orders()
    result = shop.write().publish(env={"AWS_ACCESS_KEY_ID": "nobody"})
    assert result.code == 1 and "access key ID" in result.message, result      # in this server's own words


def test_a_server_that_is_down_is_told_at_once(shop):
    shop.put_orders()
    shop.s3_url = "http://127.0.0.1:9"
    result = shop.write().publish()
    assert result.code == 1 and "cannot connect to 127.0.0.1:9" in result.message, result


class Refusing(http.server.BaseHTTPRequestHandler):
    """In front of the real server: `rules` is a list of (method, part of the path, answer)."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        for part, status, body in self.server.rules:
            if part in self.path:
                self.server.hits.append(self.path)
                return self.answer(status, {"Content-Type": "application/xml", "x-amz-request-id": "R1"}, body)
        request = urllib.request.Request(self.server.to + self.path, headers=dict(self.headers.items()))
        try:
            answer = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            body = answer.read()
            self.server.meanwhile(self.path)
            self.answer(answer.status, dict(answer.headers.items()), body)

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "date", "server", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def refusing(shop):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.to, server.rules, server.hits, server.meanwhile = shop.s3.url, [], [], lambda path: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop.put_orders()
    shop.s3_url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()


def refusal(code, message, more=""):
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>".encode()


def test_403_on_one_object_names_it_and_the_right(shop, refusing):
    refusing.rules = [("part-0001.csv", 403, refusal("AccessDenied", "Access Denied"))]
    fails(shop, f"s3://{shop.bucket}/orders/part-0001.csv", "403 AccessDenied", "s3:GetObject", kind="denied")


def test_an_expired_session_token_is_said_to_be_so(shop, refusing):
    refusing.rules = [("", 400, refusal("ExpiredToken", "The provided token has expired."))]
    fails(shop, "ExpiredToken", "session token has expired", "aws sso login", kind="denied")


def test_a_bucket_in_another_region_that_cannot_be_followed_says_which(shop, refusing):
    more = "<Region>eu-west-3</Region>"
    refusing.rules = [("", 400, refusal("AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-3'", more))]
    fails(shop, f"set s3.buckets.{shop.bucket}.region: eu-west-3", kind="config", code=2)
    assert len(refusing.hits) == 2      # it was followed, once


def test_an_archived_object_is_told(shop, refusing):
    refusing.rules = [("part-0002.csv", 403, refusal("InvalidObjectState", "The operation is not valid for the object's storage class"))]
    fails(shop, "part-0002.csv", "archived", "restore")


@pytest.mark.parametrize("harm", ["replaced", "deleted"])
def test_an_object_that_changes_between_listing_and_reading_is_refused(shop, refusing, harm):
    def meanwhile(path):
        if "list-type" in path and harm == "replaced":
            shop.put_object("orders/part-0002.csv", "id,note\n7,other\n")
        elif "list-type" in path:
            shop.s3.client().delete_object(Bucket=shop.bucket, Key="orders/part-0002.csv")
    refusing.meanwhile = meanwhile
    fails(shop, f"s3://{shop.bucket}/orders/part-0002.csv", harm, "Run again", kind="conflict")


def test_a_body_that_ends_early_with_a_right_status_never_counts(shop):
    """Every answer of an object is cut: the retries end, and nothing is published."""
    shop.put_orders(files=1, rows=2000)
    with Weather(shop.s3.port, "--fault", "cut-in-answer@1+", "--fault-bytes", "100", "--only-path", "part-0000") as weather:
        shop.more["network"] = {"stall_timeout": "8s"}
        shop.s3_url = weather.url
        fails(shop, f"s3://{shop.bucket}/orders/part-0000.csv")


def test_a_slow_first_byte_is_asked_again_on_another_connection(shop):
    """One request whose answer does not begin: after a quarter of the stall time-out it goes out anew."""
    shop.put_orders(files=2)
    shop.more["network"] = {"stall_timeout": "8s"}
    with Weather(shop.s3.port, "--fault", "slow:180s@1", "--only-path", "part-0001") as weather:
        result = shop.s3_through(weather.url).publish(timeout=60)
        assert result.code == 0 and len(weather.stop()["faults"]) == 1, result
