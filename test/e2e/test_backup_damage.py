"""A real snapshot, damaged: `verify --full` names exactly the object that has another bit, quick `verify` the one that is missing or
cut, and a stray is called harmless. And a prune that meets a backup.
"""

import pathlib

import pytest
from backup_shop import SMALL, BackupShop, made_site
from simulator import start_sim

FOUND_PROBLEM = 4
PLACES = {"start": lambda size: 0, "middle": lambda size: size // 2, "end": lambda size: size - 1}


class Damaged(BackupShop):
    def kept(self):
        """Of every kind of file one: {"workbooks .twbx": key}; whatever the manifest names, and the manifest."""
        found = {}
        for key in sorted(self.store.list(f"{self.names()[0]}/")):
            _, folder, *name = key.split("/") if key.count("/") > 1 else ("", "", key)
            found.setdefault(f"{folder} {pathlib.PurePath(name[0]).suffix}" if folder else name[0].rpartition("/")[2], key)
        return found

    def problems(self, *words, code=FOUND_PROBLEM):
        told = self.tabferry("verify", "latest", *words, "--json")
        assert told.code == code, told
        return [problem["key"] for problem in told.report["problems"]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory, cache):
    with start_sim(data=made_site(cache, SMALL, extracts=True), control=True) as sim:
        shop = Damaged(tmp_path_factory.mktemp("shop"), sim)
        shop.keys = {"revisions": 2}
        result = shop.backup()
        assert result.code == 0, result
        yield shop


def test_every_kind_of_file_is_here(shop):
    kinds = {kind for kind in shop.kept()}
    assert kinds >= {
        "workbooks .twbx", "workbooks .twb", "published_data_sources .tdsx", "prep_flows .tflx", "custom_views .json",
        "virtual_connections .json", "metadata_tableau .json", "manifest.json", "report.html", "index.csv", "README.txt",
    }, kinds  # fmt: skip
    assert shop.problems("--full", code=0) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_flipped_bit_is_found_where_it_is(shop, place):
    for kind, key in shop.kept().items():
        good = shop.store.read(key)
        at = PLACES[place](len(good))
        shop.store.write(key, good[:at] + bytes([good[at] ^ 4]) + good[at + 1:])
        try:
            assert shop.problems("--full") == [key], (kind, place)
        finally:
            shop.store.write(key, good)


def test_each_object_that_is_gone_or_cut_is_found_quickly(shop):
    manifest = f"{shop.names()[0]}/manifest.json"
    for key in shop.store.list(f"{shop.names()[0]}/"):
        if key != manifest:  # without it there is no snapshot
            good = shop.store.read(key)
            shop.store.remove(key)
            try:
                assert shop.problems() == [key], "removed"
                shop.store.write(key, good[:-1])
                assert shop.problems() == [key], "cut"
            finally:
                shop.store.write(key, good)


def test_a_stray_is_harmless(shop):
    key = f"{shop.names()[0]}/workbooks/nobody.twbx"
    shop.store.write(key, b"PK")
    told = shop.tabferry("verify", "latest", "--full", "--json")
    shop.store.remove(key)
    assert told.code == 0, told
    assert [(one["key"], one["harmless"]) for one in told.report["problems"]] == [(key, True)]


def test_a_prune_that_meets_a_backup_is_refused(tmp_path, cache):
    """Between plan and seal the earlier snapshots are named by nothing but the plan."""
    with start_sim(data=made_site(cache, SMALL), control=True) as sim:
        shop = BackupShop(tmp_path, sim)
        assert [shop.backup().code for _ in range(2)] == [0, 0]
        before = shop.names()
        plan = shop.tabferry("backup-plan", "--json").report
        for words in ([], ["--dry-run"]):
            told = shop.tabferry("prune", "--keep-last", "1", "--json", *words)
            assert told.code == (0 if words else 5), told
        assert shop.names() == before
        for step in (["backup-work", "--shard", "0/1"], ["backup-seal"]):
            assert shop.tabferry(*step, "--snapshot", plan["snapshot"]).code == 0
        assert shop.differences() == []
        assert shop.tabferry("prune", "--keep-last", "1", "--json").code == 0
        assert shop.names() == [plan["snapshot"]]
        assert shop.tabferry("verify", "latest", "--full").code == 0
