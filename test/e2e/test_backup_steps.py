"""A backup step by step, as an engine drives it (plan, work i/n, seal), and the runs that meet: two of a kind at once, one that comes
late, one that was killed, one that takes over. Each step is held where the test wants it by a fault of the site; none waits for luck.
"""

import concurrent.futures
import contextlib
import json
import re
import shutil
from datetime import datetime, timedelta, timezone

import pytest
from backup_shop import BackupShop, made_site
from backup_site import CONTENT, Wire, read_file
from backup_store import seal_of, snapshots
from backup_tiny import TINY
from ferry import until
from s3_server import start_s3
from simulator import PASSWORD, USER, start_sim

HELD = "latency=60s@1 on GET **/workbooks/*/content"  # that request has no answer before the test is over


class Shop(BackupShop):
    """Signs in by password: of a token's sessions only the last one lives, and here several runs work at once."""

    def config(self):
        config = super().config()
        config["sites"]["demo"]["auth"] = {"username": USER, "password": "env:SITE_PASSWORD"}
        return config

    def environment(self, **more):
        return super().environment(SITE_PASSWORD=PASSWORD, **more)

    def step(self, name, *words, code=0):
        result = self.tabferry(f"backup-{name}", "--json", *words)
        assert result.code == code, (name, words, result)
        return result

    def planned(self, *words):
        return self.step("plan", *words).report

    def work(self, snapshot, shard="0/1", code=0):
        return self.step("work", "--snapshot", snapshot, "--shard", shard, code=code).report

    def seal(self, snapshot, code=0):
        return self.step("seal", "--snapshot", snapshot, code=code).report

    def begin(self, *words):
        self.write(template=False)
        return self.start(*words, "--json")

    def everything(self):
        """{key: its bytes' hash and its time} of the whole store, less the lock."""
        return {key: (self.store.read(key), (self.store.path / key).stat().st_mtime_ns)
                for key in self.store.list() if not key.startswith(("locks/", ".tabferry-lock"))}

    def units(self, snapshot):
        return json.loads(self.store.read(f"{snapshot}.work/plan.json"))["units"]

    def check(self, name=None):
        """The snapshot holds the site's items, no more and no less, byte for byte; and verify agrees. No fault falls any more."""
        self.straight.control.clear()
        snapshot = self.snapshot(name)
        with self.straight.client() as server:
            wire = Wire(server)
            for kind, element in CONTENT.items():
                on_site = {item.get("id"): read_file(wire, f"{kind}/{item.get('id')}/content") for item in wire.pages(kind, element)}
                entries = snapshot.entries(kind)
                assert entries.keys() == on_site.keys()
                for luid, entry in entries.items():
                    assert entry["sha256"] == on_site[luid].sha256 == snapshot.hashes[entry["key"]], entry
        verified = self.tabferry("verify", snapshot.name, "--full", "--json")
        assert verified.code == 0, verified

    def receipt_lines(self, snapshot):
        lines = [line for key in self.store.list(f"{snapshot}.work/receipts/") for line in self.store.read(key).splitlines()]
        return [json.loads(line) for line in lines]

    def receipts(self, snapshot):
        """[unit] of all receipts, with repetitions."""
        return [receipt["unit"] for receipt in self.receipt_lines(snapshot)]


@contextlib.contextmanager
def opened(folder, cache, s3=None, faults=(), amounts=TINY):
    with start_sim(data=made_site(cache, amounts), faults=faults, control=True) as sim:
        yield Shop(folder, sim, s3)


@pytest.fixture
def shop(tmp_path, cache):
    with opened(tmp_path, cache) as shop:
        yield shop


def is_held(shop):
    """Waits until the first download is held by the site."""
    until(lambda: shop.straight.control.struck("latency"), what="the download that is held")


def at_once(*steps):
    with concurrent.futures.ThreadPoolExecutor(len(steps)) as lanes:
        return [lane.result() for lane in [lanes.submit(step) for step in steps]]


# --- plan, work, seal


