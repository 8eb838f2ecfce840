"""Every fault of tabferry-sim in turn, then all together: the snapshot is the site, less what the simulator's log names, and
each of those is in the manifest with its reason. Who says so is not ours: test/support/backup_judge.py.
"""

import contextlib
import re
import time

import pytest
from backup_faults import DERIVED, WRITING, kind_of, kinds
from backup_shop import SMALL, WIDE, BackupShop, made_site
from simulator import start_sim

# fault, the exit codes that are right. Each must strike: a fault that never happens proves nothing.
DONE, PART = (0,), (0, 3)
FAULTS = [
    ("latency=150ms@1-40", DONE),
    ("slow-first-byte=400ms@2-5", DONE),
    ("expire-session@2", DONE),
    ("expire-session@60", DONE),
    ("expire-session@30 on GET **/content", DONE),
    ("429=1@3", DONE),
    ("429=1@40-44", DONE),
    ("429=date@30", DONE),
    ("429=none@20-22", DONE),
    ("413=html@3 on GET **/connections", PART),
    ("413=xml@1 on GET **/workbooks/*/content", PART),
    ("500=html@10-11", DONE),
    ("500=xml@2-3 on GET **/content", DONE),
    ("502=html@25", DONE),
    ("502=xml@3", DONE),
    ("503=html@10-12", DONE),
    ("503=xml@1 on POST **/auth/signin", DONE),
    ("504=html@5 on GET **/permissions", DONE),
    ("504=xml@50", DONE),
    ("late-error@3", DONE),
    ("late-error=502@1-2 on GET **/workbooks/*/content", DONE),
    ("truncate@1", DONE),
    ("truncate=0@2", DONE),
    ("truncate=10@3-4", DONE),
    ("truncate@1 on GET **/flows/*/content", DONE),
    ("truncate@1 on GET **/customviews/*/content", DONE),
    *((f"disposition={form}@1+", DONE) for form in
      "plain quoted-ext ext unquoted plus percent slash japanese japanese-raw question attachment no-filename none".split()),
    ("pod-redirect@1", DONE),
    ("pod-redirect=localhost@1+", DONE),
    ("total-too-large@1+", DONE),
    ("total-too-large=7@2-4", DONE),
    ("forbid@1-2", DONE),
    ("forbid=403004@1 on GET **/flows/*/content", DONE),
    ("forbid@1 on GET **/datasources/*/content", DONE),
    ("delete-after-list@2", DONE),
    ("delete-after-list@1 on GET **/workbooks/*/permissions", DONE),
    ("delete-after-list@1-2 on GET **/customviews/*/content", DONE),
    ("rename-after-list@2", DONE),
    ("rename-after-list=a name/with ✂ and 'quotes'@1 on GET **/flows/*/content", DONE),
    ("refresh@1-3", DONE),
    ("refresh-silent@2-4", DONE),
]  # fmt: skip
WIDE_FAULTS = [
    ("move-across-pages=forward@1", DONE),
    ("move-across-pages=back@1", DONE),
    ("total-too-large=5@1+", DONE),
    ("429=1@2 on GET **/groups", DONE),
    ("503@2 on GET **/groups", DONE),
]
# What is never answered well is missing, and said to be so: (fault, how many items of the small site that are)
LASTING = [
    ("500@1+ on GET **/flows/*/content", SMALL["flows"]),
    ("truncate@1+ on GET **/flows/*/content", SMALL["flows"]),
    ("503=xml@1+ on GET **/customviews/*/content", SMALL["custom-views"]),
]
TOGETHER = [
    "latency=20ms@5%", "slow-first-byte=100ms@3%", "expire-session@90", "429=1@1%", "500@1%", "502=xml@1%", "503@1%", "504@1%",
    "late-error@1%", "truncate@5%", "disposition=japanese@10%", "disposition=none@10%", "disposition=slash@10%", "pod-redirect@1",
    "total-too-large@30%", "move-across-pages@20%", "forbid@4%", "delete-after-list@4%", "rename-after-list@4%", "refresh@4%",
    "refresh-silent@4%",
]  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("sites")


@contextlib.contextmanager
def backed_up(folder, cache, faults, amounts=SMALL, seed=0, s3=None):
    """(the shop behind one backup, its result); what each fault did is in the simulator's log."""
    with start_sim("--fault-seed", str(seed), data=made_site(cache, amounts), control=True) as sim:
        shop = BackupShop(folder, sim, s3)
        began = time.monotonic()
        sim.control.add(*faults)
        result = shop.backup()
        yield shop, result, time.monotonic() - began


