#!/usr/bin/env python3
"""Backing up a site to S3, compared: make bench-backup. Every contender is a whole process, timed from outside, in turn (A B C A B C),
against one made site and one S3 server on this machine; the site waits 40 ms before it answers, the store does not. What each has put
there is compared with what the others have. Nothing here passes or fails by its time. The result is one JSON object
(docs/performance.md says what is in it).
"""

import argparse
import contextlib
import datetime
import hashlib
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE), str(REPOSITORY / "test" / "support"), str(HERE.parent / "publish")]
for variable, place in {
    "TABFERRY": "build/release/tabferry",
    "TABFERRY_SIM": "build/release/tabferry-sim",
    "TABFERRY_WEATHER": "build/release/tabferry-weather",
}.items():
    os.environ.setdefault(variable, str(REPOSITORY / place))

import cases  # noqa: E402 (it wants the path above)
import machine  # noqa: E402
import measure  # noqa: E402
import s3_server  # noqa: E402
import simulator  # noqa: E402
import sites  # noqa: E402
import whole_site  # noqa: E402

BUCKET = "backups"
CONTENT = re.compile(r"/(workbooks|published_data_sources|prep_flows)/([0-9a-f-]{36})_[^/]*$")
MEMORY = pathlib.Path("/dev/shm")  # a file system in memory
BUSY = 0.1  # of a core, used by other programs during a run: more than that is said


class Unequal(Exception):
    """The contenders have not done the same work."""


def say(text):
    print(text, flush=True)


