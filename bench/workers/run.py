#!/usr/bin/env python3
"""One backup by 1, 2, 4 and 8 workers: make bench-workers. Each is a whole backup as an engine drives it: backup-plan, so many backup-work
processes at once, backup-seal, into a directory that was empty. The site waits 400 ms before it answers anything, and a worker has two
requests on their way at a time; so waiting is what workers share, and the machine's cores are not asked for much (the CPU
seconds are told). Then with a budget of requests that caps them. Nothing here passes or fails by its time. The result is one JSON
object (docs/performance.md says what is in it).
"""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE), str(REPOSITORY / "test" / "support"), str(HERE.parent / "backup"), str(HERE.parent / "publish")]
for variable, place in {"TABFERRY": "build/release/tabferry", "TABFERRY_SIM": "build/release/tabferry-sim"}.items():
    os.environ.setdefault(variable, str(REPOSITORY / place))

import cases  # noqa: E402 (it wants the path above)
import machine  # noqa: E402
import measure  # noqa: E402
import s3_server  # noqa: E402
import simulator  # noqa: E402
import sites  # noqa: E402

WIDTH = 2
LATENCY_SECONDS = {"full": 0.4, "quick": 0.04}
WORKERS = (1, 2, 4, 8)
CAPPED = (4, 8)  # workers, of those that a budget holds back
SITES = {"full": cases.CASES[0].sites["full"], "quick": cases.CASES[0].sites["quick"]}
KINDS = ["workbooks", "datasources", "flows"]
LEAST = 0.8  # of linear


class Failed(Exception):
    pass


def say(text):
    print(text, flush=True)


