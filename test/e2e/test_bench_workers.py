"""The benchmark of one backup by many workers works, and keeps its accounts: the whole of it on a few items. No time is judged."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "bench" / "workers"
ITEMS = 26


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run([sys.executable, BENCH / "run.py", "--quick", "--folder", folder], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done
    return json.loads((folder / "workers.partial.json").read_text())


def test_every_count_of_workers_saves_the_site(told):
    assert [row["workers"] for row in told["rows"]] == [1, 2, 4, 8] and [row["workers"] for row in told["capped"]] == [4, 8]
    for row in told["rows"] + told["capped"]:
        [run] = row["runs"]
        assert run["seconds"] > run["work_seconds"] > 0 and run["requests"] >= ITEMS
    assert told["items"] == ITEMS and len(told["bars"]) == 3 and not told["whole"]
    assert all(row["requests_per_hour"] for row in told["capped"]) and told["rows"][0]["seconds_of_linear"] == 1


def test_the_docs_are_written_from_a_whole_run_only(told, tmp_path):
    docs, source = tmp_path / "performance.md", tmp_path / "workers.json"
    shutil.copy(REPOSITORY / "docs" / "performance.md", docs)
    source.write_text(json.dumps(told))

    def write():
        return subprocess.run([sys.executable, BENCH / "write_docs.py", source, docs], capture_output=True, text=True)

    refused = write()
    assert refused.returncode == 1 and "not of a whole run" in refused.stderr
    source.write_text(json.dumps(told | {"whole": True}))
    assert write().returncode == 0
    assert all(f"{bar['value']:.2f} {bar['unit']}" in docs.read_text() for bar in told["bars"])
    docs.write_text("nothing")
    assert "no block" in write().stderr