class Bench:
    """One run of the whole: the S3 server, the sites, the cases."""

    def __init__(self, folder, given, on_disk, in_memory):
        self.folder, self.size, self.repeat = folder, given.size, given.repeat
        self.s3, self.on_disk, self.in_memory = on_disk, on_disk, in_memory  # the store of the case under way, and both
        self.peers_only, self.faults = given.peers_only, given.fault
        self.work = folder / "work"

    @staticmethod
    def say(text):
        say(text)

    @staticmethod
    def say_run(name, number, told):
        say(line_of(name, number, told))

    # --- one run

    def environment(self):
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.work),
            "HOME": str(self.work),
            "PAT_SECRET": simulator.TOKEN_SECRET,
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.s3.environment(),
        }

    def our_command(self, sim, memory="", kinds=("workbooks", "datasources", "flows")):
        self.configure(sim, f"s3://{BUCKET}/ours", memory, kinds)
        return [os.environ["TABFERRY"], "backup", "--json"]

    def configure(self, sim, store, memory, kinds):
        config = {
            "sites": {
                "made": {
                    "server": sim.url,
                    "site": simulator.SITE,
                    "auth": {"pat_name": simulator.TOKEN_NAME, "pat_secret": "env:PAT_SECRET"},
                }
            },
            "store": store,
            "s3": {"endpoint": self.s3.url, "path_style": True, "region": self.s3.region},
            "backup": {"kinds": list(kinds)},
            **({"memory": memory} if memory else {}),
        }
        (self.work / "tabferry.yaml").write_text(json.dumps(config))

    def their_command(self, way, case, sim):
        job = {
            "folder": str(self.work),
            "server": sim.url,
            "site": simulator.SITE,
            "token_name": simulator.TOKEN_NAME,
            "token_secret": simulator.TOKEN_SECRET,
            "endpoint": self.s3.url,
            "bucket": BUCKET,
            "prefix": f"{way}/backup",
            "large": case.large,
        }
        return [sys.executable, str(HERE / "peers.py"), way, json.dumps(job)]

    def empty(self):
        """Nothing in the store, nothing in the work folder, nothing left to write."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(mode=0o700)
        client = self.s3.client()
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
            if keys:
                client.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})
        os.sync()

    def once(self, way, case, sim):
        self.empty()
        command = self.our_command(sim, case.memory) if way == "ours" else self.their_command(way, case, sim)
        told = vars(measure.run(command, self.environment(), self.work, [sim.process.pid, self.s3.process.pid]))
        told["steps"] = told.pop("answer").get("steps", {}) if way != "ours" else {}
        return told

    # --- what they have put there

    def stored(self):
        """{luid: (extension, sha256)} of the content in the store."""
        found, objects = {}, self.s3.folder / "objects" / BUCKET
        for path in objects.rglob("*"):
            key = CONTENT.search(str(path))
            if key and path.is_file():
                with open(path, "rb") as file:
                    found[key.group(2)] = (path.suffix, hashlib.file_digest(file, "sha256").hexdigest())
        return found

    def check(self, way, amounts, first):
        now = self.stored()
        if len(now) != amounts.items:
            raise Unequal(f"{way} has stored {len(now)} of {amounts.items} items")
        if first is not None and now != first:
            other = next(luid for luid in first if now.get(luid) != first[luid])
            raise Unequal(f"{way} has stored {other} as {now.get(other)}, the first one as {first[other]}")
        return now

    # --- one case

    def run_case(self, case):
        amounts = case.sites[self.size]
        ways = [way for way in case.ways if not (self.peers_only and way == "ours")]
        if not ways:
            return None
        say(f"\n{case.name}: {case.says}" + ("" if self.size == "full" else f" (here {amounts.items} of {amounts.body_bytes})"))
        path = sites.make(self.folder / "sites", amounts)
        into_cache(path)
        self.s3 = self.in_memory if case.in_memory else self.on_disk
        runs, first = {way: [] for way in ways}, None
        with sites.serve(path, [*([cases.LATENCY] if case.latency else []), *self.faults]) as sim:
            for number in range(1 if case.once else self.repeat):
                for way in ways:
                    told = self.once(way, case, sim)
                    if number == 0:
                        first = self.check(way, amounts, first)
                    runs[way].append(told)
                    self.say_run(way, number, told)
        self.empty()
        self.s3 = self.on_disk
        if case.name.startswith("memory"):
            shutil.rmtree(path)  # it is large, and quickly made again
        contenders = {way: cases.summary(told) for way, told in runs.items()}
        return {
            "name": case.name,
            "says": case.says,
            **vars(amounts),
            "items": amounts.items,
            "equal": True,
            "contenders": contenders,
            "ratios": cases.ratios(contenders),
        }


def into_cache(folder):
    for path in (folder / "content").iterdir():
        with open(path, "rb") as file:
            while file.read(1 << 22):
                pass


def line_of(name, number, told):
    others = told["other_cpu_seconds"] / told["seconds"]
    return (
        f"  {name:8} run {number + 1}  {told['seconds']:7.2f} s   CPU own {told['own_cpu_seconds']:6.2f}  "
        f"servers {told['server_cpu_seconds']:6.2f}   peak own {told['own_peak_bytes'] / 1e6:5.0f} MB"
        + (f"   (others used {others:.1f} cores meanwhile)" if others > BUSY else "")
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [case.name for case in cases.CASES] + list(whole_site.RUNS)
    parser.add_argument("--case", action="append", choices=names, help="only this case; may be given again")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contender (3)")
    parser.add_argument("--size", choices=("full", "quick"), default="full", help="how much there is to back up (full)")
    parser.add_argument(
        "--quick", action="store_true", help="--size quick --repeat 1: whether all of it works, not how fast"
    )
    parser.add_argument("--fault", action="append", default=[], help="more that tabferry-sim is to do wrong")
    parser.add_argument("--peers-only", action="store_true", help="without tabferry")
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=REPOSITORY / "build" / "bench",
        help="where sites and results are kept (build/bench)",
    )
    given = parser.parse_args()
    if given.quick:
        given.size, given.repeat = "quick", 1
    return given


def report(given, folder, results, whole_sites, loops):
    """`whole`: every case at full size with at least 3 runs of each: fit for docs/performance.md."""
    whole = not given.case and given.size == "full" and given.repeat >= 3 and not given.peers_only and not given.fault
    versions = machine.versions(os.environ["TABFERRY"], s3_server.program())
    versions["tableauserverclient"] = importlib.metadata.version("tableauserverclient")
    return {
        "format": 1,
        "benchmark": "backup",
        "whole": whole,
        "size": given.size,
        "repeat": given.repeat,
        "ended": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {**machine.machine(folder), "loop_seconds": loops},
        "versions": versions,
        "cases": results,
        **whole_sites,
        "bars": cases.judge(results, **whole_sites),
    }


@contextlib.contextmanager
def started_stores(folder):
    """Two S3 servers: one keeps its objects on the disk, the other in memory (where there is no such file system: on the disk, too)."""
    in_memory = MEMORY if os.access(MEMORY, os.W_OK) else folder
    with tempfile.TemporaryDirectory(dir=in_memory, prefix="tabferry-bench-") as quick, contextlib.ExitStack() as stack:
        stores = [stack.enter_context(s3_server.start_s3(folder=path)) for path in (folder / "s3", pathlib.Path(quick, "s3"))]
        for store in stores:
            store.client().create_bucket(Bucket=BUCKET)
        yield stores


def say_bars(bars):
    say("")
    for bar in bars:
        met = "met    " if bar["met"] else "NOT MET"
        say(f"  {met}  {bar['value']:8.2f} {bar['unit']} (at {bar['at']} {bar['limit']:.4g})  {bar['bar']}")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers stop, too
    given = arguments()
    folder = given.folder.resolve() / "data" / f"backup-{given.size}"
    (folder / "sites").mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(folder / "s3", ignore_errors=True)
    measure.adopt_orphans()
    wanted = given.case or [case.name for case in cases.CASES] + list(whole_site.RUNS)
    with contextlib.ExitStack() as stack:
        stores = stack.enter_context(started_stores(folder))
        say(f"sites of size {given.size} in {folder} (made where they are not there yet)")
        bench = Bench(folder, given, *stores)
        loops = [machine.loop_seconds()]
        results = [told for case in cases.CASES if case.name in wanted for told in [bench.run_case(case)] if told]
        ours = [] if given.peers_only else [name for name in whole_site.RUNS if name in wanted]
        whole_sites = {name: whole_site.RUNS[name](bench) for name in ours}
        loops.append(machine.loop_seconds())
        shutil.rmtree(bench.work, ignore_errors=True)
    told = report(given, folder, results, whole_sites, loops)
    say_bars(told["bars"])
    if not told["whole"]:
        say("  (not a whole run of all contenders at full size, three times each: this judges nothing)")
    path = given.folder / ("backup.json" if told["whole"] else "backup.partial.json")
    path.write_text(json.dumps(told, indent=1) + "\n")
    say(f"\nwritten: {path}")


if __name__ == "__main__":
    try:
        main()
    except (measure.Failed, Unequal) as failure:
        sys.exit(f"bench: {failure}")
