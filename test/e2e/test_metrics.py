"""The numbers of a run, as the real program writes them: a line of EMF, and a file for node_exporter."""

import fcntl
import json
import os
import re
import stat
import subprocess

import pytest
from backup_shop import BackupShop, made_site
from backup_tiny import ITEMS, TINY
from ferry import SECRET, TABFERRY, until
from simulator import start_sim


@pytest.fixture
def shop(tmp_path, cache):
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        yield BackupShop(tmp_path, sim)


def emf(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def prometheus(path):
    """{(name, command): value}, of a worker (name, command, shard), of the samples; each family once, with its help and its type."""
    samples, families = {}, []
    for line in path.read_text().splitlines():
        if line.startswith("# TYPE "):
            families.append(line.split()[2])
        if not line.startswith("#"):
            name, labels = line.split("{")
            labels, value = labels.split("} ")
            assert name == families[-1] and 'site="demo"' in labels, line
            command, *shard = re.findall(r'(?:command|shard)="([^"]*)"', labels)
            key = (name, command, *shard)
            assert key not in samples, line
            samples[key] = float(value)
    assert len(set(families)) == len(families)
    return samples


def test_files_of_metrics(shop):
    shop.more["metrics"] = {"prometheus": "tabferry.prom", "emf": "runs.log"}
    first = shop.backup()
    assert first.code == 0 and len(first.reports) == 1, first
    name = shop.names()[-1]
    assert shop.tabferry("verify", name, "--full").code == 0
    shop.store.remove(next(key for key in shop.store.list(f"{name}/workbooks/")))
    assert shop.tabferry("verify", name).code == 4
    assert shop.tabferry("prune", "--keep-last", "1", "--dry-run").code == 0  # tells nothing
    lines = emf(shop.folder / "runs.log")
    assert [(line["Command"], line["Site"], line["Failed"]) for line in lines] == [("backup", "demo", 0), ("verify", "demo", 0), ("verify", "demo", 1)]
    assert (lines[0]["Items"], lines[0]["ItemsFailed"], lines[0]["Bytes"]) == (ITEMS, 0, first.report["downloaded_bytes"])
    assert lines[1]["Items"] == lines[2]["Items"] > ITEMS and lines[2]["ItemsFailed"] == 1
    assert 0 <= lines[0]["BackupAgeHours"] < 0.1 and "BackupAgeHours" not in lines[1]
    samples = prometheus(shop.folder / "tabferry.prom")
    assert samples["tabferry_succeeded", "backup"] == 1 and samples["tabferry_failed", "verify"] == 1
    assert samples["tabferry_items", "backup"] == ITEMS and samples["tabferry_items_failed", "verify"] == 1
    assert {command for name, command in samples if name == "tabferry_last_success_timestamp_seconds"} == {"backup", "verify"}


def test_what_is_no_item_is_not_counted(shop):
    """A plan is none; of a worker those of its part; and the seal's are the whole snapshot's."""
    shop.more["metrics"] = {"emf": "runs.log"}
    plan = shop.tabferry("backup-plan", "--json").report["snapshot"]
    shop.straight.control.add("truncate@1+ on GET **/flows/*/content")
    work = shop.tabferry("backup-work", "--snapshot", plan, "--json")
    assert work.code == 3 and shop.tabferry("backup-seal", "--snapshot", plan).code == 3
    planned, worked, sealed = emf(shop.folder / "runs.log")
    assert not {"Items", "ItemsFailed", "Bytes"} & set(planned) and planned["Succeeded"] == 1
    assert worked["Items"] > ITEMS and (worked["Partial"], worked["ItemsFailed"]) == (1, TINY["flows"])
    assert worked["Bytes"] == work.report["bytes"] > sealed["Bytes"] > 0  # documents too, and items alone
    assert (sealed["Items"], sealed["ItemsFailed"], sealed["Partial"]) == (ITEMS, TINY["flows"], 1)


def test_each_worker_is_a_series_of_its_own(shop):
    """The one that failed is not hidden by the others, and the next plan forgets them all."""
    shop.more["metrics"] = {"prometheus": "tabferry.prom"}
    plan = shop.tabferry("backup-plan", "--json").report["snapshot"]
    file = shop.folder / "tabferry.prom"
    assert shop.tabferry("backup-work", "--snapshot", plan, "--shard", "0/1").code == 0
    shop.write(template=False)
    environment = {**shop.environment(), "JOB_COMPLETION_INDEX": "7"}
    refused = subprocess.run([TABFERRY, "backup-work", "--snapshot", plan], cwd=shop.folder, env=environment, capture_output=True, text=True)
    assert refused.returncode == 2 and "there is no shard 7" in refused.stderr, refused
    samples = prometheus(file)
    assert samples["tabferry_succeeded", "backup-work", "0"] == 1 and samples["tabferry_failed", "backup-work", "7"] == 1
    assert shop.tabferry("backup-seal", "--snapshot", plan).code == 0
    assert shop.tabferry("backup-plan", "--json").code == 0
    assert {key[1:] for key in prometheus(file)} == {("backup-plan",), ("backup-seal",)}


def test_the_file_is_for_everybody(shop):
    """As under systemd's UMask=0077: node_exporter is another user."""
    shop.more["metrics"] = {"prometheus": "tabferry.prom"}
    shop.write(template=False)
    for _ in range(2):  # the first one makes the file, the second one replaces it
        run = subprocess.run([TABFERRY, "doctor"], cwd=shop.folder, env=shop.environment(), umask=0o077, capture_output=True, text=True)
        assert "the metrics of this run are not written" not in run.stderr, run
        assert stat.S_IMODE((shop.folder / "tabferry.prom").stat().st_mode) == 0o644


def test_two_runs_that_end_in_the_same_moment(shop):
    """Who writes holds the folder's lock; the next one waits, and then reads what the first one wrote."""
    shop.more["metrics"] = {"prometheus": "tabferry.prom", "emf": "runs.log"}
    file = shop.folder / "tabferry.prom"
    shop.write(template=False)
    folder = os.open(shop.folder, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    running = shop.start("backup")
    until(lambda: (shop.folder / "runs.log").exists(), what="the line of EMF, which is written first")
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(1)
    assert not file.exists()
    file.write_text('# TYPE tabferry_failed gauge\ntabferry_failed{command="verify",site="demo"} 1\n')
    os.close(folder)
    assert shop.finish(running).code == 0
    samples = prometheus(file)
    assert samples["tabferry_failed", "verify"] == 1 and samples["tabferry_succeeded", "backup"] == 1


def test_a_configuration_that_changes_meanwhile(shop):
    """A run is told where the configuration said that it began with."""
    shop.more["metrics"] = {"emf": "before.log"}
    shop.straight.control.add("latency=1s@1 on GET **/workbooks/*/content")
    shop.write(template=False)
    running = shop.start("backup")
    until(lambda: shop.straight.control.struck("latency"), what="the download that is held")
    shop.more["metrics"] = {"emf": "after.log"}
    shop.write(template=False)
    assert shop.finish(running).code == 0
    assert [line["Succeeded"] for line in emf(shop.folder / "before.log")] == [1]
    assert not (shop.folder / "after.log").exists()


def test_metrics_that_cannot_be_written_are_a_warning(shop):
    shop.more["metrics"] = {"emf": "nowhere/emf.log", "prometheus": "nowhere/tabferry.prom"}
    told = shop.backup()
    assert told.code == 0 and told.err.count("the metrics of this run are not written") == 2, told
    assert told.err.count("nowhere") >= 2 and SECRET not in told.err


def test_what_is_no_plain_file_stays_as_it_is(shop):
    """A device would be replaced, a FIFO that nobody reads waited for; a link leads where somebody else may be at home."""
    fifo, link, target = (shop.folder / name for name in ("fifo", "link", "target"))
    os.mkfifo(fifo)
    target.write_text("")
    link.symlink_to(target)
    for path in (fifo, link, "/dev/full"):
        shop.more["metrics"] = {"emf": str(path), "prometheus": str(path)}
        told = shop.backup()
        assert told.code == 0 and told.err.count(f"{path} is no plain file") == 2, told
    assert fifo.is_fifo() and link.is_symlink() and target.read_text() == ""


def test_a_file_of_somebody_else_is_not_replaced(shop):
    file = shop.folder / "other.prom"
    file.write_text("# TYPE node_load1 gauge\nnode_load1 0.5\n")
    shop.more["metrics"] = {"prometheus": str(file)}
    told = shop.backup()
    assert told.code == 0 and "holds more than tabferry's metrics" in told.err, told
    assert "node_load1 0.5" in file.read_text() and "tabferry" not in file.read_text()


def test_on_stdout_beside_the_report(shop):
    """As docs/config.md says: the report is the line that has a command."""
    shop.more["metrics"] = {"emf": "stdout"}
    told = shop.backup()
    metrics, report = told.reports
    assert metrics["_aws"] and metrics["Succeeded"] == 1 and "command" not in metrics and report["command"] == "backup", told
    with open("/dev/full", "w") as full:
        ended = subprocess.run([TABFERRY, "backup"], cwd=shop.folder, env=shop.environment(), stdout=full, stderr=subprocess.PIPE, text=True)
    assert "the metrics of this run are not written: writing metrics to stdout: No space left on device" in ended.stderr, ended
