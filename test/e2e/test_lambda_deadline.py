"""A Lambda function whose time is up before its work is done: it stops in time, says `continues`, and goes on when it is called again."""

import json

import pytest
from backup_shop import BackupShop, made_site
from backup_store import snapshots
from backup_tiny import ITEMS, TINY
from fake_http import fake_http
from lambda_runtime import function_of
from simulator import start_sim

NEVER = "latency=60s@1+ on GET "


@pytest.fixture
def shop(tmp_path, cache):
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        yield BackupShop(tmp_path, sim)


def until_done(function, event, seconds):
    answers = []
    while not answers or answers[-1].status == "continues":
        answers.append(function.invoke(event, seconds))
        assert answers[-1].ok and len(answers) < 20, answers
    return answers


def receipts(shop, name):
    return [json.loads(line)["unit"] for key in shop.store.list(f"{name}.work/receipts/") for line in shop.store.read(key).splitlines()]


def test_one_backup_over_some_invocations(shop):
    shop.keys["concurrency"] = 3
    with fake_http(lambda request: (200, {}, b"ok")) as people, function_of(shop) as function:
        shop.more["notify"] = {f"on_{end}": [f"{people.url}/{end}"] for end in ("success", "partial", "failure")}
        shop.write(template=False)
        shop.straight.control.add("latency=800ms@1+ on GET **/content")
        answers = until_done(function, {}, 5)
        told = [request.path for request in people.seen]
    assert len(answers) >= 3 and answers[-1].status == "done" and answers[-1].body["saved"] == ITEMS, answers
    left = [answer.body["left"] for answer in answers[:-1]]
    assert left == sorted(left, reverse=True) and left[-1] > 0 and all(answer.seconds < 5 for answer in answers), answers
    assert {answer.body["snapshot"] for answer in answers} == set(snapshots(shop.store)) == {answers[-1].body["snapshot"]}
    assert told == ["/success"]
    lines = function.metrics()
    assert [line["Succeeded"] for line in lines] == [0] * (len(answers) - 1) + [1]
    assert not any(line["Failed"] or line["Partial"] for line in lines)
    units = receipts(shop, answers[-1].body["snapshot"])
    assert len(units) == len(set(units)), "something was done twice"
    assert shop.differences() == []
    assert shop.tabferry("verify", "latest", "--full").code == 0


def test_an_item_too_slow_for_two_invocations(shop):
    with function_of(shop) as function:
        shop.straight.control.add(NEVER + "**/flows/*/content")
        first, second = function.invoke(seconds=4), function.invoke(seconds=4)
        assert first.status == second.status == "continues" and second.body["left"] == TINY["flows"], (first, second)
        last = function.invoke(seconds=20)
    assert last.ok and last.status == "partial" and last.body["failures"] == TINY["flows"], last
    assert "`tabferry backup` in the Fargate task" in last.text and last.body["saved"] == ITEMS - TINY["flows"], last
    manifest = shop.snapshot().manifest
    failed = [item for item in manifest["items"] if item["status"] == "failed"]
    assert {item["kind"] for item in failed} == {"flows"} and len(failed) == TINY["flows"]
    assert all("not finished in 2 runs of limited time" in item["reason"] for item in failed)
    shop.straight.control.clear()
    told = shop.backup()  # without a limit: the way out
    assert told.code == 0 and told.report["downloaded"] <= TINY["flows"] + told.report["rules"].get("new", 0), told
    assert shop.differences() == []


def test_a_worker_goes_on(shop):
    shop.let_workers_sign_in()
    with function_of(shop) as function:
        plan = function.invoke({"job": "backup.plan", "shards": 2}).body["snapshot"]
        work = [{"job": "backup.work", "snapshot": plan, "shard": shard, "of": 2} for shard in (0, 1)]
        shop.straight.control.add(NEVER + "**/workbooks/*/content")
        cut = function.invoke(work[0], 3)
        assert cut.ok and cut.status == "continues" and cut.body["snapshot"] == plan and cut.body["left"] > 0, cut
        shop.straight.control.clear()
        for event in work:
            assert function.invoke(event).status == "done"
        sealed = function.invoke({"job": "backup.seal", "snapshot": plan})
        assert sealed.status == "done" and sealed.body["saved"] == ITEMS, sealed


def test_a_run_without_a_limit_takes_what_was_given_up(shop):
    with function_of(shop) as function:
        plan = function.invoke({"job": "backup.plan"}).body["snapshot"]
        work = {"job": "backup.work", "snapshot": plan, "shard": 0, "of": 1}
        shop.straight.control.add(NEVER + "**/flows/*/content")
        assert [function.invoke(work, 3).status for _ in range(2)] == ["continues"] * 2
        third = function.invoke(work, 20)
        assert third.status == "partial" and third.body["failed"] == TINY["flows"], third
    shop.straight.control.clear()
    assert shop.tabferry("backup-work", "--snapshot", plan).code == 0
    sealed = shop.tabferry("backup-seal", "--snapshot", plan, "--json")
    assert sealed.code == 0 and sealed.report["saved"] == ITEMS, sealed


def test_a_site_that_cannot_be_listed_in_time(shop):
    """No progress would be kept: that is a failure, not a reason to be called again for ever."""
    with function_of(shop) as function:
        shop.straight.control.add("latency=60s@1+ on GET **/users*")
        answer = function.invoke(seconds=3)
    assert not answer.ok and answer.body["errorType"] == "tabferry.refused" and "listing the site took longer" in answer.message, answer


def test_a_sign_in_that_takes_too_long_says_so(shop):
    """The other jobs: test_lambda_times_up.py."""
    with function_of(shop) as function:
        shop.straight.control.add("latency=60s@1+ on POST **/auth/signin")
        answer = function.invoke({"job": "backup"}, 2)
    assert not answer.ok and "took longer than this function may run" in answer.message and answer.seconds < 2, answer
