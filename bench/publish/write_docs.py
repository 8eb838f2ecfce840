#!/usr/bin/env python3
"""Writes the tables of docs/performance.md out of a whole run: write_docs.py [publish.json [performance.md]]

The tables' places: bench/pages.py.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from pages import bars, main, spread, table  # noqa: E402 (it wants the path above)

NAMES = {
    "engine": "the engine alone",
    "sample": "the sample's way",
    "python": "best plain Python",
    "python_no_column": "best plain Python, no file column",
    "ours": "tabferry",
    "ours_no_column": "tabferry, no file column",
}


def megabytes(values):
    return f"{values['max'] / 1e6:,.0f} MB"


def case_table(case):
    ours = case["contenders"]["ours"]["seconds"]["median"]
    rows = []
    for name, one in case["contenders"].items():
        steps = ", ".join(f"{step} {took:.1f}" for step, took in one["steps"].items()) if len(one["steps"]) > 1 else ""
        rows.append(
            [
                NAMES[name],
                spread(one["seconds"]),
                f"{one['seconds']['median'] / ours:.2f}",
                f"{one['own_cpu_seconds']['median']:.2f}",
                f"{one['engine_cpu_seconds']['median']:.2f}",
                megabytes(one["own_peak_bytes"]),
                megabytes(one["engine_peak_bytes"]),
                steps,
            ]
        )
    size = f"{case['objects']:,} objects, {case['bytes'] / 1e6:,.0f} MB, {case['rows']:,} rows.\n\n"
    return size + table(
        ["", "seconds", "x tabferry", "own CPU s", "hyperd CPU s", "own peak", "hyperd peak", "steps, s"], rows
    )


def machine(result):
    of, by = result["machine"], result["versions"]
    disturbed = max(
        run["other_cpu_seconds"] / run["whole_seconds"]
        for case in result["cases"]
        for one in case["contenders"].values()
        for run in one["runs"]
    )
    return (
        f"{of['processor']}, {of['cores']} cores, {of['memory_bytes'] / 2**30:.0f} GiB; {of['system']}, Linux {of['kernel']}, {of['file_system']}. "
        f"{by['tabferry']} at {by['commit']}; tableauhyperapi {by['tableauhyperapi']}, boto3 {by['boto3']}, Python {by['python']}, versitygw {by['versitygw']}. "
        f"{result['repeat']} runs of each in turn, ended {result['ended']}; other programs used at most {disturbed:.1f} cores meanwhile; "
        f"ten million additions in Python took {of['loop_seconds'][0]:.2f} s before and {of['loop_seconds'][1]:.2f} s after it.\n"
    )


def blocks(result):
    return {
        "machine": machine(result),
        "bars": bars(result),
        **{case["name"]: case_table(case) for case in result["cases"]},
    }


if __name__ == "__main__":
    main("publish", "every case, full size, three runs each, from S3", blocks)
