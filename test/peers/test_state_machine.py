"""The shipped state machine, backup.asl.json as it is, interpreted by moto: plan, the shards that it lists in S3, continuation,
retries, seal. Behind each function is the real program; the store is moto's S3, which the interpreter reads the list from (it
keeps If-None-Match and If-Match; signatures and checksums are judged elsewhere). That a Map fails with a child is AWS's word:
moto's does not.
"""

import importlib.util
import json
import pathlib
import threading

import pytest
from backup_shop import BackupShop, made_site
from ferry import until
from simulator import PASSWORD, USER, start_sim
from step_functions import FunctionError, Machine, Refused, start_aws

PACKAGING = pathlib.Path(__file__).parents[2] / "packaging" / "aws"
SHARDS = 3
HELD = "latency=60s@1 on GET **/workbooks/*/content"


def generator():
    spec = importlib.util.spec_from_file_location("state_machine", PACKAGING / "state_machine.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Shop(BackupShop):
    """Signs in by password, for several workers do it at once; an event is what a function gets, a report what it answers."""

    def __init__(self, *words):
        super().__init__(*words)
        self.lock = threading.Lock()
        self.write(template=False)

    def config(self):
        config = super().config()
        config["sites"]["demo"]["auth"] = {"username": USER, "password": "env:SITE_PASSWORD"}
        return config

    def environment(self, **more):
        return super().environment(SITE_PASSWORD=PASSWORD, **more)

    @staticmethod
    def words(event):
        """The command line of an event (docs/lambda.md)."""
        words = {
            "backup": ("backup",),
            "backup.plan": ("backup-plan", "--shards", event.get("shards")),
            "backup.work": ("backup-work", "--snapshot", event.get("snapshot"), "--shard", f"{event.get('shard')}/{event.get('of')}"),
            "backup.seal": ("backup-seal", "--snapshot", event.get("snapshot")),
        }[event["job"]]
        return [*words, "--json", "--quiet"]

    def invoke(self, event):
        result = self.finish(self.start(*self.words(event)))
        if result.code not in (0, 3):
            raise FunctionError("tabferry." + result.report["error"]["kind"], result.report["error"]["message"])
        return result.report


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with start_aws(tmp_path_factory.mktemp("moto") / "log") as running:
        yield running


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("sites")


@pytest.fixture
def shop(tmp_path, cache, aws, request):
    with start_sim(data=made_site(cache), control=True) as sim:
        yield Shop(tmp_path, sim, aws, request.node.name.strip("]").replace("[", "-"))


@pytest.fixture
def machine(aws):
    return Machine(aws, (PACKAGING / "backup.asl.json").read_text())


def jobs(aws, job):
    return [event for _, event in aws.events if event["job"] == job]


def check(shop, killed=False):
    """Complete, the site's own, and verify agrees. What a killed worker had written without a receipt may lie there."""
    assert [one for one in shop.differences() if not (killed and one.endswith(": is named by nothing"))] == []
    verified = shop.tabferry("verify", "latest", "--full", "--json")
    assert verified.code == 0, verified


def test_the_shipped_definition_is_what_the_generator_writes():
    written = json.dumps(generator().definition(), indent=2) + "\n"
    assert (PACKAGING / "backup.asl.json").read_text() == written, "run: state_machine.py > backup.asl.json"


def test_a_large_site(aws, shop, machine):
    """Every shard once, and the snapshot is whole."""
    with aws.functions(shop.invoke):
        execution = machine.run({"shards": SHARDS})
    assert execution["status"] == "SUCCEEDED", execution
    assert [function for function, _ in aws.events] == ["backup"] + ["work"] * SHARDS + ["backup"]
    snapshot = jobs(aws, "backup.plan") and shop.names()[0]
    assert sorted((one["shard"], one["of"], one["snapshot"]) for one in jobs(aws, "backup.work")) == [
        (shard, SHARDS, snapshot) for shard in range(SHARDS)
    ]
    report = json.loads(execution["output"])
    assert (report["status"], report["snapshot"]) == ("done", snapshot), report
    assert machine.told() == []
    check(shop)


def test_a_worker_that_fails_or_is_killed_is_tried_again(aws, shop, machine):
    """One shard's function is refused by Lambda; another one's worker is killed at its first download."""
    failed = set()

    def invoke(event):
        shard = event.get("shard")
        with shop.lock:
            first = shard in (0, 1) and shard not in failed
            failed.add(shard)
        if first and shard == 0:
            raise Refused("TooManyRequestsException", "Rate Exceeded.")
        if first:
            return killed(event)
        return shop.invoke(event)

    def killed(event):
        shop.straight.control.add(HELD)
        process = shop.start(*shop.words(event))
        until(lambda: shop.straight.control.struck("latency"), what="a download")
        process.kill()
        process.communicate()
        shop.straight.control.clear()
        raise FunctionError("Sandbox.Timedout", "Task timed out after 900.00 seconds")

    with aws.functions(invoke):
        execution = machine.run({"shards": SHARDS})
    assert execution["status"] == "SUCCEEDED", execution
    assert sorted(one["shard"] for one in jobs(aws, "backup.work")) == [0, 0, 1, 1, 2]
    check(shop, killed=True)


def test_a_backup_that_continues_is_invoked_again_at_once(aws, shop, machine):
    """Two answers `continues`, then the backup itself. An execution without a word about shards is one function's work."""
    answers = iter([{"status": "continues"}, {"status": "continues"}])
    with aws.functions(lambda event: next(answers, None) or shop.invoke(event)):
        execution = machine.run({})
    assert execution["status"] == "SUCCEEDED" and json.loads(execution["output"])["status"] == "done", execution
    assert aws.events == [("backup", {"job": "backup"})] * 3
    check(shop)


def test_a_shard_that_continues(aws, shop, machine):
    continued = set()

    def invoke(event):
        with shop.lock:
            again = event["job"] == "backup.work" and event["shard"] not in continued
            continued.add(event.get("shard"))
        return {"status": "continues"} if again else shop.invoke(event)

    with aws.functions(invoke):
        execution = machine.run({"shards": 2, "workers": 1})
    assert execution["status"] == "SUCCEEDED", execution
    assert [one["shard"] for one in jobs(aws, "backup.work")] == [0, 0, 1, 1], "one at a time"
    check(shop)


def test_who_continues_for_ever_is_stopped_and_told(aws, machine):
    with aws.functions(lambda event: {"status": "continues"}):
        execution = machine.run({})
    assert execution["status"] == "FAILED" and execution["error"] == "tabferry.NoEnd", execution
    assert len(aws.events) == generator().ROUNDS
    assert [subject for subject, _ in machine.told()] == ["tabferry: the backup failed"]


@pytest.mark.parametrize("asked, job", [({}, "backup"), ({"shards": 2}, "backup.plan"), ({"shards": 2}, "backup.seal")])
def test_a_failure_is_told_and_not_tried_again(aws, shop, machine, asked, job):
    """Of what another try would meet again: a password that is refused."""

    def invoke(event):
        if event["job"] == job:
            raise FunctionError("tabferry.denied", "the password was refused")
        return shop.invoke(event)

    with aws.functions(invoke):
        execution = machine.run({**asked, "workers": 1})
    assert execution["status"] == "FAILED", execution
    assert len(jobs(aws, job)) == 1
    ((subject, text),) = machine.told()
    assert subject == "tabferry: the backup failed" and "the password was refused" in text and execution["executionArn"] in text
    assert shop.names() == []
