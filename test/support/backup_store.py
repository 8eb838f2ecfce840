"""A snapshot as an independent reader sees it: boto3 or the file system, hashlib and json; no code of ours.

    snapshots(Bucket(s3.client(), "backups", "prefix/"))      # names, oldest first, the incomplete ones too
    snapshot = read_snapshot(Folder(path), name)
    snapshot.objects      # {key below the store's root: size}; of this snapshot's folder
    snapshot.metadata     # {"users": its JSON document}
"""

import concurrent.futures
import dataclasses
import hashlib
import json
import pathlib
import re

NAME = re.compile(r"^backup_tableau_cloud_.+_\d{8}_\d{6}$")
LANES = 8


class Bucket:
    def __init__(self, client, bucket, prefix=""):
        self.client, self.bucket, self.prefix = client, bucket, prefix

    def list(self, below=""):
        """{key: size}"""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + below)
        return {item["Key"].removeprefix(self.prefix): item["Size"] for page in pages for item in page.get("Contents", [])}

    def read(self, key):
        return self.client.get_object(Bucket=self.bucket, Key=self.prefix + key)["Body"].read()

    def write(self, key, data):
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + key, Body=data)

    def remove(self, key):
        self.client.delete_object(Bucket=self.bucket, Key=self.prefix + key)


class Folder:
    def __init__(self, path):
        self.path = pathlib.Path(path)

    def list(self, below=""):
        found = {str(path.relative_to(self.path)): path.stat().st_size for path in self.path.rglob("*") if path.is_file()}
        return {key: size for key, size in found.items() if key.startswith(below)}

    def read(self, key):
        return (self.path / key).read_bytes()

    def write(self, key, data):
        (self.path / key).parent.mkdir(parents=True, exist_ok=True)
        (self.path / key).write_bytes(data)

    def remove(self, key):
        (self.path / key).unlink()


@dataclasses.dataclass
class Snapshot:
    name: str
    objects: dict
    hashes: dict  # key -> sha256, of the folder and of what the manifest names beyond it; None where it is not there
    heads: dict  # key -> the first bytes
    sizes: dict
    manifest: dict
    manifest_bytes: bytes
    metadata: dict  # kind -> document
    texts: dict  # key -> bytes, of all that is neither content nor manifest

    def entries(self, kind):
        return {item["luid"]: item for item in self.manifest["items"] if item["kind"] == kind}

    def named(self):
        """{luid: why} of everything that the manifest says is not saved as it should be."""
        found = {}
        for one in [*self.manifest["items"], *self.manifest["missing"]]:
            if one["status"] in ("failed", "gone", "unavailable"):
                found.setdefault(one.get("luid") or one.get("unit", ""), []).append(one)
        return found


def snapshots(store):
    """The names of all, complete or not, oldest first."""
    folders = {key.partition("/")[0].removesuffix(".work") for key in store.list("backup_")}
    return sorted((name for name in folders if NAME.match(name)), key=lambda name: name[-15:])


def complete(store):
    return [name for name in snapshots(store) if store.list(f"{name}/manifest.json")]


def seal_of(data):
    """(the sha256 that a manifest ends with, that of the bytes before that line)"""
    at = data.rfind(b'"sha256"')
    return json.loads(data)["sha256"], hashlib.sha256(data[:at]).hexdigest()


def is_content(key):
    return re.search(r"/(workbooks|published_data_sources|prep_flows|custom_views|virtual_connections|revisions)/", key)


def read_snapshot(store, name):
    data = store.read(f"{name}/manifest.json")
    manifest = json.loads(data)
    objects = store.list(f"{name}/")
    wanted = set(objects) | {item["key"] for item in manifest["items"] if item.get("key")}
    hashes, heads, sizes, texts = {}, {}, {}, {}

    def read(key):
        try:
            return key, store.read(key)
        except Exception as error:  # noqa: BLE001 (boto3 and the file system say it in their own words)
            if "NoSuchKey" in repr(error) or isinstance(error, FileNotFoundError):
                return key, None
            raise

    with concurrent.futures.ThreadPoolExecutor(LANES) as lanes:
        for key, body in lanes.map(read, sorted(wanted)):
            hashes[key] = None if body is None else hashlib.sha256(body).hexdigest()
            heads[key], sizes[key] = (body or b"")[:64], len(body or b"")
            if body is not None and not is_content(key) and not key.endswith("/manifest.json"):
                texts[key] = body
    metadata = {
        pathlib.PurePath(key).stem: json.loads(body)
        for key, body in texts.items()
        if key.startswith(f"{name}/metadata_tableau/")
    }
    return Snapshot(name, objects, hashes, heads, sizes, manifest, data, metadata, texts)
