"""A backup by a real Slurm array (slurmctld, slurmd and munge on loopback; the batch script that is shipped): one element is killed by
kill -9 once it has written receipts, and goes back into the queue by itself. The snapshot is whole, verified, and the one that a
single process makes of the same site.
"""

import dataclasses
import json
import os
import pathlib
import re
import signal

import pytest
import slurm
from backup_equal import differences
from backup_shop import BackupShop, made_site
from ferry import TABFERRY, until
from simulator import PASSWORD, USER, start_sim

SCRIPT = pathlib.Path(__file__).parents[2] / "packaging" / "slurm" / "backup-work.sbatch"
SHARDS = 6
# 1,200 items, and a few of all else.
SITE = {"workbooks": 560, "datasources": 540, "flows": 100, "bodies": 12, "users": 20, "groups": 5, "projects": 30,
        "virtual-connections": 0, "custom-views": 0, "personal": 0, "revisions": 0}  # fmt: skip
ITEMS = 1200
# Until one is killed: slow enough that it cannot be done before.
SLOW = "latency=150ms@1+ on GET **/content"


class Farm(BackupShop):
    """A store of its own name below one folder; the elements read the configuration where it lies, and its secret in a file."""

    def config(self):
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / "password").chmod(0o600)
        config = super().config()
        config["sites"]["demo"]["auth"] = {"username": USER, "password": "file:password"}
        return config | {"backup": {"concurrency": 8}}

    def planned(self):
        told = self.tabferry("backup-plan", "--shards", str(SHARDS), "--json")
        assert told.code == 0, told
        return told.report["snapshot"]

    def received(self, snapshot):
        lines = [line for key in self.store.list(f"{snapshot}.work/receipts/") for line in self.store.read(key).splitlines()]
        return [json.loads(line)["unit"] for line in lines]


@pytest.fixture
def queue(tmp_path):
    assert not slurm.missing(), f"not installed: {slurm.missing()} (scripts/bootstrap test)"
    with slurm.start_slurm(tmp_path / "slurm") as queue:
        yield queue


def tabferry_of(queue, element):
    """The pid of the tabferry that an element of an array runs; None while there is none."""
    for pid in queue.processes():
        words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if words[0].decode() == TABFERRY and f"SLURM_ARRAY_TASK_ID={element}".encode() in environment:
            return pid
    return None


def kill_the_first(farm, queue, job, snapshot):
    """Element 0 runs alone until it is dead: all receipts by then are its own. Then the others may."""
    until(lambda: farm.received(snapshot), 60, "the first receipts")
    os.kill(until(lambda: tabferry_of(queue, 0), 10, "the process of element 0"), signal.SIGKILL)
    farm.straight.control.clear()
    had = farm.received(snapshot)
    until(lambda: queue.elements(job)[0].restarts == 1, 30, "the requeue")
    queue.told("scontrol", "update", f"JobId={job}", f"ArrayTaskThrottle={SHARDS}")
    return had


def sees_every_change(one, other):
    """The comparison itself: of an item's bytes, of a document, of a file that only one has."""
    item = one.manifest["items"][0]
    changed = [dataclasses.replace(one, manifest=one.manifest | {"items": [item | {"sha256": "0" * 64}, *one.manifest["items"][1:]]}),
               dataclasses.replace(one, manifest=one.manifest | {"items": one.manifest["items"][1:]}),
               dataclasses.replace(one, metadata=one.metadata | {"users": one.metadata["users"] | {"seen": 1}}),
               dataclasses.replace(one, objects=one.objects | {f"{one.name}/more": 1})]  # fmt: skip
    return all(differences(each, other) for each in changed)


def test_an_array_of_six_one_killed_and_requeued(tmp_path, cache, queue):
    with start_sim(data=made_site(cache, SITE), faults=[SLOW], control=True) as sim:
        for folder in ("farm", "alone"):
            (tmp_path / folder).mkdir(mode=0o700)
        farm, alone = Farm(tmp_path / "farm", sim), Farm(tmp_path / "alone", sim)
        snapshot = farm.planned()
        config = farm.folder / "tabferry.yaml"
        job = queue.sbatch(f"--array=0-{SHARDS - 1}%1", f"--export=TABFERRY={TABFERRY}", SCRIPT, snapshot, config)
        last = queue.sbatch(f"--dependency=afterany:{job}", "--export=NIL", "--output=seal.json", "--wrap",
                            f"{TABFERRY} backup-seal --json --quiet --snapshot {snapshot} -c {config}")  # fmt: skip
        had = kill_the_first(farm, queue, job, snapshot)
        elements = queue.wait(job, SHARDS, 120)
        logs = {path.name: path.read_text() for path in queue.folder.glob("tabferry-backup-work-*.log")}
        assert {one.state for one in elements.values()} == {"COMPLETED"}, (elements, logs)
        assert [number for number, one in elements.items() if one.restarts] == [0], elements
        assert re.search(rf"Killed.*done before +{len(had)}\n", logs[f"tabferry-backup-work-{job}_0.log"], re.DOTALL), logs
        queue.wait_for_job(last, 60)
        sealed = json.loads((queue.folder / "seal.json").read_text())
        assert (sealed["status"], sealed["failures"]) == ("done", 0), sealed

        units = farm.received(snapshot)
        assert len(units) == len(set(units)), "what had a receipt was done again"
        assert len(farm.snapshot(snapshot).manifest["items"]) == ITEMS
        verified = farm.tabferry("verify", snapshot, "--full", "--json")
        assert verified.code == 0, verified
        whole = alone.backup()
        assert whole.code == 0, whole
        one, other = farm.snapshot(snapshot), alone.snapshot()
        assert differences(one, other) == []
        assert sees_every_change(one, other)
