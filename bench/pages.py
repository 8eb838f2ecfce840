"""The tables of docs/performance.md: each stands between `<!-- NAME: written by bench/WHO/write_docs.py -->` and `<!-- end -->`; the words
around it are written by hand.
"""

import json
import pathlib
import re
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def spread(values, digits=2):
    return f"**{values['median']:.{digits}f}** ({values['min']:.{digits}f}-{values['max']:.{digits}f})"


def bars(result):
    return table(
        ["", "measured", "wanted", ""],
        [
            [
                bar["bar"],
                f"{bar['value']:.2f} {bar['unit']}",
                f"at {bar['at']} {bar['limit']:.3g} {bar['unit']}",
                "met" if bar["met"] else "**not met**",
            ]
            for bar in result["bars"]
        ],
    )


def put(page, who, written):
    """Each of `written` ({name: table}) into its place on the page; ValueError where a place or a table is missing."""
    block = re.compile(rf"(<!-- (?P<name>\w+): written by bench/{who}/[^>]*-->\n)(.*?)(<!-- end -->)", re.DOTALL)
    text = page.read_text()
    missing = set(written) ^ {found["name"] for found in block.finditer(text)}
    if missing:
        raise ValueError(f"{page}: no block, or no result, for {', '.join(sorted(missing))}")
    page.write_text(block.sub(lambda found: found[1] + written[found["name"]] + found[4], text))


def main(who, whole, blocks):
    """write_docs.py [WHO.json [performance.md]]; `whole`: what a whole run is, in words; `blocks` makes the tables out of a result."""
    source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "build" / "bench" / f"{who}.json"
    target = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else REPOSITORY / "docs" / "performance.md"
    if not source.exists():
        sys.exit(f"{source} is not there: run make bench-{who}")
    result = json.loads(source.read_text())
    if not result["whole"]:
        sys.exit(f"{source} is not of a whole run ({whole}): run make bench-{who}")
    try:
        put(target, who, blocks(result))
    except ValueError as failure:
        sys.exit(str(failure))
    print(f"written: {target}")
