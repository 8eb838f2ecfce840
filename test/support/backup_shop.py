"""A workshop whose trade is backup: a made site that is served, a store (a directory, or a bucket of a real S3 server), runs of the
real program, and the judge.

    site = made_site(cache)                         # the folder of a small site, copied from the cache
    with start_sim(data=site, control=True) as sim:
        shop = BackupShop(folder, sim)              # or s3=server
        result = shop.backup()
        assert shop.differences() == []
"""

import json
import os
import pathlib
import shutil
import subprocess

import backup_store
import tableauserverclient as tsc
from backup_faults import less_faults
from backup_judge import judge
from backup_site import read_site
from ferry import TABFERRY, Result, Workshop
from programs import program
from s3_shop import Through
from simulator import PASSWORD, USER

BUCKET = "backups"
# About sixty items of content, and some of all else. Quick enough for a backup in each test.
SMALL = {
    "users": 9, "workbooks": 26, "datasources": 22, "flows": 9, "groups": 5, "members": 4, "projects": 12, "bodies": 6,
    "virtual-connections": 3, "personal": 2, "group-sets": 2, "custom-views": 6, "schedules": 8, "tasks": 6, "flow-tasks": 2,
    "linked-tasks": 1, "subscriptions": 5, "alerts": 2, "webhooks": 3, "favorites": 3, "collections": 2, "labels": 4,
    "warnings": 3, "databases": 2, "pulse": 1, "revisions": 2,
}  # fmt: skip
# The same with lists of two pages.
WIDE = SMALL | {"groups": 1050, "members": 0, "workbooks": 6, "datasources": 4, "flows": 2}
# Short times, so that silence is seen soon.
NETWORK = {"connect_timeout": "3s", "first_byte_timeout": "10s", "stall_timeout": "10s"}


def made_site(cache, amounts=SMALL, extracts=False, seed=11):
    """A new folder with a copy of the made site; it is made once in `cache`."""
    cache = pathlib.Path(cache)
    name = "site-" + "-".join(str(amount) for amount in amounts.values()) + f"-{seed}-{extracts}"
    if not (cache / name).exists():
        flags = [word for flag, amount in amounts.items() for word in (f"--{flag}", str(amount))]
        command = [program("TABFERRY_SIM"), "make", "--data", str(cache / name), "--seed", str(seed), *flags]
        subprocess.run(command + ([] if extracts else ["--no-extracts"]), check=True, timeout=600, stdout=subprocess.DEVNULL)
    copies = cache / "copies"
    copies.mkdir(exist_ok=True)
    return shutil.copytree(cache / name, copies / f"{name}-{len(list(copies.iterdir()))}")


class BackupShop(Workshop):
    """`site`: a running simulator with a control port. `s3`: a running S3 server, or None: the store is a directory."""

    def __init__(self, folder, site, s3=None, prefix="tableau"):
        super().__init__(folder, site)
        self.straight, self.s3, self.prefix = site, s3, prefix
        self.s3_url = s3.url if s3 else None
        self.keys, self.more = {}, {"network": NETWORK}  # below `backup:`; other top-level keys
        self.pat_secret = "env:PAT_SECRET"
        self.worker_auth = None  # of the site
        if s3:
            client = s3.client()
            if BUCKET not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
                client.create_bucket(Bucket=BUCKET)
            self.store = backup_store.Bucket(client, BUCKET, f"{prefix}/" if prefix else "")
        else:
            self.store = backup_store.Folder(self.folder / "store")

    def config(self):
        where = f"s3://{BUCKET}/{self.prefix}" if self.s3 else f"file://{self.folder / 'store'}"
        s3 = {"s3": {"endpoint": self.s3_url, "path_style": True, "region": self.s3.region}} if self.s3 else {}
        sites = super().config()["sites"]
        sites["demo"]["auth"]["pat_secret"] = self.pat_secret
        sites["demo"].update({"worker_auth": self.worker_auth} if self.worker_auth else {})
        return {"sites": sites, "store": where, **s3, "backup": self.keys, **self.more}

    def let_workers_sign_in(self):
        """Several at once, which one token cannot: by a password."""
        path = self.folder / "worker-password"
        path.touch(mode=0o600)
        path.write_text(PASSWORD)
        self.worker_auth = {"username": USER, "password": f"file:{path.name}"}

    def let_publish(self):
        """A data source of two rows, and its template, for a project of the made site."""
        self.put_rows("orders.csv", ["id"], [(1,), (2,)])
        self.table("orders", {"id": "bigint"}, "data/orders.csv")
        with self.straight.client() as server:
            project = next(project for project in tsc.Pager(server.projects) if project.parent_id is None)
        self.settings |= {"name": "Orders", "project": project.name}
        Workshop.write(self)
        self.more["datasources"] = super().config()["datasources"]

    def environment(self, **more):
        return super().environment(**{**(self.s3.environment() if self.s3 else {}), **more})

    def site_through(self, url):
        """From now on tabferry reaches the site at another address; the judge does not."""
        self.site = Through(self.straight, url)

    def s3_through(self, url):
        self.s3_url = url

    def tabferry(self, *words, timeout=300, **more):
        self.write(template=False)
        return self.run(*words, timeout=timeout, **more)

    def backup(self, *words, **more):
        return self.tabferry("backup", "--json", *words, **more)

    def start_with_pid(self, pid_file, *words):
        """Starts it; its process id stands in the file before it runs. (A result comes by finish().)"""
        self.write(template=False)
        script = 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec "$@"'
        return subprocess.Popen(
            ["sh", "-c", script, str(pid_file), TABFERRY, *words], cwd=self.folder, env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    @staticmethod
    def finish(process, timeout=300):
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"tabferry hangs: {process.communicate()}")
        return Result(process.returncode, out, err)

    # --- what is in the store

    def names(self):
        return backup_store.complete(self.store)

    def snapshot(self, name=None):
        """The newest complete one, or that one."""
        return backup_store.read_snapshot(self.store, name or self.names()[-1])

    def age_locks(self, seconds=600):
        """As if the lease had not been renewed for so long: the store's own clock is behind a file's time."""
        for key in self.store.list("locks/"):
            path = self.store.path / key if not self.s3 else self.s3.folder / "objects" / BUCKET / (self.store.prefix + key)
            past = path.stat().st_mtime - seconds
            os.utime(path, (past, past))

    # --- the judge

    def read_site(self):
        """Faults end here."""
        if self.straight.control:
            self.straight.control.clear()
        return read_site(self.straight.url)

    def differences(self, name=None, derived=(), site=None):
        """Of the newest complete snapshot and the site as it is now, less what the log of faults explains."""
        snapshot = self.snapshot(name)
        found = judge(site or self.read_site(), snapshot, derived=derived)
        log = self.straight.control.faults()["log"] if self.straight.control else []
        return [str(difference) for difference in less_faults(found, log, snapshot)]


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