def test_one_worker(shop):
    plan = shop.planned("--tag", "weekly")
    units = shop.units(plan["snapshot"])
    assert (plan["command"], plan["resumed"], plan["shards"], plan["units"]) == ("backup-plan", False, 1, len(units))
    assert shop.names() == []
    done = shop.work(plan["snapshot"])
    assert done["done"] == len(units) and done["snapshot"] == plan["snapshot"]
    sealed = shop.seal(plan["snapshot"])
    assert (sealed["command"], sealed["status"], sealed["snapshot"], sealed["failures"]) == ("backup-seal", "done", plan["snapshot"], 0)
    assert shop.snapshot().manifest["tags"] == ["weekly"]
    shop.check()


def test_three_workers_and_no_seal_before_the_last(shop):
    plan = shop.planned("--shards", "3")
    snapshot, units = plan["snapshot"], plan["units"]
    told = [shop.work(snapshot, f"{number}/3")["done"] for number in (2, 0)]
    refused = shop.seal(snapshot, code=1)
    early = refused["error"]["message"]
    assert refused["command"] == "backup-seal" and f"{units - sum(told)} of {units} units have no receipt yet" in early, refused
    assert shop.names() == []
    told.append(shop.work(snapshot, "1")["done"])  # of how many is in the plan
    assert sum(told) == units and all(abs(count - units / 3) < units / 6 for count in told), told
    assert shop.seal(snapshot)["status"] == "done"
    shop.check()


def test_a_seal_that_comes_too_early_lets_nobody_in(shop):
    """Among the workers that are at work; and what it says to do is done as it says."""
    shop.backup()
    shop.backup()  # so that a prune has something to take away
    plan = shop.planned("--shards", "2", "--full")
    snapshot, sealed = plan["snapshot"], shop.names()
    shop.straight.control.add(HELD)
    worker = shop.begin("backup-work", "--snapshot", snapshot, "--shard", "0/1")
    is_held(shop)
    told = shop.seal(snapshot, code=1)["error"]["message"]
    for words in (["backup", "--full"], ["backup-plan", "--full"], ["prune", "--keep-last", "1"]):
        other = shop.tabferry(*words, "--json")
        assert other.code == 5 and snapshot in other.message, (words, other)
    worker.kill()
    worker.communicate()
    assert shop.names() == sealed, "nothing was made or taken away"
    shop.seal(snapshot, code=1)
    cure = re.search(r"'tabferry (backup-work [^']*)'", told).group(1).split()
    assert shop.tabferry(*cure, "--json").code == 0
    assert shop.seal(snapshot)["status"] == "done"
    assert shop.tabferry("prune", "--keep-last", "1").code == 0, "with the seal the lease ends"
    shop.check()


def test_a_seal_that_failed_is_forgotten_as_any_run_that_is_silent(shop):
    snapshot = shop.planned()["snapshot"]
    shop.seal(snapshot, code=1)
    shop.age_locks(299 - 60)
    shop.step("plan", code=5)
    shop.age_locks(600)
    told = shop.backup()
    assert told.code == 0 and told.report["snapshot"] == snapshot, told


def test_shards_repeated_and_cut_otherwise(shop):
    plan = shop.planned("--shards", "2")
    snapshot = plan["snapshot"]
    first = shop.work(snapshot, "0/2")["done"]
    before = shop.everything()
    again = shop.work(snapshot, "0/2")
    assert (again["done"], again["found"]) == (0, first) and shop.everything() == before
    rest = shop.work(snapshot, "0/1")
    assert rest["done"] == plan["units"] - first
    assert shop.work(snapshot, "3/5")["done"] == 0
    assert len(shop.receipts(snapshot)) == plan["units"]
    shop.seal(snapshot)
    shop.check()


def test_two_workers_of_one_shard_at_once(tmp_path, cache):
    """Both have begun before either has a receipt; each item is there once at least, named once, and whole."""
    with opened(tmp_path, cache, faults=["latency=800ms@1-200 on GET **/content"]) as shop:
        snapshot = shop.planned()["snapshot"]
        one, other = (shop.begin("backup-work", "--snapshot", snapshot) for _ in range(2))
        results = [shop.finish(one), shop.finish(other)]
        assert [result.code for result in results] == [0, 0], results
        repeated = shop.receipts(snapshot)
        assert len(repeated) > len(set(repeated)) == len(shop.units(snapshot)), "they did not meet"
        assert shop.seal(snapshot)["status"] == "done"
        keys = [item["key"] for item in shop.snapshot().manifest["items"]]
        assert len(keys) == len(set(keys))
        shop.check()


