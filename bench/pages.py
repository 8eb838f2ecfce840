"""The tables of docs/performance.md: each stands between `<!-- NAME: written by bench/WHO/write_docs.py -->` and `<!-- end -->`; the words
around it are written by hand.
"""

import re


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