def struck(shop):
    return {kind_of(entry) for entry in shop.straight.control.faults()["log"]}


def check(shop, result, fault, codes):
    assert result.code in codes, (fault, result)
    assert kind_of({"fault": fault}) in struck(shop), f"{fault} never happened"
    assert shop.differences(derived=DERIVED) == [], (fault, result)


def test_no_kind_of_fault_is_forgotten():
    tried = {kind_of({"fault": fault}) for fault, _ in FAULTS + WIDE_FAULTS}
    assert tried | WRITING == kinds()
    together = {kind_of({"fault": fault}) for fault in TOGETHER}
    assert together | WRITING | {"413"} == kinds()


def test_without_any_fault_it_is_the_site(tmp_path, cache):
    with backed_up(tmp_path, cache, []) as (shop, result, _):
        assert result.code == 0, result
        assert shop.differences() == []


@pytest.mark.parametrize("fault, codes", FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_fault(tmp_path, cache, fault, codes):
    with backed_up(tmp_path, cache, [fault]) as (shop, result, _):
        check(shop, result, fault, codes)


@pytest.mark.parametrize("fault, codes", WIDE_FAULTS, ids=[fault for fault, _ in WIDE_FAULTS])
def test_a_fault_of_long_lists(tmp_path, cache, fault, codes):
    with backed_up(tmp_path, cache, [fault], WIDE) as (shop, result, _):
        check(shop, result, fault, codes)


@pytest.mark.parametrize("fault, count", LASTING, ids=[fault for fault, _ in LASTING])
def test_a_fault_that_lasts_is_told(tmp_path, cache, fault, count):
    """Exit code 3, each item in the manifest with its reason, and all the rest is there."""
    with backed_up(tmp_path, cache, [fault]) as (shop, result, _):
        assert result.code == 3, result
        snapshot = shop.snapshot()
        failed = [item for item in snapshot.manifest["items"] if item["status"] == "failed"]
        assert len(failed) == count and all(item["reason"] for item in failed), failed
        assert snapshot.manifest["status"] == "partial"
        assert shop.differences() == []


def test_a_list_that_is_never_answered_is_told(tmp_path, cache):
    """It is a gap with its reason; nothing is said to be complete."""
    with backed_up(tmp_path, cache, ["413=html@1+ on GET **/groupsets"]) as (shop, result, _):
        assert result.code == 3, result
        snapshot = shop.snapshot()
        [gap] = snapshot.manifest["gaps"]
        assert gap["kind"] == "group_sets" and gap["failed"] and "413" in gap["reason"]
        assert snapshot.metadata["group_sets"]["status"] == "failed" and snapshot.manifest["status"] == "partial"
        assert "group" in result.out and "413" in result.out
        told = {one.partition(":")[0] for one in shop.differences()}
        groups = set(shop.read_site().items["group_sets"])
        assert all(any(luid in one for luid in groups) or one.startswith("group_sets") for one in told), told


def test_too_many_failures_are_a_failure(tmp_path, cache):
    """More than 10 % and more than 20: exit code 1."""
    with backed_up(tmp_path, cache, ["503@1+ on GET **/workbooks/*/content"]) as (shop, result, _):
        assert result.code == 1, result
        assert re.search(r"\b26\b", result.out + result.err), result


def test_silence_is_not_waited_for_for_ever(tmp_path, cache):
    """A site that begins to answer, and says nothing for longer than the time-out: the request is made again."""
    with backed_up(tmp_path, cache, ["slow-first-byte=60s@2"]) as (shop, result, seconds):
        assert result.code == 0 and seconds < 50, (seconds, result)
        assert shop.differences() == []


@pytest.mark.parametrize("seed", [1, 2])
def test_all_faults_together(tmp_path, cache, seed):
    with backed_up(tmp_path, cache, TOGETHER, WIDE | {"workbooks": 30, "datasources": 25, "flows": 9}, seed) as (shop, result, _):
        assert result.code in PART, (seed, result)
        assert len(struck(shop)) > 10, struck(shop)
        assert shop.differences(derived=DERIVED) == [], (seed, result)


def test_on_a_real_s3_server(tmp_path, cache):
    from s3_server import start_s3

    with start_s3() as s3:
        with backed_up(tmp_path, cache, ["truncate@2", "429=1@30", "forbid@4"], s3=s3) as (shop, result, _):
            check(shop, result, "truncate@2", DONE)
