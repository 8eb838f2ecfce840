#!/usr/bin/env python3
"""Writes the tables of docs/performance.md out of a whole run: write_docs.py [publish.json [performance.md]]

A table stands between `<!-- NAME: written by bench/publish/write_docs.py -->` and `<!-- end -->`; the words around it are written by hand.
"""

import json
import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(<!-- (?P<name>\w+): written by bench/publish/[^>]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
NAMES = {
    "engine": "the engine alone",
    "sample": "the sample's way",
    "python": "best plain Python",
    "python_no_column": "best plain Python, no file column",
    "ours": "tabferry",
    "ours_no_column": "tabferry, no file column",
}


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def seconds(spread):
    return f"**{spread['median']:.2f}** ({spread['min']:.2f}-{spread['max']:.2f})"


def megabytes(spread):
    return f"{spread['max'] / 1e6:,.0f} MB"


def case_table(case):
    ours = case["contenders"]["ours"]["seconds"]["median"]
    rows = []
    for name, one in case["contenders"].items():
        steps = ", ".join(f"{step} {took:.1f}" for step, took in one["steps"].items()) if len(one["steps"]) > 1 else ""
        rows.append(
            [
                NAMES[name],
                seconds(one["seconds"]),
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


def bars(result):
    return table(
        ["", "measured", "wanted", ""],
        [
            [
                bar["bar"],
                f"{bar['value']:.2f} {bar['unit']}",
                f"at {bar['at']} {bar['limit']:g} {bar['unit']}",
                "met" if bar["met"] else "**not met**",
            ]
            for bar in result["bars"]
        ],
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


def main():
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build" / "bench" / "publish.json"
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else REPOSITORY / "docs" / "performance.md"
    if not source.exists():
        sys.exit(f"{source} is not there: run make bench-publish")
    result = json.loads(source.read_text())
    if not result["whole"]:
        sys.exit(
            f"{source} is not of a whole run (every case, full size, three runs each, from S3): run make bench-publish"
        )
    written = blocks(result)
    text = target.read_text()
    missing = set(written) ^ {found["name"] for found in BLOCK.finditer(text)}
    if missing:
        sys.exit(f"{target}: no block, or no result, for {', '.join(sorted(missing))}")
    target.write_text(BLOCK.sub(lambda found: found[1] + written[found["name"]] + found[4], text))
    print(f"written: {target}")


if __name__ == "__main__":
    main()
