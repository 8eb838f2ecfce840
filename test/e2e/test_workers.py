"""Many workers of one backup, who sign in by a connected app: what they save is what one process saves, what no JWT opens is read by the plan
step under its token, and one token for several of them is refused.
"""

import contextlib
import json
import uuid

import pytest
import tableauserverclient as tsc
from s3_server import start_s3
from simulator import USER
from worker_shop import KINDS, opened

WORKERS = 4


@pytest.fixture
def shop(tmp_path, cache):
    with opened(tmp_path, cache) as shop:
        yield shop


def saved(snapshot):
    """{item: what of it does not depend on when and by whom it was saved}"""
    return {(item["kind"], item["luid"]): (item["status"], item["sha256"], item["naturalKey"] if "naturalKey" in item else "")
            for item in snapshot.manifest["items"]}


def timeless(value):
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key not in ("lastLogin", "asOf", "nextRunAt", "lastUsedAt")}
    return [timeless(one) for one in value] if isinstance(value, list) else value


# --- a backup of many workers


@pytest.mark.parametrize("far", [False, True], ids=["directory", "S3"])
def test_four_workers_at_once(tmp_path, cache, far):
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(opened(tmp_path, cache, stack.enter_context(start_s3()) if far else None))
        plan = shop.planned("--shards", str(WORKERS))
        snapshot = plan["snapshot"]
        closed = [receipt for receipt in shop.receipts(snapshot)]
        assert plan["done_here"] == len(closed) > KINDS["virtual-connections"]
        assert all("virtual" in receipt["unit"] for receipt in closed), closed
        assert shop.sign_ins() == 2, "one of the test, one of the plan"
        reports = shop.work_at_once(snapshot, WORKERS)
        assert sum(report["done"] for report in reports) == plan["units"] - plan["done_here"]
        assert shop.sign_ins() == 2 + WORKERS and shop.refused() == {}
        assert shop.step("seal", "--snapshot", snapshot).report["status"] == "done"
        shop.tabferry("verify", snapshot, "--full", "--json", code=0)
        manifest = shop.snapshot().manifest
        assert (manifest["status"], shop.gaps()) == ("complete", {}), manifest["notes"]
        assert shop.differences() == []
        alone = shop.backup("--full", "--no-resume")
        assert alone.code == 0, alone
        by_many, by_one = shop.snapshot(snapshot), shop.snapshot()
        assert by_one.name != snapshot and saved(by_many) == saved(by_one)
        assert by_many.metadata.keys() == by_one.metadata.keys()
        for kind, document in by_one.metadata.items():
            assert timeless(by_many.metadata[kind]) == timeless(document), kind


def test_the_list_of_shards(tmp_path, cache):
    with start_s3() as s3, opened(tmp_path, cache, s3) as shop:
        plan = shop.planned("--shards", "3")
        place = plan["shard_list"]
        listed = json.loads(s3.client().get_object(Bucket=place["bucket"], Key=place["key"])["Body"].read())
        assert listed == [{"snapshot": plan["snapshot"], "shard": i, "of": 3} for i in range(3)]
        assert place["key"] == f"tableau/{plan['snapshot']}.work/shards.json"


@pytest.mark.parametrize("words, shards", [((), 3), (("--shards", "1"), 1)])
def test_planned_again(shop, words, shards):
    snapshot = shop.planned("--shards", "3")["snapshot"]
    shop.age_locks()
    again = shop.planned(*words)
    assert (again["snapshot"], again["shards"]) == (snapshot, shards)
    assert len(json.loads(shop.store.read(f"{snapshot}.work/shards.json"))) == shards
    assert shop.work(snapshot, "--shard", "0").report["of"] == shards


def test_planned_again_for_another_number(shop):
    plan = shop.planned("--shards", "3")
    shop.work(plan["snapshot"], "--shard", "2")
    shop.age_locks()
    again = shop.planned("--shards", "2")
    assert (again["snapshot"], again["resumed"], again["shards"]) == (plan["snapshot"], True, 2)
    assert "0 to 1" in shop.work(plan["snapshot"], "--shard", "2", code=2).message
    for shard in range(2):
        assert shop.work(plan["snapshot"], "--shard", str(shard)).report["of"] == 2
    assert shop.step("seal", "--snapshot", plan["snapshot"]).report["status"] == "done"
    one = shop.planned("--no-resume")
    assert "shard_list" not in one and one["shards"] == 1


