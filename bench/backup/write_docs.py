#!/usr/bin/env python3
"""Writes the tables of docs/performance.md out of a whole run: write_docs.py [backup.json [performance.md]]

The tables' places: bench/pages.py.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from pages import bars, main, spread, table  # noqa: E402 (it wants the path above)

NAMES = {"sample": "the sample's way", "library": "tableauserverclient, 16 threads, boto3", "ours": "tabferry"}
KINDS = {
    "downloads": "downloads of content",
    "items": "documents of single items (permissions, connections, favorites ...)",
    "pages": "pages of lists",
    "refused": "asked again: content that was refused the last time",
    "other": "all else",
}


def case_table(case):
    ours = case["contenders"]["ours"]
    rows = [
        [
            NAMES[name],
            spread(one["seconds"]),
            f"{one['seconds']['median'] / ours['seconds']['median']:.2f}",
            spread(one["own_cpu_seconds"]),
            f"{one['own_cpu_seconds']['median'] / ours['own_cpu_seconds']['median']:.2f}",
            f"{one['own_peak_bytes']['max'] / 1e6:,.0f} MB",
        ]
        for name, one in case["contenders"].items()
    ]
    return f"{case['items']:,} items.\n\n" + table(
        ["", "seconds", "x tabferry", "CPU s", "x tabferry", "peak memory"], rows
    )


def memory_table(by_name):
    rows = [
        [by_name[name]["says"], *(f"{value:,.1f}" for value in (one["seconds"]["median"], one["own_cpu_seconds"]["median"])),
         f"{one['own_peak_bytes']['max'] / 1e6:,.0f} MB"]
        for name in ("memory", "memory_big")
        for one in [by_name[name]["contenders"]["ours"]]
    ]  # fmt: skip
    return table(["", "seconds", "CPU s", "peak memory"], rows)


def unchanged_table(told):
    first, second = told["runs"]
    rows = [[KINDS[kind], f"{count:,}"] for kind, count in told["requests"].items()]
    return (
        f"The first backup of the {told['items']:,} items took {first['seconds']:.1f} s, the second {second['seconds']:.1f} s "
        f"({second['own_cpu_seconds']:.1f} CPU s, {second['own_peak_bytes'] / 1e6:,.0f} MB). Its requests:\n\n"
        + table(["", "requests"], rows)
    )


STEPS = {
    "plan": "`backup-plan`, the first one: every list is read, every unit written down",
    "work": "`backup-work`: every item and document",
    "seal": "`backup-seal`",
    "second": "a second `backup`, when nothing has changed",
    "third": "a third one",
    "verify": "`verify latest`",
    "prune": "`prune --keep-last 1`: two snapshots go",
}


def directory_table(told):
    rows = [
        [STEPS[name], f"{run['seconds']:.1f}", f"{run['own_cpu_seconds']:.1f}", f"{run['own_peak_bytes'] / 1e6:,.0f} MB"]
        for name, run in told["runs"].items()
    ]
    return f"{told['items']:,} items with all of their metadata, no latency.\n\n" + table(["", "seconds", "CPU s", "peak memory"], rows)


def machine(result):
    of, by = result["machine"], result["versions"]
    disturbed = max(
        run["other_cpu_seconds"] / run["seconds"]
        for case in result["cases"]
        for one in case["contenders"].values()
        for run in one["runs"]
    )
    return (
        f"{of['processor']}, {of['cores']} cores, {of['memory_bytes'] / 2**30:.0f} GiB; {of['system']}, Linux {of['kernel']}, {of['file_system']}. "
        f"{by['tabferry']} at {by['commit']}; tableauserverclient {by['tableauserverclient']}, boto3 {by['boto3']}, Python {by['python']}, "
        f"versitygw {by['versitygw']}. {result['repeat']} runs of each in turn, ended {result['ended']}; other programs used at most "
        f"{disturbed:.1f} cores meanwhile; ten million additions in Python took {of['loop_seconds'][0]:.2f} s before and "
        f"{of['loop_seconds'][1]:.2f} s after it.\n"
    )


def blocks(result):
    by_name = {case["name"]: case for case in result["cases"]}
    return {
        "backup_machine": machine(result),
        "backup_bars": bars(result),
        "backup_small": case_table(by_name["small"]),
        "backup_large": case_table(by_name["large"]),
        "backup_memory": memory_table(by_name),
        "backup_unchanged": unchanged_table(result["unchanged"]),
        "backup_directory": directory_table(result["directory"]),
    }


if __name__ == "__main__":
    main("backup", "every case, full size, three runs each", blocks)
