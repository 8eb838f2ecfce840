"""How commands end: one JSON line whatever happens, a reader that goes away, and who hears of a store that is not whole."""
import json
import os
import subprocess
from datetime import UTC, datetime

import pytest
from backup_shop import BackupShop, made_site
from backup_tiny import ITEMS, TINY
from ferry import TABFERRY
from simulator import start_sim

# What a shell says of a program that SIGPIPE killed.
READER_GONE = 141


@pytest.fixture(scope="module")
def shop(cache, tmp_path_factory):
    """One whole backup of a small site, in a directory."""
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        shop = BackupShop(tmp_path_factory.mktemp("shop"), sim)
        assert shop.backup().code == 0
        yield shop


@pytest.mark.parametrize("words, command, code, kind", [
    ("snapshots -c nowhere.yaml", "snapshots", 2, "config"), ("verify never", "verify", 1, "not_found"),
    ("get latest Nowhere -o out", "get", 1, "not_found"), ("ls latest nokind:x", "ls", 2, "usage"), ("prune", "prune", 2, "usage"),
    ("config show -c nowhere.yaml", "config show", 2, "config"), ("publish -c nowhere.yaml", "publish", 2, "config"),
    ("backup --nonsense", "backup", 2, "usage"), ("backup-work --snapshot x --shard 9/2", "backup-work", 2, "usage"),
    ("frobnicate", "tabferry", 2, "usage")])
def test_a_failure_is_one_json_line_too(shop, words, command, code, kind):
    result = shop.run(*words.split(), "--json")
    report = result.report
    assert (result.code, report["command"], report["status"], report["error"]["kind"]) == (code, command, "failed", kind), result
    assert report["error"]["message"] in report["headline"] and report["error"]["message"].splitlines()[0] in result.err


@pytest.mark.parametrize("words", ["snapshots", "status", "ls latest", "verify latest", "verify never", "doctor", "backup --dry-run"])
def test_every_json_line_says_when_that_was(shop, words):
    before = datetime.now(UTC).replace(microsecond=0)
    report = shop.run(*words.split(), "--json").report
    assert before <= datetime.fromisoformat(report["ended_at"]) <= datetime.now(UTC)
    assert 0 < report["seconds"] < 60


@pytest.mark.parametrize("words", ["prune --keep-last -1", "prune --keep-daily 99999999999999999999", "prune --keep-last 1 --json=true x"])
def test_a_slip_is_no_rule(shop, words):
    result = shop.run(*words.split())
    assert result.code == 2 and shop.names(), result
    assert "--json" not in words or json.loads(result.out)["error"]["kind"] == "usage"


def test_a_secret_in_an_address_is_not_repeated(shop):
    shop.write()
    config = json.loads((shop.folder / "tabferry.yaml").read_text())
    (shop.folder / "slip.yaml").write_text(json.dumps(config | {"store": "s3://AKIAEXAMPLE:SECRETSECRET@bucket/x"}))
    result = shop.run("snapshots", "-c", "slip.yaml", "--json")
    assert result.code == 2 and "credentials do not belong into an address" in result.err, result
    assert "SECRETSECRET" not in result.out + result.err


def test_get_says_what_to_write(shop):
    shop.write()
    result = shop.run("get", "latest", "**/Sales")
    assert result.code == 2 and "tabferry get latest '**/Sales' -o out" in result.err, result


def test_no_backup_is_no_good_status(shop, tmp_path):
    shop.write()
    assert shop.run("status").code == 0
    config = (shop.folder / "tabferry.yaml").read_text()
    (shop.folder / "empty.yaml").write_text(json.dumps(json.loads(config) | {"store": str(tmp_path / "empty")}))
    result = shop.run("status", "-c", "empty.yaml")
    assert result.code == 4 and result.out.startswith("There is no backup in "), result


def test_a_reader_that_has_seen_enough_ends_it_quietly(shop):
    shop.write()
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run([TABFERRY, "ls", "latest"], cwd=shop.folder, env=shop.environment(), stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert (result.returncode, result.stderr) == (READER_GONE, "")


def test_snapshots_count_what_ls_and_the_backup_count(shop):
    listed = shop.run("snapshots", "--json").report["snapshots"][0]
    assert listed["items"] == ITEMS == len(shop.run("ls", "latest", "--json").report["items"])


def test_into_a_pipe_rows_are_whole(shop):
    rows = shop.run("ls", "latest", "workbooks:", env={"COLUMNS": "40"}).out.splitlines()[2:]
    items = shop.run("ls", "latest", "workbooks:", "--json").report["items"]
    assert len(rows) == len(items) == TINY["workbooks"]
    assert all(any(item["name"] in row for row in rows) for item in items)
    assert rows == sorted(rows, key=lambda row: row.split("  ")[2]), "by project"


def test_who_is_told_of_a_failure_hears_of_verify_and_prune(shop, tmp_path):
    heard = tmp_path / "heard"
    shop.more["notify"] = {"on_failure": [f"exec:cat >> {heard}; printf '%s\\n' \"$TABFERRY_TEXT\" >> {heard}.txt"],
                           "on_success": [f"exec:touch {tmp_path}/success"]}
    shop.write()
    assert shop.run("verify", "latest").code == 0 and not heard.exists()
    item = next(item for item in shop.run("ls", "latest", "--json").report["items"] if item.get("key"))
    there = shop.store.path / item["key"]
    there.rename(tmp_path / "kept")
    try:
        assert shop.run("verify", "latest").code == 4
        assert shop.run("verify", "never").code == 1
        assert shop.run("prune").code == 2
    finally:
        (tmp_path / "kept").rename(there)
        del shop.more["notify"]
    reports = [json.loads(line) for line in heard.read_text().splitlines()]
    assert [(report["command"], report["status"]) for report in reports] == [("verify", "failed")] * 2 + [("prune", "failed")]
    text = (tmp_path / "heard.txt").read_text()
    assert item["key"] in text and "no rule says" in text and "To do:" in text
    assert not (tmp_path / "success").exists()