def test_another_user_may_work(tmp_path, cache):
    """Of fewer rights than who planned, as long as they are those to what is saved: here of another administrator."""
    with opened(tmp_path, cache, flags=("--user", "robot=SiteAdministratorExplorer")) as shop:
        shop.worker_auth = shop.app(username="robot")
        plan = shop.planned("--shards", "2")
        shop.work_at_once(plan["snapshot"], 2)
        assert shop.step("seal", "--snapshot", plan["snapshot"]).report["status"] == "done"
        assert shop.snapshot().manifest["site"]["user"] == USER
        with shop.straight.client() as server:
            robots = [user.id for user in tsc.Pager(server.users) if user.name == "robot"]
        assert len(robots) == 1 and shop.differences(users=robots) == []


def test_a_plan_of_another_site(shop):
    snapshot = shop.planned()["snapshot"]
    key = f"{snapshot}.work/plan.json"
    text = shop.store.read(key)
    luid = json.loads(text)["site"]["luid"]
    shop.store.write(key, text.replace(luid.encode(), str(uuid.uuid4()).encode()))
    told = shop.work(snapshot, "--shard", "0/1", code=2)
    assert luid in told.message and "--site" in told.message, told


# --- one token


def test_one_token_for_two_workers_is_refused_before_it_does_harm(shop):
    shop.worker_auth = None
    plan = shop.step("plan", "--shards", "2")
    assert "cannot share the token 'demo'" in plan.err
    before = shop.sign_ins()
    for words in (("--shard", "0/2"), ("--shard", "1"), ("--shards", "2", "--shard", "0")):
        told = shop.work(plan.report["snapshot"], *words, code=5)
        assert "ends the first one's session" in told.message and "sites.demo.worker_auth.connected_app" in told.message, told
        assert "--shard 0/1" in told.message
    assert shop.sign_ins() == before
    assert shop.work(plan.report["snapshot"], "--shard", "0/1").report["done"] == plan.report["units"]
    assert shop.step("seal", "--snapshot", plan.report["snapshot"]).report["status"] == "done"


# --- what their app cannot read


def test_a_planner_that_knew_nothing_of_these_workers(shop):
    app, shop.worker_auth = shop.worker_auth, None
    plan = shop.planned()
    shop.worker_auth = app
    told = shop.work(plan["snapshot"], code=3).report
    closed = {receipt["unit"] for receipt in shop.receipts(plan["snapshot"]) if receipt["outcome"] == "failed"}
    assert told["failed"] == len(closed) > 0 and all("virtual" in unit for unit in closed)
    shop.age_locks()
    again = shop.planned()
    assert again["resumed"] and again["done_here"] == len(closed)
    assert shop.step("seal", "--snapshot", plan["snapshot"]).report["status"] == "done"
    assert shop.snapshot().manifest["status"] == "complete" and shop.differences() == []


# --- which part (all cases: test/unit/app/shard_index_test.cpp)


@pytest.mark.parametrize("variables, words, does", [
    ({"SLURM_ARRAY_TASK_ID": "11", "SLURM_ARRAY_TASK_MIN": "10"}, (), (1, 3)),
    ({"JOB_COMPLETION_INDEX": "2"}, ("--shards", "5"), (2, 5)),
    ({"JOB_COMPLETION_INDEX": "2"}, ("--shard", "0/4", "--shards", "4"), (0, 4))])  # fmt: skip
def test_which_part_the_engine_says(shop, variables, words, does):
    done = shop.work(shop.planned("--shards", "3")["snapshot"], *words, env=variables).report
    assert (done["shard"], done["of"]) == does and done["done"] > 0


@pytest.mark.parametrize("variables, words, says", [
    ({"JOB_COMPLETION_INDEX": "3"}, (), "no shard 3"),
    ({}, ("--shard", "0/4", "--shards", "5"), "do not agree")])  # fmt: skip
def test_which_part_nobody_knows(shop, variables, words, says):
    told = shop.work(shop.planned("--shards", "3")["snapshot"], *words, code=2, env=variables)
    assert says in told.out + told.err, told
