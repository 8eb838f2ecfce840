"""A workshop of backups by many workers, who sign in by a connected app that the site has.

    with opened(folder, cache) as shop:
        plan = shop.planned("--shards", "2")
        shop.work_at_once(plan["snapshot"], 2)
"""

import contextlib
import json

from backup_shop import BackupShop, made_site
from backup_tiny import TINY
from sim_apps import make_app
from simulator import USER, start_sim

KINDS = {"virtual-connections": 3}


class WorkerShop(BackupShop):
    """A token for everything but the workers, who have a connected app. `auth`, `worker_auth`: other ones."""

    def __init__(self, folder, site, s3=None):
        super().__init__(folder, site, s3)
        with site.client() as server:
            self.client_id, self.secret = make_app(server, "workers")
        self.auth, self.worker_auth = None, self.app()

    def app(self, **changed):
        return {"connected_app": {"client_id": self.client_id, "secret_id": self.secret["id"], "secret_value": "env:APP_SECRET",
                                  "username": USER} | changed}

    def config(self):
        config = super().config()
        config["sites"]["demo"].update({"auth": self.auth} if self.auth else {})
        return config

    def environment(self, **more):
        return super().environment(**{"APP_SECRET": self.secret["value"], **more})

    def tabferry(self, *words, code=None, **more):
        result = super().tabferry(*words, **more)
        assert self.secret["value"] not in result.out + result.err and "eyJ" not in result.out + result.err
        assert code is None or result.code == code, (words, result)
        return result

    def step(self, name, *words, code=0, **more):
        return self.tabferry(f"backup-{name}", "--json", *words, code=code, **more)

    def planned(self, *words):
        return self.step("plan", *words).report

    def work(self, snapshot, *words, code=0, **more):
        return self.step("work", "--snapshot", snapshot, *words, code=code, **more)

    def work_at_once(self, snapshot, of):
        self.write(template=False)
        running = [self.start("backup-work", "--json", "--snapshot", snapshot, "--shard", f"{i}/{of}") for i in range(of)]
        results = [self.finish(one) for one in running]
        assert [result.code for result in results] == [0] * of, results
        return [result.report for result in results]

    def receipts(self, snapshot):
        return [json.loads(line) for key in self.store.list(f"{snapshot}.work/receipts/") for line in self.store.read(key).splitlines()]

    def differences(self, *words, users=(), **more):
        """Less that workers, `users`, have signed in since the plan."""
        of_workers = tuple(f"users {luid}: user/@lastLogin" for luid in users)
        return [one for one in super().differences(*words, **more) if not one.startswith(of_workers or "-")]

    def gaps(self):
        return {gap["kind"]: gap for gap in self.snapshot().manifest["gaps"]}

    def sign_ins(self):
        return sum(route["count"] for route in self.straight.control.requests()["routes"] if route["route"] == "auth/signin")

    def refused(self):
        """What the site has refused to those who are signed in, or would be."""
        return {(route["method"], route["route"]): route["statuses"] for route in self.straight.control.requests()["routes"]
                if "401" in route["statuses"]}


@contextlib.contextmanager
def opened(folder, cache, s3=None, flags=("--profile", "cloud")):
    with start_sim(*flags, data=made_site(cache, TINY | KINDS), control=True) as sim:
        yield WorkerShop(folder, sim, s3)
