"""The publishing benchmark compares equal work and keeps its accounts right: the whole of it on a few rows. No time is judged."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "bench" / "publish"
CONTENDERS = {
    "plain": ["engine", "sample", "python", "python_no_column", "ours", "ours_no_column"],
    "weather": ["sample", "python", "ours"],
    "small": ["engine", "sample", "python", "ours"],
    "memory": ["ours"],
    "memory_big": ["ours"],
}


def bench(folder, *words):
    return subprocess.run(
        [sys.executable, BENCH / "run.py", "--size", "tiny", "--repeat", "1", "--folder", folder, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where every case was run once, tabferry reading from S3."""
    folder = tmp_path_factory.mktemp("bench")
    done = bench(folder)
    assert done.returncode == 0, done
    return folder


@pytest.fixture
def told(folder):
    return json.loads((folder / "publish.partial.json").read_text())


@pytest.fixture
def data(folder, tmp_path):
    """A copy of what that run has made; --folder is its grandparent."""
    return pathlib.Path(shutil.copytree(folder / "data" / "tiny", tmp_path / "data" / "tiny"))


def test_every_contender_does_equal_work_in_every_case(told):
    assert {case["name"]: list(case["contenders"]) for case in told["cases"]} == CONTENDERS
    assert [(case["objects"], case["rows"]) for case in told["cases"]] == [
        (3, 120),
        (3, 120),
        (5, 35),
        (3, 120),
        (6, 240),
    ]
    for case in told["cases"]:
        for one in case["contenders"].values():
            [run] = one["runs"]
            assert 0 < run["seconds"] <= run["whole_seconds"]
            assert (
                run["engine_cpu_seconds"] > 0 and run["engine_peak_bytes"] > 50e6
            ), "hyperd was seen and is not counted as the program"
            assert 1e6 < run["own_peak_bytes"] < run["engine_peak_bytes"]
    assert len(told["bars"]) == 11 and not told["whole"]


def test_unequal_work_is_found(data, tmp_path):
    """One digit of the engine's file is another: the others load what the server has."""
    path = data / "plain.csv"
    path.write_text(path.read_text().replace("10000000007,", "10000000907,", 1))
    done = bench(tmp_path, "--case", "plain")
    assert done.returncode == 1 and "holds other rows" in done.stderr, done


def test_a_contender_that_fails_ends_the_bench_with_its_words(data, tmp_path):
    (data / "plain.csv").write_text("id\nx\n")
    done = bench(tmp_path, "--case", "plain")
    assert done.returncode == 1 and "ended with code 1" in done.stderr and "HyperException" in done.stderr, done
    assert not list(tmp_path.glob("*.json"))


def test_tabferry_can_read_the_servers_folder_instead(data, tmp_path):
    done = bench(tmp_path, "--case", "memory", "--ours-from-disk")
    assert done.returncode == 0, done
    [case] = json.loads((tmp_path / "publish.partial.json").read_text())["cases"]
    assert case["ours_read"] == "disk"
    assert data.exists()


MEASURED = """
import json, subprocess, sys, time
burn = "import time\\nwhile time.process_time() < {}: pass"
child = subprocess.Popen([sys.executable, "-c", burn.format(1.0)])     # never waited for: it outlives this one
exec(burn.format(0.3))
print(json.dumps({"rows": 1}))
"""
MEASURE = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import measure
measure.adopt_orphans()
run = measure.run([sys.executable, "-c", sys.argv[2]], dict(os.environ), sys.argv[3])
print(json.dumps(vars(run)))
"""


def test_cpu_time_goes_to_the_one_that_used_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, BENCH, MEASURED, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    run = json.loads(done.stdout)
    assert 0.28 <= run["own_cpu_seconds"] < 0.6, run
    assert 0.98 <= run["engine_cpu_seconds"] < 1.5, "a child that outlives the program is waited for and counted"
    assert run["answer"] == {"rows": 1}


def test_the_docs_are_written_from_a_whole_run_only(told, tmp_path):
    docs, source = tmp_path / "performance.md", tmp_path / "publish.json"
    shutil.copy(REPOSITORY / "docs" / "performance.md", docs)
    source.write_text(json.dumps(told))
    refused = subprocess.run([sys.executable, BENCH / "write_docs.py", source, docs], capture_output=True, text=True)
    assert refused.returncode == 1 and "not of a whole run" in refused.stderr
    source.write_text(json.dumps({**told, "whole": True}))
    subprocess.run([sys.executable, BENCH / "write_docs.py", source, docs], check=True, capture_output=True)
    # The page has the tables of other benchmarks too, behind these.
    text = docs.read_text().partition("written by bench/backup/")[0]
    for bar in told["bars"]:
        assert f"{bar['value']:.2f} {bar['unit']}" in text
    assert text.count("| tabferry | **") == len(told["cases"]) and "Not measured yet" not in text
