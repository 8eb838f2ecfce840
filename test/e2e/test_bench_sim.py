"""The simulator's benchmark measures what it says, on a small site. No time is judged."""

import os
import pathlib
import re
import subprocess
import sys

RUN = pathlib.Path(__file__).resolve().parents[2] / "bench" / "simulator" / "run.py"


def test_it_measures_starts_pages_clients_and_memory():
    done = subprocess.run([sys.executable, RUN, "--items", "4000", "--repeat", "1", "--program", os.environ["TABFERRY_SIM"]],
                          capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()[2:]]
    names = [name for name, _, _ in rows]
    assert names[0] == "demo site: start" and re.fullmatch(r"[\d,]{5} items: make", names[1])
    for part in ("items: start", "workbooks, page 1 of", "views, page 2 of 2&fields=_all_", "clients: pages", "peak memory"):
        assert any(part in name for name in names), (part, names)
    assert all(float(seen.split()[0].replace(",", "")) > 0 for _, seen, _ in rows)
