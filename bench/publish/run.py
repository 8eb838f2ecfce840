#!/usr/bin/env python3
"""Publishing from S3, compared: make bench-publish. Every contender is a whole process, timed from outside, in turn (A B C A B C),
against one S3 server on this machine; what it built is compared with what the others built. Nothing here passes or fails by
its time. The result is one JSON object (docs/performance.md says what is in it).
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import shutil
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path[:0] = [str(HERE), str(REPOSITORY / "test" / "support")]
for variable, place in {
    "TABFERRY": "build/release/tabferry",
    "TABFERRY_WEATHER": "build/release/tabferry-weather",
    "TABFERRY_HYPERD": ".deps/tableauhyperapi/bin/hyper/hyperd",
}.items():
    os.environ.setdefault(variable, str(REPOSITORY / place))

import cases  # noqa: E402 (it wants the path above)
import data  # noqa: E402
import equal  # noqa: E402
import machine  # noqa: E402
import measure  # noqa: E402
import s3_server  # noqa: E402
import weather  # noqa: E402

TABFERRY, HYPERD = os.environ["TABFERRY"], os.environ["TABFERRY_HYPERD"]
BUSY = 0.1  # of a core, used by other programs during a run: more than that is said


def say(text):
    print(text, flush=True)


class Bench:
    """One run of the whole: the server, the data, the cases."""

    def __init__(self, folder, size, repeat, s3, from_disk):
        self.folder, self.repeat, self.s3, self.from_disk = folder, repeat, s3, from_disk
        self.work = folder / "work"
        self.sets = data.make(s3, folder, data.SIZES[size])

    # --- one run

    def environment(self):
        more = {"TABFERRY_S3_ENDPOINT": f"file://{self.s3.folder / 'objects'}"} if self.from_disk else {}
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TMPDIR": str(self.work),
            "TABFERRY_HYPERD": HYPERD,
            "HOME": str(self.work),
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.s3.environment(),
            **more,
        }

    def our_command(self, way, case, endpoint):
        table = {
            "files": (
                f"s3://{data.BUCKET}/{case.objects}/**/*.csv"
                if case.objects == "big"
                else f"s3://{data.BUCKET}/{case.objects}/*.csv"
            ),
            "columns": data.COLUMNS,
            **({"file_column": data.FILE_COLUMN} if way.file_column else {}),
        }
        config = {
            "datasources": {
                "sales": {
                    "name": "sales",
                    "project": "Default",
                    "template": str(self.template(way)),
                    "tables": {data.TABLE: table},
                }
            },
            "sites": {
                "none": {
                    "server": "http://127.0.0.1:1",
                    "site": "",
                    "auth": {"pat_name": "none", "pat_secret": "env:NONE"},
                }
            },
            **({"memory": way.memory} if way.memory else {}),
            **({} if self.from_disk else {"s3": {"endpoint": endpoint, "path_style": True, "region": self.s3.region}}),
        }
        (self.work / "tabferry.yaml").write_text(json.dumps(config))
        return [TABFERRY, "publish", "--json", "--no-publish", "-o", "out"]

    def template(self, way):
        return self.folder / ("template.tdsx" if way.file_column else "template_no_column.tdsx")

    def their_command(self, way, case, endpoint):
        job = {
            "folder": str(self.work),
            "template": str(self.template(way)),
            "engine": str(pathlib.Path(HYPERD).parent),
            "endpoint": endpoint,
            "local": str(self.folder / f"{case.objects}.csv"),
            "prefix": f"{case.objects}/",
        }
        return [sys.executable, str(HERE / "contenders.py"), way.name, json.dumps(job)]

    def answer(self, way, said):
        """What a contender told, in one form."""
        if not way.ours:
            return said
        out = self.work / "out"
        return {
            "rows": said["rows"],
            "steps": {},
            "extract": str(out / "sales.hyper"),
            "package": str(out / "sales.tdsx"),
        }

    def once(self, way, case, endpoint, servers):
        """(the run as a dict, the contender's answer); what it built is still there."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(mode=0o700)
        command = (self.our_command if way.ours else self.their_command)(way, case, endpoint)
        into_cache(
            [self.folder / f"{case.objects}.csv"]
            if way is cases.ENGINE
            else (self.s3.folder / "objects" / data.BUCKET / case.objects).rglob("*.csv")
        )
        os.sync()  # what the one before left to write is not this one's burden
        run = measure.run(command, self.environment(), self.work, servers)
        answer = self.answer(way, run.answer)
        # The engine alone is timed from its start to the end of DETACH: Python's own start is not held against it.
        seconds = answer["steps"]["load"] if way is cases.ENGINE else run.seconds
        told = {**vars(run), "seconds": seconds, "whole_seconds": run.seconds, "steps": answer["steps"]}
        del told["answer"]
        return told, answer

    # --- one case

    @contextlib.contextmanager
    def road(self, case):
        """(the address to use, the pids that serve it)"""
        if not case.weather:
            yield self.s3.url, [self.s3.process.pid]
            return
        with weather.Weather(self.s3.port, *case.weather) as between:
            yield between.url, [self.s3.process.pid, between.process.pid]
        self.weather_told = between.told

    def run_case(self, case):
        of = self.sets[case.objects]
        say(
            f"\n{case.name}: {case.says} ({of['objects']:,} CSV objects, {of['bytes'] / 1e6:,.1f} MB, {of['rows']:,} rows)"
        )
        runs, expected, self.weather_told = {way.name: [] for way in case.ways}, [], None
        with self.road(case) as (endpoint, servers):
            for number in range(self.repeat):
                for way in case.ways:
                    told, answer = self.once(way, case, endpoint, servers)
                    if number == 0:
                        equal.check(way, self.sets[case.objects], answer, expected, str(pathlib.Path(HYPERD).parent))
                    runs[way.name].append(told)
                    say(line(way.name, number, told))
        contenders = {name: cases.summary(told) for name, told in runs.items()}
        return {
            "name": case.name,
            "says": case.says,
            **self.sets[case.objects],
            "weather": list(case.weather),
            "weather_told": self.weather_told,
            "ours_read": "disk" if self.from_disk else "s3",
            "equal": True,
            "contenders": contenders,
            "ratios": cases.ratios(contenders),
        }


def into_cache(paths):
    for path in paths:
        with open(path, "rb") as file:
            while file.read(1 << 22):
                pass


def line(name, number, told):
    others = told["other_cpu_seconds"] / told["whole_seconds"]
    return (
        f"  {name:17} run {number + 1}  {told['seconds']:7.2f} s   CPU own {told['own_cpu_seconds']:6.2f}  hyperd {told['engine_cpu_seconds']:6.2f}  "
        f"server {told['server_cpu_seconds']:5.2f}   peak own {told['own_peak_bytes'] / 1e6:5.0f} MB  hyperd {told['engine_peak_bytes'] / 1e6:5.0f} MB"
        + (f"   (others used {others:.1f} cores meanwhile)" if others > BUSY else "")
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--case",
        action="append",
        choices=[case.name for case in cases.CASES],
        help="only this case; may be given again",
    )
    parser.add_argument("--repeat", type=int, default=3, help="runs of each contender (3)")
    parser.add_argument("--size", choices=list(data.SIZES), default="full", help="how much data (full)")
    parser.add_argument(
        "--quick", action="store_true", help="--size quick --repeat 1: whether all of it works, not how fast"
    )
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=REPOSITORY / "build" / "bench",
        help="where data and results are kept (build/bench)",
    )
    parser.add_argument(
        "--ours-from-disk",
        action="store_true",
        help="tabferry reads the server's folder instead of the server: what S3 itself costs",
    )
    given = parser.parse_args()
    if given.quick:
        given.size, given.repeat = "quick", 1
    return given