class Farm:
    """One site, and backups of it."""

    def __init__(self, folder, amounts, sim):
        self.folder, self.amounts, self.sim = folder / "work", amounts, sim

    def configure(self, name, budget, **backup):
        config = {
            "sites": {"made": {"server": self.sim.url, "site": simulator.SITE,
                               "auth": {"username": simulator.USER, "password": "env:SITE_PASSWORD"}}},
            "store": f"file://{self.folder / 'store'}",
            "backup": {"kinds": KINDS, **backup},
            "limits": {"requests_per_hour": budget or 0},
        }  # fmt: skip
        (self.folder / name).write_text(json.dumps(config))

    def environment(self):
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": str(self.folder), "SITE_PASSWORD": simulator.PASSWORD}

    def begin(self, step, config, *words):
        return subprocess.Popen(
            [os.environ["TABFERRY"], f"backup-{step}", "--json", "--quiet", "-c", config, *words],
            cwd=self.folder, env=self.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    @staticmethod
    def end(process):
        out, err = process.communicate()
        if process.returncode != 0:
            raise Failed(f"{' '.join(process.args)} ended with code {process.returncode}: {out[-1000:]} {err[-2000:]}")
        return json.loads(out)

    def requests(self):
        return sum(sites.counts(self.sim).values())

    def backup(self, workers, budget=None):
        """{"work_seconds", "seconds", ...} of one; the work is told apart."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        self.configure("tabferry.yaml", budget)  # of plan and seal
        self.configure("worker.yaml", budget, concurrency=WIDTH)
        cpu, began = measure.machine_cpu_seconds(), time.monotonic()
        snapshot = self.end(self.begin("plan", "tabferry.yaml", "--shards", str(workers)))["snapshot"]
        asked, work_began = self.requests(), time.monotonic()
        shards = [self.begin("work", "worker.yaml", "--snapshot", snapshot, "--shard", f"{i}/{workers}") for i in range(workers)]
        done = sum(self.end(shard)["done"] for shard in shards)
        work_seconds, asked = time.monotonic() - work_began, self.requests() - asked
        sealed = self.end(self.begin("seal", "tabferry.yaml", "--snapshot", snapshot))
        seconds = time.monotonic() - began
        manifest = json.loads((self.folder / "store" / snapshot / "manifest.json").read_text())
        saved = sum(item["status"] == "done" for item in manifest["items"])
        if sealed["status"] != "done" or saved != self.amounts.items:
            raise Failed(f"{saved} of {self.amounts.items} items are in the snapshot, {done} units were done: {sealed}")
        cores = (measure.machine_cpu_seconds() - cpu) / seconds
        return {"work_seconds": work_seconds, "seconds": seconds, "requests": asked, "cores": cores}


def row(farm, workers, repeat, budget=None):
    runs = []
    for number in range(repeat):
        run = farm.backup(workers, budget)
        runs.append(run)
        say(f"  {workers} workers{', budget' if budget else ''}  run {number + 1}  {run['seconds']:6.1f} s, work {run['work_seconds']:6.1f} s, "
            f"{run['requests']} requests; {run['cores']:.1f} cores at work on the whole machine")  # fmt: skip
    spreads = {name: cases.spread([run[name] for run in runs]) for name in ("work_seconds", "seconds", "cores")}
    return {"workers": workers, "requests_per_hour": budget, **spreads, "requests": runs[0]["requests"], "runs": runs}


def compared(rows):
    """The speed-up of each over the first, and what it is of a linear one."""
    first = rows[0]
    for one in rows:
        for name in ("work_seconds", "seconds"):
            one[f"{name}_of_linear"] = first[name]["median"] / one[name]["median"] / one["workers"]
    return rows


def budget_for(requests, latency_seconds):
    """So many an hour that the work takes a third of one worker's time: a tenth may go out at once, the rest evenly."""
    return round(requests / (requests * latency_seconds / WIDTH / 3 / 3600 + 0.1))


def bars(rows):
    return [
        {"bar": f"{one['workers']} workers: the whole backup's speed-up, of linear", "value": one["seconds_of_linear"], "limit": LEAST,
         "at": "least", "unit": "x", "met": one["seconds_of_linear"] >= LEAST}
        for one in rows[1:]
    ]  # fmt: skip


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each (3)")
    parser.add_argument("--size", choices=SITES, default="full", help="how much there is to back up (full)")
    parser.add_argument("--quick", action="store_true", help="--size quick --repeat 1: whether all of it works, not how fast")
    parser.add_argument("--folder", type=pathlib.Path, default=REPOSITORY / "build" / "bench", help="where the site and the result are kept (build/bench)")
    given = parser.parse_args()
    if given.quick:
        given.size, given.repeat = "quick", 1
    return given


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the site stops, too
    given = arguments()
    amounts, latency = SITES[given.size], LATENCY_SECONDS[given.size]
    folder = given.folder.resolve() / "data" / f"workers-{given.size}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = folder.parent / f"backup-{given.size}" / "sites"  # the same as bench-backup's
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    site = sites.make(kept, amounts)
    say(f"{amounts.items} items, {latency * 1000:.0f} ms a request, {WIDTH} at a time a worker")
    loops = [machine.loop_seconds()]
    with sites.serve(site, [f"latency={latency * 1000:.0f}ms@1+"]) as sim:
        farm = Farm(folder, amounts, sim)
        rows = compared([row(farm, workers, given.repeat) for workers in WORKERS])
        budget = budget_for(rows[-1]["requests"], latency) * (1 if given.size == "full" else 2)  # few requests would be caught by it singly
        capped = [row(farm, workers, given.repeat, budget) for workers in CAPPED]
    loops.append(machine.loop_seconds())
    shutil.rmtree(folder)
    told = {
        "format": 1,
        "benchmark": "workers",
        "whole": given.size == "full" and given.repeat >= 3,
        "items": amounts.items,
        "latency_seconds": latency,
        "width": WIDTH,
        "repeat": given.repeat,
        "ended": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {**machine.machine(given.folder), "loop_seconds": loops},
        "versions": machine.versions(os.environ["TABFERRY"], s3_server.program()),
        "rows": rows,
        "capped": capped,
        "bars": bars(rows),
    }
    for bar in told["bars"]:
        say(f"  {'met    ' if bar['met'] else 'NOT MET'}  {bar['value']:.2f} (at least {bar['limit']})  {bar['bar']}")
    path = given.folder / ("workers.json" if told["whole"] else "workers.partial.json")
    path.write_text(json.dumps(told, indent=1) + "\n")
    say(f"\nwritten: {path}")


if __name__ == "__main__":
    try:
        main()
    except Failed as failure:
        sys.exit(f"bench: {failure}")
