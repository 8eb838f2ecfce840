"""The ways that are compared, each a program of its own: contenders.py NAME JOB, where JOB is a JSON object (see Job). Each
writes one JSON line: rows, the seconds of its steps, and where its extract (and package) is.

    engine            the engine alone: one local file, no file column, no package
    sample            the way of the s3-to-hyper sample: one file after the other; file column, package
    python            the best plain Python found for the same work as ours: file column, package
    python_no_column  the best plain Python found without the file column: one COPY over all files; package

What `sample` keeps of that sample's way: downloads one after the other, a temporary table, COPY, INSERT .. SELECT with the
path, DELETE, a package with DEFLATE. What it does not keep: its listing ends at 1,000 objects.
"""

import concurrent.futures
import contextlib
import dataclasses
import json
import pathlib
import shutil
import sys
import time
import zipfile

from data import BUCKET, COLUMNS, EXTRACT, FILE_COLUMN, TABLE

DOWNLOADS = 8  # of the best plain Python, at once
FILES_A_STATEMENT = (
    24  # of an INSERT over external files: with more of them the engine takes longer to plan than to load
)
CSV = "WITH (FORMAT CSV, HEADER, DELIMITER ',', NULL '')"
SQL_NAMES = {"double": "double precision"}


@dataclasses.dataclass
class Job:
    folder: str  # an empty one, to work in
    template: str  # the package to swap the extract into
    engine: str  # the folder of hyperd
    local: str  # one CSV file of all the rows
    endpoint: str  # of the S3 server; the credentials are in the environment
    prefix: str  # of the objects


class Steps:
    """Seconds by name: with steps("load"): ..."""

    def __init__(self):
        self.seconds = {}

    @contextlib.contextmanager
    def __call__(self, name):
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - began


def text(value):
    return "'" + str(value).replace("'", "''") + "'"


def columns():
    return ", ".join(f'"{name}" {SQL_NAMES.get(kind, kind)}' for name, kind in COLUMNS.items())


# --- the steps that several share


@contextlib.contextmanager
def table_in(job, file_column):
    """A fresh engine, an empty table public.TABLE in a new extract; at the end the extract is whole and the engine gone."""
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    extract = pathlib.Path(job.folder, "sales.hyper")
    with HyperProcess(
        Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, hyper_path=job.engine, parameters={"log_dir": job.folder}
    ) as engine:
        with Connection(engine.endpoint) as connection:
            connection.execute_command(f'CREATE DATABASE "{extract}"')
            connection.execute_command(f'ATTACH DATABASE "{extract}" AS x')
            more = f', "{FILE_COLUMN}" text' if file_column else ""
            connection.execute_command(f"CREATE TABLE x.public.{TABLE} ({columns()}{more})")
            yield connection, f"x.public.{TABLE}", extract
            connection.execute_command("DETACH DATABASE x")


def objects(job):
    """(an S3 client, the keys in order)"""
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "s3", endpoint_url=job.endpoint, config=Config(s3={"addressing_style": "path"}, max_pool_connections=DOWNLOADS)
    )
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=job.prefix)
    return client, sorted(item["Key"] for page in pages for item in page.get("Contents", []))


def local_name(job, key):
    path = pathlib.Path(job.folder, "in", key)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def download_in_lanes(job):
    """All objects as files, several at once: [(key, path)]"""
    client, keys = objects(job)

    def fetch(key):
        path = local_name(job, key)
        with open(path, "wb") as file:
            shutil.copyfileobj(client.get_object(Bucket=BUCKET, Key=key)["Body"], file, 1 << 20)
        return key, path

    with concurrent.futures.ThreadPoolExecutor(DOWNLOADS) as lanes:
        return list(lanes.map(fetch, keys))


def pack(job, extract, method):
    """A copy of the template with the new extract in it."""
    package = pathlib.Path(job.folder, "sales.tdsx")
    with zipfile.ZipFile(job.template) as old, zipfile.ZipFile(package, "w", method) as new:
        for name in old.namelist():
            if name == EXTRACT:
                new.write(extract, name)
            else:
                new.writestr(name, old.read(name))
    return package


# --- the contenders


def engine(job, steps):
    with steps("load"), table_in(job, file_column=False) as (connection, table, extract):
        rows = connection.execute_command(f"COPY {table} FROM {text(job.local)} {CSV}")
    return rows, extract, None


def sample(job, steps):
    with steps("download"):
        client, keys = objects(job)
        files = [local_name(job, key) for key in keys]
        for key, path in zip(keys, files):
            client.download_file(BUCKET, key, str(path))
    rows = 0
    with steps("load"), table_in(job, file_column=True) as (connection, table, extract):
        connection.execute_command(f"CREATE TEMPORARY TABLE waiting ({columns()})")
        for path in files:
            connection.execute_command(f"COPY waiting FROM {text(path)} {CSV}")
            rows += connection.execute_command(f"INSERT INTO {table} SELECT *, {text(path)} FROM waiting")
            connection.execute_command("DELETE FROM waiting")
    with steps("package"):
        return rows, extract, pack(job, extract, zipfile.ZIP_DEFLATED)


def python(job, steps):
    with steps("download"):
        files = download_in_lanes(job)
    rows = 0
    with steps("load"), table_in(job, file_column=True) as (connection, table, extract):
        for first in range(0, len(files), FILES_A_STATEMENT):
            selects = [
                f"SELECT *, {text(f's3://{BUCKET}/{key}')} FROM external({text(path)}, COLUMNS => DESCRIPTOR({columns()}), FORMAT => 'csv', "
                "DELIMITER => ',', HEADER => true, \"null\" => '')"
                for key, path in files[first : first + FILES_A_STATEMENT]
            ]
            rows += connection.execute_command(f"INSERT INTO {table} {' UNION ALL '.join(selects)}")
    with steps("package"):
        return rows, extract, pack(job, extract, zipfile.ZIP_STORED)


def python_no_column(job, steps):
    with steps("download"):
        files = download_in_lanes(job)
    with steps("load"), table_in(job, file_column=False) as (connection, table, extract):
        rows = connection.execute_command(
            f"COPY {table} FROM ARRAY[{', '.join(text(path) for _, path in files)}] {CSV}"
        )
    with steps("package"):
        return rows, extract, pack(job, extract, zipfile.ZIP_STORED)


CONTENDERS = {one.__name__: one for one in (engine, sample, python, python_no_column)}


def main():
    name, job, steps = sys.argv[1], Job(**json.loads(sys.argv[2])), Steps()
    rows, extract, package = CONTENDERS[name](job, steps)
    print(
        json.dumps({"rows": rows, "steps": steps.seconds, "extract": str(extract), "package": package and str(package)})
    )


if __name__ == "__main__":
    main()