def report(given, results, bench, loops):
    """`whole`: every case at full size with at least 3 runs, all through S3: fit for docs/performance.md."""
    whole = not given.case and given.size == "full" and given.repeat >= 3 and not given.ours_from_disk
    return {
        "format": 1,
        "benchmark": "publish",
        "whole": whole,
        "size": given.size,
        "repeat": given.repeat,
        "ended": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {**machine.machine(bench.folder), "loop_seconds": loops},
        "versions": machine.versions(TABFERRY, s3_server.program()),
        "cases": results,
        "bars": cases.judge(results),
    }


def say_bars(bars):
    say("")
    for bar in bars:
        say(
            f"  {'met    ' if bar['met'] else 'NOT MET'}  {bar['value']:6.2f} {bar['unit']} (at {bar['at']} {bar['limit']:g})  {bar['bar']}"
        )


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server stops, too
    given = arguments()
    folder = given.folder.resolve() / "data" / given.size
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    measure.adopt_orphans()
    with s3_server.start_s3(folder=folder / "s3") as s3:
        say(f"data of size {given.size} in {folder} (made where it is not there yet)")
        bench = Bench(folder, given.size, given.repeat, s3, given.ours_from_disk)
        into_cache([TABFERRY, HYPERD])
        loops = [machine.loop_seconds()]
        results = [bench.run_case(case) for case in cases.CASES if not given.case or case.name in given.case]
        loops.append(machine.loop_seconds())
        shutil.rmtree(bench.work, ignore_errors=True)
    told = report(given, results, bench, loops)
    say_bars(told["bars"])
    if not told["whole"]:
        say("  (not a whole run at full size from S3, three times each: this judges nothing)")
    path = given.folder / ("publish.json" if told["whole"] else "publish.partial.json")
    path.write_text(json.dumps(told, indent=1) + "\n")
    say(f"\nwritten: {path}")


if __name__ == "__main__":
    try:
        main()
    except (measure.Failed, equal.Unequal) as failure:
        sys.exit(f"bench: {failure}")
