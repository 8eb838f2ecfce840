"""Backups that are killed at their n-th request, and resumed: by tabferry-weather before the site, or before the store.

    kill_and_resume(folder, cache, "site", 57)

What is proved each time: one complete snapshot, equal to the site, clean by `verify --full`; and nothing was downloaded twice
that had a receipt when the process died (receipts: in the store; downloads: the simulator's own log).
"""

import json
import os
import random
import re

from backup_shop import SMALL, BackupShop, made_site
from simulator import start_sim
from weather import Weather

# A fault that harms nothing and so logs every download: its path tells the item.
WITNESS = "latency=1ms@1+ on GET **/content"
DOWNLOAD = re.compile(r"/(workbooks|datasources|flows|customviews)/([0-9a-f-]{36})/content$")
SIDES = ("site", "store")
PATIENCE = 300


def downloads(sim):
    """{(kind, luid): how often} so far"""
    found = {}
    for entry in sim.control.faults()["log"]:
        asked = DOWNLOAD.search(entry["path"])
        if asked and entry["fault"] == WITNESS:
            key = asked.group(1).replace("customviews", "custom_views"), asked.group(2)
            found[key] = found.get(key, 0) + 1
    return found


def receipts(store):
    """{(kind, luid)} of the content that a receipt in the store says is there."""
    found = set()
    for key in store.list("backup_"):
        if ".work/receipts/" in key:
            for line in store.read(key).decode().splitlines():
                told = json.loads(line)
                if told.get("outcome", told.get("status")) == "done" and told.get("key"):
                    kind, _, luid = told["unit"].partition("/")
                    found.add((kind, luid))
    return found


class Killing:
    """One site and one store, and weather before one of them."""

    def __init__(self, folder, sim, s3, side):
        folder.mkdir(exist_ok=True)
        self.shop, self.side, self.sim = BackupShop(folder, sim, s3, prefix=folder.name), side, sim
        self.pid_file = folder / "pid"
        self.port = int((sim.url if side == "site" else s3.url).rsplit(":", 1)[1])

    def through(self, weather):
        (self.shop.site_through if self.side == "site" else self.shop.s3_through)(weather.url)

    def count(self):
        """How many requests a whole backup makes on that side."""
        with Weather(self.port) as weather:
            self.through(weather)
            result = self.shop.backup()
            assert result.code == 0, result
            return weather.stop()["requests"]

    def killed(self, number):
        """Whether it came to that request; the process is dead behind it. The weather stays for the resuming run."""
        with Weather(self.port, "--kill", f"{self.pid_file}@{number}") as weather:
            self.through(weather)
            first = self.shop.finish(self.shop.start_with_pid(self.pid_file, "backup", "--json"), PATIENCE)
            died = first.code == -9
            had, before, complete = receipts(self.shop.store), downloads(self.sim), self.shop.names()
            self.pid_file.unlink()
            result = self.resumed()
        self.shop.site_through(self.sim.url)
        self.shop.s3_through(self.shop.s3.url)
        self.check(number, first, died, had, before, complete, result)
        return died

    def resumed(self):
        result = self.shop.backup()
        if result.code == 5:  # it died before its plan: nobody can know that it is dead, until its lease has run out
            assert re.search("lease|lock|run", result.message + result.err), result
            self.shop.age_locks()
            result = self.shop.backup()
        return result

    def check(self, number, first, died, had, before, complete, result):
        where = f"killed at request {number} of the {self.side}: {first}"
        assert died or first.code == 0, where
        assert result.code == 0, f"{where}\nthen {result}"
        names = self.shop.names()
        if died and not complete:
            assert len(names) == 1, f"{where}: {names}"
            now = downloads(self.sim)
            twice = [key for key in had if now.get(key, 0) > before.get(key, 0)]
            assert not twice, f"{where}: these had a receipt and were downloaded again: {twice}"
        # what was stored and had no receipt yet was stored again, beside it: "a file that no manifest names is harmless"
        differences = [one for one in self.shop.differences() if not (died and one.endswith(": is named by nothing"))]
        assert not differences, f"{where}\n" + "\n".join(differences[:20])
        verified = self.shop.tabferry("verify", "latest", "--full", "--json")
        assert verified.code == 0, f"{where}\nthen {verified}"


def kill_and_resume(folder, cache, s3, side, number, amounts=SMALL):
    """On a site and in a bucket's folder of its own; whether the process died there."""
    with start_sim(data=made_site(cache, amounts), faults=[WITNESS]) as sim:
        return Killing(folder, sim, s3, side).killed(number)


def whole_count(folder, cache, s3, side, amounts=SMALL):
    with start_sim(data=made_site(cache, amounts), faults=[WITNESS]) as sim:
        return Killing(folder, sim, s3, side).count()


def spread(count, total, seed):
    """So many numbers, one in each of as many equal parts of the run."""
    chance = random.Random(seed)
    return [1 + int((part + chance.random()) * (total - 1) / count) for part in range(count)]


def kill_all_over(folder, cache, s3, side, count):
    """So many runs, each killed in another part of it and resumed."""
    seed = int(os.environ.get("TABFERRY_TEST_SEED") or random.randrange(1 << 32))
    total = whole_count(folder / f"{side}-whole", cache, s3, side)
    numbers = spread(count, total, seed)
    print(f"seed {seed} (TABFERRY_TEST_SEED): of {total} requests to the {side} {numbers}")
    died = [kill_and_resume(folder / f"{side}-{number}", cache, s3, side, number) for number in numbers]
    assert sum(died) >= count - 1, died  # the last one may come behind the last request of a run that took fewer
