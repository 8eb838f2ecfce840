"""demo/run does what it says, from its first file to the second backup; in a folder of its own, with the programs under test."""
import os
import pathlib
import subprocess
import sys

from programs import program

DEMO = pathlib.Path(__file__).resolve().parents[2] / "demo" / "run"
RUN = """
import importlib.machinery, importlib.util, pathlib, sys
loader = importlib.machinery.SourceFileLoader("demo_run", sys.argv[1])
demo = importlib.util.module_from_spec(importlib.util.spec_from_loader("demo_run", loader))
loader.exec_module(demo)
demo.FOLDER, demo.PROGRAMS = map(pathlib.Path, sys.argv[2:])
sys.exit(demo.main())
"""


def test_the_demo_publishes_and_backs_up(tmp_path):
    programs = pathlib.Path(program("TABFERRY")).parent
    assert pathlib.Path(program("TABFERRY_SIM")).parent == programs
    run = subprocess.run([sys.executable, "-B", "-c", RUN, DEMO, tmp_path / "demo", programs], capture_output=True, text=True, timeout=300,
                         env=dict(os.environ, TMPDIR=str(tmp_path)))
    assert run.returncode == 0, run.stdout + run.stderr
    first, second = [part.splitlines()[1:4] for part in run.stdout.split("are saved, and its metadata")[1:]]
    everything = int(first[0].split()[-1])
    assert everything > 40
    assert [line.split() for line in first[1:]] == [["Downloaded", str(everything)], ["Taken", "over", "0"]]
    assert [line.split() for line in second[1:]] == [["Downloaded", "1"], ["Taken", "over", str(everything - 1)]]
    assert "is whole: each of its" in run.stdout
    assert "Sales (demo)" in run.stdout.split(" ls latest ")[1]
    for sight in ("report.html", "manifest.json", "index.csv"):
        assert len(list((tmp_path / "demo" / "backups").glob(f"*/{sight}"))) == 2, sight
    for line in run.stdout.split("Where to look:")[1].split("Next, with")[0].split():
        assert not line.startswith(str(tmp_path)) or list(pathlib.Path("/").glob(line.lstrip("/").rstrip(",/"))), line
