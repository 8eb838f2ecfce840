#!/usr/bin/env python3
"""Writes the tables of docs/performance.md out of a whole run: write_docs.py [workers.json [performance.md]]"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

import pages  # noqa: E402 (it wants the path above)


def row(one, first):
    faster = {name: first[name]["median"] / one[name]["median"] for name in ("work_seconds", "seconds")}
    return [
        f"{one['workers']}",
        f"{one['requests_per_hour']:,}" if one["requests_per_hour"] else "",
        f"{one['requests']:,}",
        pages.spread(one["work_seconds"], 1),
        f"{faster['work_seconds']:.2f}",
        pages.spread(one["seconds"], 1),
        f"{faster['seconds']:.2f}",
        f"{faster['seconds'] / one['workers']:.2f}",
        f"{one['cores']['max']:.1f}",
    ]


def rows(result):
    heads = ["workers", "budget an hour", "requests of the work", "work, s", "x", "whole backup, s", "x", "of linear", "cores at work"]
    return f"{result['items']:,} items.\n\n" + pages.table(heads, [row(one, result["rows"][0]) for one in result["rows"] + result["capped"]])


def machine(result):
    of, by = result["machine"], result["versions"]
    return (
        f"{of['processor']}, {of['cores']} cores, {of['memory_bytes'] / 2**30:.0f} GiB; {of['system']}, Linux {of['kernel']}. {by['tabferry']} at "
        f"{by['commit']}. {result['repeat']} runs of each, ended {result['ended']}; ten million additions in Python took "
        f"{of['loop_seconds'][0]:.2f} s before and {of['loop_seconds'][1]:.2f} s after it.\n"
    )


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build" / "bench" / "workers.json"
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else REPOSITORY / "docs" / "performance.md"
    if not source.exists():
        sys.exit(f"{source} is not there: run make bench-workers")
    result = json.loads(source.read_text())
    if not result["whole"]:
        sys.exit(f"{source} is not of a whole run (full size, three runs each): run make bench-workers")
    try:
        pages.put(target, "workers", {"workers_machine": machine(result), "workers_bars": pages.bars(result), "workers_rows": rows(result)})
    except ValueError as failure:
        sys.exit(str(failure))
    print(f"written: {target}")


if __name__ == "__main__":
    main()
