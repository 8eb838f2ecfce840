"""The ways that `tabferry backup` is compared with, each a program of its own: peers.py NAME JOB, where JOB is a JSON object
(see Job). Each takes every workbook, published data source and flow of a site, under the extension that the site says, to the
same layout in the same bucket, and writes one JSON line: items, bytes, the seconds of its steps.

    sample   the way of the Lambda sample (peers of its kind work alike): requests, one download after the other, in pieces
             of 1 KiB, to a temporary file, then boto3's upload_file
    library  tableauserverclient with 16 threads, each download in memory (a temporary file where it is large), then boto3's
             upload_fileobj: the best plain Python found

What `sample` keeps of that sample's way: XML lists, a new connection for each request, sequence, pieces. What it does not
keep, so that it does the same work: it stops at three items of a kind and at the first page, assumes every extension, and
leaves every file in /tmp. It also makes a new S3 client for each upload (some 20 ms); here it has one.
"""

import concurrent.futures
import contextlib
import dataclasses
import io
import json
import pathlib
import re
import sys
import tempfile
import time
from email.message import Message
from xml.etree import ElementTree

THREADS = 16
PIECE = 1024
FOLDERS = {"workbooks": "workbooks", "datasources": "published_data_sources", "flows": "prep_flows"}
SINGULAR = {"workbooks": "workbook", "datasources": "datasource", "flows": "flow"}
NS = {"t": "http://tableau.com/api"}


@dataclasses.dataclass
class Job:
    folder: str  # an empty one, to work in
    server: str
    site: str
    token_name: str
    token_secret: str  # of the benchmark's own site
    endpoint: str  # of the S3 server; the credentials are in the environment
    bucket: str
    prefix: str
    large: bool = False  # items that do not belong in memory


class Steps:
    """Seconds by name: with steps("lists"): ..."""

    def __init__(self):
        self.seconds = {}

    @contextlib.contextmanager
    def __call__(self, name):
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - began


def store(job, connections):
    import boto3
    from botocore.config import Config

    style = Config(s3={"addressing_style": "path"}, max_pool_connections=connections)
    return boto3.client("s3", endpoint_url=job.endpoint, config=style)


def key_of(job, kind, luid, name, extension):
    return f"{job.prefix}/{FOLDERS[kind]}/{luid}_{re.sub('[/:]', '_', name)}{extension}"


# --- the sample's way


class Sample:
    def __init__(self, job):
        import requests

        self.requests, self.job = requests, job
        self.base = f"{job.server}/api/3.24"
        asked = {
            "personalAccessTokenName": job.token_name,
            "personalAccessTokenSecret": job.token_secret,
            "site": {"contentUrl": job.site},
        }
        answer = requests.post(f"{self.base}/auth/signin", json={"credentials": asked})
        answer.raise_for_status()
        credentials = ElementTree.fromstring(answer.text).find("t:credentials", NS)
        self.headers = {"X-Tableau-Auth": credentials.get("token")}
        self.site = f"{self.base}/sites/{credentials.find('t:site', NS).get('id')}"

    def items(self, kind):
        found, page, total = [], 1, 1
        while len(found) < total:
            answer = self.requests.get(f"{self.site}/{kind}?pageSize=1000&pageNumber={page}", headers=self.headers)
            answer.raise_for_status()
            root = ElementTree.fromstring(answer.text)
            total = int(root.find("t:pagination", NS).get("totalAvailable"))
            found += [(one.get("id"), one.get("name")) for one in root.iterfind(f".//t:{SINGULAR[kind]}", NS)]
            page += 1
        return found

    def download(self, kind, luid, path):
        """Returns the extension that the site tells."""
        answer = self.requests.get(f"{self.site}/{kind}/{luid}/content", headers=self.headers, stream=True)
        answer.raise_for_status()
        with open(path, "wb") as file:
            for chunk in answer.iter_content(chunk_size=PIECE):
                file.write(chunk)
        told = Message()
        told["Content-Disposition"] = answer.headers["Content-Disposition"]
        return pathlib.PurePath(told.get_filename("")).suffix


def sample(job, steps):
    site, bucket, count, size = Sample(job), store(job, 10), 0, 0
    for kind in FOLDERS:
        with steps("lists"):
            items = site.items(kind)
        for luid, name in items:
            path = pathlib.Path(job.folder, luid)
            with steps("downloads"):
                extension = site.download(kind, luid, path)
            size += path.stat().st_size
            with steps("uploads"):
                bucket.upload_file(str(path), job.bucket, key_of(job, kind, luid, name, extension))
            path.unlink()
            count += 1
    return count, size


# --- the library's way


PACKED = {"workbooks": ".twbx", "datasources": ".tdsx"}


def in_memory(job, endpoint, kind, luid):
    """(a file, its extension by its bytes: the library gives no name beside a file object)"""
    file = io.BytesIO()
    endpoint.download(luid, filepath=file)
    packed = file.getvalue().startswith(b"PK")
    return file, PACKED[kind] if packed else PACKED[kind][:-1]


def on_disk(job, endpoint, kind, luid):
    """The same by the name that the site tells. The file is gone once it is closed."""
    with tempfile.TemporaryDirectory(dir=job.folder) as folder:
        path = endpoint.download(luid, filepath=folder)
        return open(path, "rb"), pathlib.PurePath(path).suffix


def library(job, steps):
    import tableauserverclient as tsc
    from boto3.s3.transfer import TransferConfig

    server = tsc.Server(job.server, use_server_version=True)
    # without threads of its own below our sixteen: quicker, and a third of the memory
    bucket, transfer = store(job, THREADS), TransferConfig(use_threads=False)

    def take(kind, item):
        way = on_disk if job.large or kind == "flows" else in_memory
        file, extension = way(job, getattr(server, kind), kind, item.id)
        with file:
            size = file.seek(0, io.SEEK_END)
            file.seek(0)
            bucket.upload_fileobj(file, job.bucket, key_of(job, kind, item.id, item.name, extension), Config=transfer)
        return size

    with server.auth.sign_in(tsc.PersonalAccessTokenAuth(job.token_name, job.token_secret, job.site)):
        with steps("lists"):
            options = tsc.RequestOptions(pagesize=1000)
            items = [(kind, item) for kind in FOLDERS for item in tsc.Pager(getattr(server, kind), options)]
        with steps("items"), concurrent.futures.ThreadPoolExecutor(THREADS) as lanes:
            sizes = list(lanes.map(lambda one: take(*one), items))
    return len(sizes), sum(sizes)


PEERS = {one.__name__: one for one in (sample, library)}


def main():
    name, job, steps = sys.argv[1], Job(**json.loads(sys.argv[2])), Steps()
    items, size = PEERS[name](job, steps)
    print(json.dumps({"items": items, "bytes": size, "steps": steps.seconds}))


if __name__ == "__main__":
    main()
