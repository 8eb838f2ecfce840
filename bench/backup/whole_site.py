"""What only tabferry does, on a site of 10,000 items with all of their metadata: a second backup when nothing has changed, counted
request by request; and plan, verify and prune of snapshots in a directory.
"""

import os
import re

import cases
import measure
import sites

KINDS = ("workbooks", "datasources", "flows", "metadata")
DOWNLOAD = re.compile(r"/(workbooks|datasources|flows)/\{[^}]+\}/content$")
ITEM = re.compile(r"\{(?!site\})[^}]+\}")
LABELS = re.compile(r"/labels$")  # a POST asks for those of a hundred items: there is no list of them
LISTS = set(
    "users groups groupsets projects workbooks datasources flows views customviews virtualconnections schedules subscriptions "
    "extractrefreshes runflow linked dataalerts webhooks labels labelvalues labelcategories databases tables "
    "collections definitions metrics".split()
)


def made(bench, says):
    amounts = cases.WHOLE_SITE[bench.size]
    bench.say(f"\n{says}" + ("" if bench.size == "full" else f" (here {amounts.items})"))
    return amounts, sites.make(bench.folder / "sites", amounts, plain=False)


def unchanged(bench):
    amounts, path = made(bench, f"unchanged: {cases.UNCHANGED_SAYS}")
    with sites.serve(path) as sim:
        bench.empty()
        runs = [counted(bench, sim, name) for name in ("first", "second")]
    bench.empty()
    requests = split(runs[1]["requests"])
    came = runs[1]["answer"]["downloaded"]
    requests["refused"] = requests["downloads"] - came  # no content came: policy forbids it
    requests["downloads"] = came
    for kind, count in requests.items():
        bench.say(f"  {kind:12} {count:7,}")
    return {
        "says": cases.UNCHANGED_SAYS,
        "items": amounts.items,
        "runs": [{**run, "requests": {f"{m} {r}": n for (m, r), n in run["requests"].items()}} for run in runs],
        "requests": requests,
        "report": runs[1]["answer"],
    }


def counted(bench, sim, name):
    """One backup, with its requests by route."""
    before = sites.counts(sim)
    run = vars(measure.run(bench.our_command(sim, kinds=KINDS), bench.environment(), bench.work, [sim.process.pid]))
    now = sites.counts(sim)
    run["requests"] = {route: count - before.get(route, 0) for route, count in now.items() if count != before.get(route, 0)}
    bench.say_run(name, 0, run)
    return run


def split(requests):
    """Of a backup's requests: downloads of content, documents of single items, pages of lists, and what is left."""
    kinds = {"downloads": 0, "items": 0, "pages": 0, "other": 0}
    for (method, route), count in requests.items():
        if DOWNLOAD.search(route):
            kinds["downloads"] += count
        elif method == "GET" and ITEM.search(route) or LABELS.search(route):
            kinds["items"] += count
        elif method == "GET" and route.rpartition("/")[2] in LISTS:
            kinds["pages"] += count
        else:
            kinds["other"] += count
    return kinds


def directory(bench):
    """A first plan (nothing is there), its work and seal, two more backups; then verify, then prune of all but one."""
    amounts, path = made(bench, f"directory: {cases.DIRECTORY_SAYS}")
    told = {}
    with sites.serve(path) as sim:

        def step(name, *words):
            command = [os.environ["TABFERRY"], *words, "--json"]
            told[name] = vars(measure.run(command, bench.environment(), bench.work, [sim.process.pid]))
            bench.say_run(name, 0, told[name])
            return told[name]["answer"]

        bench.empty()
        bench.configure(sim, f"file://{bench.work / 'store'}", "", KINDS)
        snapshot = step("plan", "backup-plan", "--shards", "1")["snapshot"]
        step("work", "backup-work", "--snapshot", snapshot, "--shard", "0/1")
        step("seal", "backup-seal", "--snapshot", snapshot)
        step("second", "backup")
        step("third", "backup")
        step("verify", "verify", "latest")
        step("prune", "prune", "--keep-last", "1")
    bench.empty()
    return {"says": cases.DIRECTORY_SAYS, "items": amounts.items, "runs": told}


RUNS = {"unchanged": unchanged, "directory": directory}
