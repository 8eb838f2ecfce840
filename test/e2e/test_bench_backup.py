"""The backup benchmark compares equal work and keeps its accounts right: the whole of it on a few items. No time is judged."""

import json
import pathlib
import shutil
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "bench" / "backup"
CONTENDERS = {
    "small": ["sample", "library", "ours"],
    "large": ["sample", "library", "ours"],
    "memory": ["ours"],
    "memory_big": ["ours"],
}


def bench(folder, *words):
    return subprocess.run(
        [sys.executable, BENCH / "run.py", "--quick", "--folder", folder, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where every case was run once."""
    folder = tmp_path_factory.mktemp("bench")
    done = bench(folder)
    assert done.returncode == 0, done
    return folder


@pytest.fixture
def told(folder):
    return json.loads((folder / "backup.partial.json").read_text())


def test_every_contender_does_equal_work_in_every_case(told):
    assert {case["name"]: list(case["contenders"]) for case in told["cases"]} == CONTENDERS
    for case in told["cases"]:
        for one in case["contenders"].values():
            [run] = one["runs"]
            assert run["seconds"] > 0 and run["own_cpu_seconds"] > 0 and run["server_cpu_seconds"] > 0
            assert run["own_peak_bytes"] > 1e6
    assert len(told["bars"]) == 12 and not told["whole"]


def test_the_second_backup_is_counted_request_by_request(told):
    first, second = told["unchanged"]["runs"]
    assert any(route.endswith("/content") for route in first["requests"])
    requests = told["unchanged"]["requests"]
    assert sum(requests.values()) == sum(second["requests"].values())
    assert requests["pages"] > 0 and requests["items"] > 0


def test_steps_in_a_directory_are_told_one_by_one(told):
    runs = told["directory"]["runs"]
    assert list(runs) == ["plan", "work", "seal", "second", "third", "verify", "prune"]
    assert runs["verify"]["answer"]["status"] == "done" and [one["stays"] for one in runs["prune"]["answer"]["snapshots"]] == [False, False, True], runs


def test_unequal_work_is_found(tmp_path):
    """A peer that leaves out a kind."""
    copy = tmp_path / "backup"
    shutil.copytree(BENCH, copy)
    shutil.copytree(BENCH.parent / "publish", tmp_path / "publish")
    peers = copy / "peers.py"
    peers.write_text(peers.read_text().replace(', "flows": "prep_flows"}', "}", 1))
    run = copy / "run.py"
    run.write_text(run.read_text().replace("REPOSITORY = HERE.parents[1]", f"REPOSITORY = pathlib.Path({str(REPOSITORY)!r})"))
    done = subprocess.run(
        [sys.executable, run, "--quick", "--peers-only", "--case", "small", "--folder", tmp_path / "out"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.returncode == 1 and "has stored 22 of 26 items" in done.stderr, done


def test_a_contender_that_fails_ends_the_bench_with_its_words(tmp_path):
    done = bench(tmp_path, "--case", "large", "--peers-only", "--fault", "503@1+ on GET **/flows/*/content")
    assert done.returncode == 1 and "ended with code 1" in done.stderr and "503" in done.stderr, done
    assert not list(tmp_path.glob("*.json"))


def test_the_docs_are_written_from_a_whole_run_only(told, tmp_path):
    docs, source = tmp_path / "performance.md", tmp_path / "backup.json"
    shutil.copy(REPOSITORY / "docs" / "performance.md", docs)
    source.write_text(json.dumps(told))
    refused = subprocess.run([sys.executable, BENCH / "write_docs.py", source, docs], capture_output=True, text=True)
    assert refused.returncode == 1 and "not of a whole run" in refused.stderr
    source.write_text(json.dumps({**told, "whole": True}))
    subprocess.run([sys.executable, BENCH / "write_docs.py", source, docs], check=True, capture_output=True)
    text = docs.read_text()
    for bar in told["bars"]:
        assert f"{bar['value']:.2f} {bar['unit']}" in text
