#!/usr/bin/env python3
"""Writes the tables of docs/performance.md out of a whole run: write_docs.py [workers.json [performance.md]]"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

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


def blocks(result):
    return {"workers_machine": machine(result), "workers_bars": pages.bars(result), "workers_rows": rows(result)}


if __name__ == "__main__":
    pages.main("workers", "full size, three runs each", blocks)
