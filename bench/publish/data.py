"""The benchmark's rows: made from a seed, the same bytes on every machine, kept between runs.

FOLDER/plain.csv        every row of the 24 objects in one file, for the engine alone
FOLDER/small.csv        every row of the small objects in one file
FOLDER/template.tdsx, template_no_column.tdsx    packages to swap the extract into
objects                 24 files under plain/, the small ones under small/, plain/ again under big/0/, big/1/, ...
"""

import dataclasses
import json
import random
from concurrent.futures import ThreadPoolExecutor

BUCKET = "tabferry-bench"
SEED = 20240229
VERSION = 3  # of the rows' making: another one makes the kept data anew
TABLE = "sales"
FILE_COLUMN = "File Path"
EXTRACT = "Data/Extracts/sales.hyper"  # the extract's place in the template
COLUMNS = {
    "id": "bigint",
    "customer": "int",
    "store": "int",
    "amount": "double",
    "tax": "double",
    "ordered": "date",
    "updated": "timestamp",
    "status": "text",
    "product": "text",
    "note": "text",
}
HEADER = ",".join(COLUMNS) + "\n"


@dataclasses.dataclass(frozen=True)
class Size:
    files: int  # of the plain case
    rows: int  # in each of them
    small_files: int
    small_rows: int
    copies: int  # of the plain objects in the big case


FULL = Size(files=24, rows=125_000, small_files=2_000, small_rows=543, copies=8)  # 362 MB; 2,000 x 64 KiB; 2.9 GB
QUICK = Size(files=24, rows=12_500, small_files=200, small_rows=543, copies=2)
TINY = Size(files=3, rows=40, small_files=5, small_rows=7, copies=2)
SIZES = {"full": FULL, "quick": QUICK, "tiny": TINY}

WORDS = (
    "amber basin cedar delta ember fjord grove harbor island juniper kettle lantern meadow north orchard pebble quarry river "
    "summit timber upland valley willow yonder zenith"
).split()


class Rows:
    """Rows by number. A few thousand pieces of rows are made at random; a row is its id and four of them. Their counts have
    no common divisor, so that no row comes twice within any size used here."""

    def __init__(self):
        chance = random.Random(SEED)
        self.buyers = [f"{chance.randrange(1, 200_000)},{chance.randrange(1, 900)}" for _ in range(9973)]
        self.sums = [
            f"{amount:.2f},{amount * 0.19:.4f}" for amount in (chance.lognormvariate(4, 1.2) for _ in range(50_021))
        ]
        self.times = [self._time(chance) for _ in range(20_011)]
        self.texts = [self._texts(chance) for _ in range(10_007)]

    @staticmethod
    def _time(chance):
        day = f"{chance.randrange(2019, 2025)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        return f"{day},{day} {chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02}"

    @staticmethod
    def _texts(chance):
        status = chance.choice(("new", "paid", "shipped", "returned", ""))
        product = f"{chance.choice(WORDS)} {chance.choice(WORDS)} {chance.randrange(100_000, 1_000_000)}"
        note = " ".join(chance.choices(WORDS, k=chance.randrange(2, 7)))
        if chance.random() < 0.05:
            note = f'"{note}, ""{chance.choice(WORDS)}"""'
        return f"{status},{product},{note}"

    def text(self, first, count):
        buyers, sums, times, texts = self.buyers, self.sums, self.times, self.texts
        b, s, t, x = len(buyers), len(sums), len(times), len(texts)
        return "".join(
            f"{i},{buyers[i % b]},{sums[i % s]},{times[i % t]},{texts[i % x]}\n" for i in range(first, first + count)
        )


def _upload(s3, rows, path, prefix, count, rows_each):
    """Objects of that many rows, and one file of all of them. Returns what the case must be told."""
    client, size_bytes = s3.client(), 0
    with open(path, "w", encoding="utf-8") as whole, ThreadPoolExecutor(4) as lanes:
        whole.write(HEADER)
        done = []
        for index in range(count):
            text = rows.text(10_000_000_000 + index * rows_each, rows_each)
            whole.write(text)
            body = (HEADER + text).encode()
            size_bytes += len(body)
            done.append(lanes.submit(client.put_object, Bucket=BUCKET, Key=f"{prefix}/part-{index:05}.csv", Body=body))
        for one in done:
            one.result()
    return {"objects": count, "rows": count * rows_each, "bytes": size_bytes}


def _copy(s3, plain, copies):
    client = s3.client()
    keys = [item["Key"] for item in client.list_objects_v2(Bucket=BUCKET, Prefix="plain/")["Contents"]]
    for copy in range(copies):
        for key in keys:
            client.copy_object(
                Bucket=BUCKET, Key=f"big/{copy}/{key.split('/')[1]}", CopySource={"Bucket": BUCKET, "Key": key}
            )
    return {name: value * copies for name, value in plain.items()}


def make(s3, folder, size):
    """{case prefix: {objects, rows, bytes}}; makes what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp, wanted = folder / "made.json", {"version": VERSION, "seed": SEED, **dataclasses.asdict(size)}
    if stamp.exists():
        made = json.loads(stamp.read_text())
        if made["of"] == wanted:
            return made["sets"]
        stamp.unlink()
    _empty_bucket(s3)
    rows = Rows()
    sets = {"plain": _upload(s3, rows, folder / "plain.csv", "plain", size.files, size.rows)}
    sets["small"] = _upload(s3, rows, folder / "small.csv", "small", size.small_files, size.small_rows)
    sets["big"] = _copy(s3, sets["plain"], size.copies)
    from ferry import make_template  # here, for contenders.py needs this file and no test tools

    make_template(folder / "template.tdsx", {TABLE: {**COLUMNS, FILE_COLUMN: "text"}}, hyper=EXTRACT)
    make_template(folder / "template_no_column.tdsx", {TABLE: COLUMNS}, hyper=EXTRACT)
    stamp.write_text(json.dumps({"of": wanted, "sets": sets}))
    return sets


def _empty_bucket(s3):
    client = s3.client()
    if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=BUCKET)
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        if page.get("Contents"):
            client.delete_objects(
                Bucket=BUCKET, Delete={"Objects": [{"Key": item["Key"]} for item in page["Contents"]]}
            )
