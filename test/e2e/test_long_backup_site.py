"""The big site: 1,200 workbooks, 1,100 data sources, 120 flows, 1,500 users, 130 groups, 300 projects five deep, in a real S3
server. Without a fault, with every fault in turn, with all together: the snapshot is the site as of the seal, item by item, byte by
byte, attribute by attribute, less what the simulator's log names, and each of those is in the manifest with its reason.
"""

import os
import time

import pytest
from backup_faults import DERIVED, WRITING, kind_of, kinds
from backup_shop import BackupShop, made_site
from simulator import start_sim

BIG = {"users": 1500, "workbooks": 1200, "datasources": 1100, "flows": 120, "groups": 130, "projects": 300}
JUDGING_SECONDS = 60
SEED = os.environ.get("TABFERRY_TEST_SEED") or "5"
# One of each kind, with more occasions than on the small site.
IN_TURN = [
    "latency=100ms@10%", "slow-first-byte=300ms@2%", "expire-session@5000", "429=1@1%", "413@3 on GET **/connections", "500@1%",
    "502=xml@1%", "503=html@1%", "504@1%", "late-error@1%", "truncate@3%", "disposition=japanese-raw@50%",
    "disposition=no-filename@50%", "pod-redirect@1", "total-too-large=3@1+", "move-across-pages=forward@1-3",
    "move-across-pages=back@1-3", "forbid@2%", "delete-after-list@2%", "rename-after-list@2%", "refresh@2%", "refresh-silent@2%",
]  # fmt: skip
TOGETHER = [
    "latency=20ms@2%", "slow-first-byte=100ms@1%", "expire-session@3000", "expire-session@9000", "429=1@0.3%", "500@0.5%",
    "502=xml@0.5%", "503@0.5%", "504@0.5%", "late-error@0.5%", "truncate@2%", "disposition=japanese@20%", "disposition=none@20%",
    "disposition=slash@20%", "pod-redirect@1", "total-too-large@20%", "move-across-pages@20%", "forbid@1%",
    "delete-after-list@1%", "rename-after-list@1%", "refresh@1%", "refresh-silent@1%", "413@1 on GET **/connections",
]  # fmt: skip


def check(folder, cache, far, faults, codes):
    with start_sim("--fault-seed", SEED, data=made_site(cache, BIG, extracts=True), control=True) as sim:
        shop = BackupShop(folder, sim, far, prefix=folder.name)
        shop.more = {}  # the times of the real world
        if faults:
            sim.control.add(*faults)
        began = time.monotonic()
        result = shop.backup(timeout=1800)
        seconds = time.monotonic() - began
        assert result.code in codes, (faults, result)
        struck = {kind_of(entry) for entry in sim.control.faults()["log"]}
        assert {kind_of({"fault": fault}) for fault in faults} <= struck, struck
        began = time.monotonic()
        differences = shop.differences(derived=DERIVED if faults else ())
        print(f"{faults}: backup {seconds:.1f} s, judging {time.monotonic() - began:.1f} s")
        assert not differences, f"{len(differences)} differences, the first ones:\n" + "\n".join(differences[:50])
        return time.monotonic() - began


def test_every_kind_of_fault_is_here():
    assert {kind_of({"fault": fault}) for fault in IN_TURN} | WRITING == kinds()
    assert {kind_of({"fault": fault}) for fault in TOGETHER} | WRITING == kinds()


def test_the_big_site(tmp_path, cache, far):
    """The judge is quick enough to be asked often."""
    assert check(tmp_path, cache, far, [], (0,)) < JUDGING_SECONDS


@pytest.mark.parametrize("fault", IN_TURN)
def test_a_fault(tmp_path, cache, far, fault):
    check(tmp_path, cache, far, [fault], (0, 3))


def test_all_faults_together(tmp_path, cache, far):
    check(tmp_path, cache, far, TOGETHER, (0, 3))