def test_a_worker_after_the_seal_changes_nothing(shop):
    shop.straight.control.add("413=html@1+ on GET **/flows/*/content")
    first = shop.backup()
    assert first.code == 3, first
    shop.straight.control.clear()
    snapshot, before = shop.names()[0], shop.everything()
    late = shop.work(snapshot)
    assert "sealed" in late["headline"] and shop.everything() == before
    assert shop.backup().code == 0, "the late worker left no lease behind"


@pytest.mark.parametrize("far", [False, True], ids=["directory", "S3"])
def test_two_seals(tmp_path, cache, far):
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(opened(tmp_path, cache, stack.enter_context(start_s3()) if far else None))
        snapshot = shop.planned()["snapshot"]
        shop.work(snapshot)
        both = at_once(*[lambda: shop.finish(shop.begin("backup-seal", "--snapshot", snapshot))] * 2)
        assert [result.code for result in both] == [0, 0], both
        manifest, names = shop.store.read(f"{snapshot}/manifest.json"), shop.store.list()
        assert len(set(seal_of(manifest))) == 1
        third = shop.seal(snapshot)
        assert third["status"] == "done" and shop.store.read(f"{snapshot}/manifest.json") == manifest
        assert shop.store.list() == names
        shop.check()


def test_who_is_to_be_told_hears_of_the_seal_alone(tmp_path, cache):
    """As of a whole backup: of a seal that failed for want of receipts, of a partial snapshot. Plan and work are their engine's to watch."""
    heard = tmp_path / "heard"
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        shop = Shop(tmp_path, sim)
        told = [f"exec:echo \"$TABFERRY_COMMAND $TABFERRY_STATUS $TABFERRY_SNAPSHOT\" >> {heard}"]
        shop.more["notify"] = {"on_failure": told, "on_partial": told, "on_success": told}
        sim.control.add("truncate@1+ on GET **/workbooks/*/content")
        snapshot = shop.planned()["snapshot"]
        shop.seal(snapshot, code=1)
        shop.work(snapshot, code=3)
        shop.seal(snapshot, code=3)
    assert heard.read_text().splitlines() == [f"backup-seal failed {snapshot}", f"backup-seal partial {snapshot}"]


def test_a_step_without_a_plan_says_so(shop):
    for step in ("work", "seal"):
        told = shop.step(step, "--snapshot", "backup_tableau_cloud_demo_20200101_000000", code=1)
        assert "there is no plan" in told.message and "backup-plan" in told.message


def test_a_part_that_the_plan_has_not(shop):
    snapshot = shop.planned("--shards", "3")["snapshot"]
    told = shop.step("work", "--snapshot", snapshot, "--shard", "3", code=2)
    assert "3 shards" in told.message and "0 to 2" in told.message, told


@pytest.mark.parametrize("shard, says", [("2/2", "0 to 1"), ("x", "0/4"), ("1/2/3", "0/4"), ("-1/2", "0/4"), ("1/0", "0/4")])
def test_a_shard_that_is_none(shop, shard, says):
    told = shop.tabferry("backup-work", "--snapshot", "x", f"--shard={shard}")
    assert told.code == 2 and says in told.err, told


# --- runs that meet


def test_the_second_of_two_is_refused_and_takes_over_after_silence(tmp_path, cache):
    with opened(tmp_path, cache, faults=[HELD]) as shop:
        first = shop.begin("backup")
        is_held(shop)
        name = snapshots(shop.store)[0]
        second = shop.backup("--no-resume")
        assert second.code == 5, second
        assert name in second.message and "another backup" in second.message, second.message
        assert shop.begin("backup-work", "--snapshot", name).wait(60) == 0  # of the same plan it may
        shop.age_locks(299 - 60)
        assert shop.backup("--no-resume").code == 5
        shop.age_locks(600)
        over = shop.backup("--no-resume")
        assert over.code == 0 and over.report["snapshot"] != name, over
        first.kill()
        shop.check()


def test_who_was_taken_over_does_not_seal(tmp_path, cache):
    with opened(tmp_path, cache, faults=["latency=3s@1 on GET **/workbooks/*/content"]) as shop:
        first = shop.begin("backup")
        is_held(shop)
        name = snapshots(shop.store)[0]
        shop.age_locks()
        over = shop.backup("--no-resume")
        assert over.code == 0, over
        result = shop.finish(first)
        assert result.code == 5 and "took over" in result.message and over.report["snapshot"] in result.message, result
        assert shop.names() == [over.report["snapshot"]] and name != over.report["snapshot"]


def killed(shop, *words):
    """A backup that has saved some and was killed; its name."""
    shop.straight.control.add(HELD)
    run = shop.begin("backup", *words)
    name = until(lambda: (snapshots(shop.store) or [None])[-1], what="the plan")
    until(lambda: shop.receipts(name), what="the first receipts")
    run.kill()
    run.communicate()
    shop.straight.control.clear()
    shop.age_locks()
    return name


def test_a_killed_run_is_gone_on_with(shop):
    name = killed(shop)
    had = set(shop.receipts(name))
    assert any(not unit.startswith("permissions") for unit in had) and shop.names() == []
    told = shop.backup()
    assert told.code == 0 and told.report["snapshot"] == name, told
    assert f"going on with {name}" in told.err
    assert sorted(shop.receipts(name)) == sorted(unit["id"] for unit in shop.units(name)), "something was done twice"
    assert snapshots(shop.store) == [name]
    shop.check()
    assert shop.backup().report["snapshot"] != name


def test_a_tag_is_no_other_wish(shop):
    name = killed(shop, "--tag", "weekly")
    told = shop.backup("--tag", "weekly", "--tag", "audit")
    assert told.code == 0 and told.report["snapshot"] == name, told
    assert shop.snapshot().manifest["tags"] == ["weekly", "audit"]
    again = shop.run("backup", "--tag", "other")
    assert again.code == 0 and "other options" not in again.out, again


def test_plan_again_is_the_same_plan(shop):
    first = shop.planned("--shards", "2")
    shop.age_locks()
    again = shop.planned("--shards", "2")
    assert (again["snapshot"], again["resumed"], first["resumed"]) == (first["snapshot"], True, False)
    assert "Going on with" in again["headline"]


@pytest.mark.parametrize("words, code", [(("--no-resume",), 0), (("--only", "workbooks:**"), 3)])
def test_asked_otherwise_it_begins_anew(shop, words, code):
    """But what the cut run saved is not downloaded again."""
    name = killed(shop)
    saved = {unit for unit in shop.receipts(name) if unit.startswith("workbooks/")}
    told = shop.backup(*words)
    assert told.code == code and told.report["snapshot"] != name, told
    items = {f"{item['kind']}/{item['luid']}": item for item in shop.snapshot().manifest["items"]}
    saved &= items.keys()  # less what tells more of an item
    assert saved and all(items[unit]["key"].startswith(name + "/") for unit in saved), items
    assert told.report["taken_over"] >= len(saved) and name in json.dumps(told.report["notes"])
    assert shop.tabferry("verify", "latest", "--full").code == 0


@pytest.mark.parametrize("step", ["backup", "backup-plan"])
def test_all_of_it_is_another_wish(shop, step):
    """--full downloads everything, whatever a cut run took over or saved; and the one is as little gone on with as the other."""
    shop.backup()
    name = shop.planned()["snapshot"]
    shop.age_locks()
    told = shop.tabferry(step, "--full", "--json")
    assert told.code == 0 and told.report["snapshot"] != name and f"{name} was cut short" in told.err, told
    full = told.report["snapshot"]
    content = [unit for unit in shop.units(full) if unit["verb"] != "read"]
    assert content and {unit["verb"] for unit in content} == {"download"}
    if step == "backup":
        assert (told.report["downloaded"], told.report["taken_over"]) == (len(content), 0)
        return
    shop.age_locks()
    again = shop.planned("--full")
    assert (again["snapshot"], again["resumed"]) == (full, True)
    shop.age_locks()
    assert shop.planned()["snapshot"] == name, "that one is there, too, and was asked for so"


def older(shop, name, hours):
    """The cut run as if it had begun so long ago: under another name."""
    at = datetime.strptime(name[-15:], "%Y%m%d_%H%M%S") - timedelta(hours=hours)
    new = name[:-15] + at.strftime("%Y%m%d_%H%M%S")
    for folder in (name, name + ".work"):
        shutil.move(shop.store.path / folder, shop.store.path / folder.replace(name, new))
    for path in (shop.store.path / f"{new}.work").rglob("*.json*"):
        path.write_bytes(path.read_bytes().replace(name.encode(), new.encode()))
    return new


def test_an_old_cut_run_is_a_base(shop):
    name = older(shop, killed(shop), hours=7)
    content = {unit["id"] for unit in shop.units(name) if unit["verb"] == "download"}
    saved = content & set(shop.receipts(name))
    told = shop.backup()
    assert told.code == 0 and told.report["snapshot"] != name, told
    assert told.report["taken_over"] == len(saved) > 0
    shop.check()


def test_objects_that_are_gone_are_downloaded_again(shop):
    """Of a run that is gone on with, and of the base: no backup fails because somebody deleted an older object."""
    name = killed(shop)
    lost = next(receipt["key"] for receipt in shop.receipt_lines(name) if receipt.get("key"))
    shop.store.remove(lost)
    told = shop.backup()
    assert told.code == 0 and lost.rpartition("/")[2] in json.dumps(told.report["notes"], ensure_ascii=False), told
    shop.check()
    lost = next(item["key"] for item in shop.snapshot().manifest["items"] if item["kind"] == "workbooks")
    shop.store.remove(lost)
    told = shop.backup()
    assert told.code == 0 and lost.rpartition("/")[2] in json.dumps(told.report["notes"], ensure_ascii=False), told
    shop.check()


# --- names


@pytest.mark.parametrize("far", [False, True], ids=["directory", "S3"])
def test_a_key_that_is_taken_is_left_alone(tmp_path, cache, far):
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(opened(tmp_path, cache, stack.enter_context(start_s3()) if far else None))
        snapshot = shop.planned()["snapshot"]
        flow = next(unit for unit in shop.units(snapshot) if unit["kind"] == "flows")
        shop.work(snapshot)  # tells where its key would be; then all of that work is taken away
        key = next(key for key in shop.store.list(f"{snapshot}/prep_flows/") if flow["luid"] in key)
        for made in [*shop.store.list(f"{snapshot}/"), *shop.store.list(f"{snapshot}.work/receipts/")]:
            shop.store.remove(made)
        shop.store.write(key, b"somebody else's")
        shop.store.write(f"{snapshot}/README.txt", b"somebody else's, too")
        shop.work(snapshot)
        shop.seal(snapshot)
        stem, dot, extension = key.rpartition(".")
        entry = shop.snapshot().entries("flows")[flow["luid"]]
        assert entry["key"] == f"{stem}~2{dot}{extension}"
        assert shop.store.read(key) == b"somebody else's"
        assert f"{snapshot}/README~2.txt" in shop.store.list(f"{snapshot}/")
        shop.check()


def test_the_second_is_taken(shop):
    """Of each site one folder a second, in the order of the plans; a folder of work alone takes its second as well."""
    first = shop.planned()["snapshot"]
    now = datetime.now(timezone.utc)
    for seconds in range(-1, 8):
        taken = first[:-15] + (now + timedelta(seconds=seconds)).strftime("%Y%m%d_%H%M%S")
        if taken != first:
            shutil.copytree(shop.store.path / f"{first}.work", shop.store.path / f"{taken}.work")
    newest = snapshots(shop.store)[-1]
    names = []
    for _ in range(2):
        shop.age_locks()
        names.append(shop.planned("--no-resume")["snapshot"])
    assert newest < names[0] < names[1], (newest, names)
    assert names[0][-15:] == (datetime.strptime(newest[-15:], "%Y%m%d_%H%M%S") + timedelta(seconds=1)).strftime("%Y%m%d_%H%M%S")
