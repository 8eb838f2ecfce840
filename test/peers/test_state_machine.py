"""The shipped state machine, backup.asl.json as it is, interpreted by moto: plan, the shards that it lists in S3, continuation,
retries, seal. Behind each function is the real program as Lambda starts it, by the Runtime API; the store is moto's S3, which the
interpreter reads the list from (it keeps If-None-Match and If-Match; signatures and checksums are judged elsewhere). That a Map
fails with a child is AWS's word: moto's does not.
"""

import contextlib
import importlib.util
import json
import pathlib
import re
import tempfile
import threading

import pytest
from backup_shop import SMALL, BackupShop, made_site
from ferry import until
from lambda_runtime import Function
from sim_apps import make_app
from simulator import PASSWORD, USER, start_sim
from step_functions import FunctionError, Machine, Refused, start_aws

PACKAGING = pathlib.Path(__file__).parents[2] / "packaging" / "aws"
SHARDS = 3
# Of each kind a few: several shards have something to do, and a test is a dozen invocations at most.
SITE = SMALL | {"users": 4, "workbooks": 6, "datasources": 4, "flows": 3, "groups": 2, "members": 2, "projects": 3, "bodies": 3,
                "virtual-connections": 2, "custom-views": 2, "schedules": 2, "tasks": 2, "flow-tasks": 1, "subscriptions": 1, "favorites": 1}  # fmt: skip
HELD = "latency=60s@1 on GET **/workbooks/*/content"
NEVER = "latency=60s@1+ on GET "
SHORT = 4  # seconds of an invocation that is to be cut


def generator():
    spec = importlib.util.spec_from_file_location("state_machine", PACKAGING / "state_machine.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Shop(BackupShop):
    """Signs in by password, for several workers do it at once. Each invocation has a function of its own, as one that Lambda starts anew."""

    def __init__(self, *words):
        super().__init__(*words)
        self.lock, self.cut = threading.Lock(), set()
        self.write(template=False)

    def config(self):
        config = super().config()
        config["sites"]["demo"]["auth"] = {"username": USER, "password": "env:SITE_PASSWORD"}
        return config

    def environment(self, **more):
        return super().environment(SITE_PASSWORD=PASSWORD, **more)

    @contextlib.contextmanager
    def function(self):
        with Function(tempfile.mkdtemp(dir=self.folder), self.environment(TABFERRY_CONFIG=str(self.folder / "tabferry.yaml"))) as function:
            yield function

    def invoke(self, event, seconds=60):
        with self.function() as function:
            answer = function.invoke(event, seconds)
        if not answer.ok:
            raise FunctionError(answer.body["errorType"], answer.message)
        return answer.body

    def cut_once(self, event, held):
        """The first time that this event comes, its time is up before `held` answers."""
        with self.lock:
            is_first, _ = str(event) not in self.cut, self.cut.add(str(event))
        if not is_first:
            return self.invoke(event)
        self.straight.control.add(NEVER + held)
        answer = self.invoke(event, SHORT)
        self.straight.control.clear()
        assert answer["status"] == "continues", answer
        return answer


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with start_aws(tmp_path_factory.mktemp("moto") / "log") as running:
        yield running


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("sites")


@pytest.fixture
def shop(tmp_path, cache, aws, request):
    with start_sim(data=made_site(cache, SITE), control=True) as sim:
        yield Shop(tmp_path, sim, aws, request.node.name.strip("]").replace("[", "-"))


@pytest.fixture
def machine(aws):
    return Machine(aws, (PACKAGING / "backup.asl.json").read_text())


@pytest.fixture
def hasty(aws):
    """The same, whose pauses of minutes are of a second."""
    text, pauses = re.subn(rf'"IntervalSeconds": {generator().LEASE_SECONDS}\b', '"IntervalSeconds": 1', (PACKAGING / "backup.asl.json").read_text())
    assert pauses == 2, "of plan and backup"
    return Machine(aws, text)


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


def test_a_worker_that_fails_or_is_killed_is_tried_again(aws, shop, machine):
    """A large site, and every shard of it: one's function is refused by Lambda; another one's worker is killed at its first download."""
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
        with shop.function() as function:  # killed at the end of the block
            function.begin(event)
            until(lambda: shop.straight.control.struck("latency"), what="a download")
        shop.straight.control.clear()
        raise FunctionError("Sandbox.Timedout", "Task timed out after 900.00 seconds")

    with aws.functions(invoke):
        execution = machine.run({"shards": SHARDS})
    assert execution["status"] == "SUCCEEDED", execution
    assert [function for function, _ in aws.events] == ["backup"] + ["work"] * (SHARDS + 2) + ["backup"]
    (snapshot,) = shop.names()
    assert sorted((one["shard"], one["of"], one["snapshot"]) for one in jobs(aws, "backup.work")) == [
        (shard, SHARDS, snapshot) for shard in (0, 0, 1, 1, 2)
    ]
    report = json.loads(execution["output"])
    assert (report["status"], report["snapshot"]) == ("done", snapshot), report
    assert machine.told() == []
    check(shop, killed=True)


def test_a_backup_that_continues_is_invoked_again_at_once(aws, shop, machine):
    """An execution without a word about shards is one function's work."""
    with aws.functions(lambda event: shop.cut_once(event, "**/flows/*/content")):
        execution = machine.run({})
    assert execution["status"] == "SUCCEEDED" and json.loads(execution["output"])["status"] == "done", execution
    assert aws.events == [("backup", {"job": "backup"})] * 2
    check(shop)


def test_a_shard_that_continues(aws, shop, machine):
    def invoke(event):
        return shop.cut_once(event, "**/content") if event["job"] == "backup.work" else shop.invoke(event)

    with aws.functions(invoke):
        execution = machine.run({"shards": 2, "workers": 1})
    assert execution["status"] == "SUCCEEDED", execution
    assert [one["shard"] for one in jobs(aws, "backup.work")] == [0, 0, 1, 1], "one at a time"
    check(shop)


def test_a_plan_that_continues(aws, shop, machine):
    """Its workers are a connected app, and what that cannot read takes longer than a function may run. What was asked stays."""
    with shop.straight.client() as server:
        client_id, secret = make_app(server, "workers")
    path = shop.folder / "app-secret"
    path.touch(mode=0o600)
    path.write_text(secret["value"])
    shop.worker_auth = {"connected_app": {"client_id": client_id, "secret_id": secret["id"], "secret_value": f"file:{path.name}", "username": USER}}
    shop.write(template=False)

    def invoke(event):
        return shop.cut_once(event, "**/virtualconnections/*") if event["job"] == "backup.plan" else shop.invoke(event)

    with aws.functions(invoke):
        execution = machine.run({"shards": 2, "workers": 1})
    assert execution["status"] == "SUCCEEDED" and json.loads(execution["output"])["status"] == "done", execution
    assert jobs(aws, "backup.plan") == [{"job": "backup.plan", "shards": 2}] * 2
    assert [one["shard"] for one in jobs(aws, "backup.work")] == [0, 1]
    assert len(shop.names()) == 1 and shop.tabferry("verify", "latest", "--full", "--json").code == 0


def test_a_site_that_is_away_for_minutes_does_not_cost_the_night(aws, hasty):
    troubles = ["tabferry.transient", "tabferry.io"]

    def invoke(event):
        if troubles:
            raise FunctionError(troubles.pop(), "the site does not answer")
        return {"status": "done"}

    with aws.functions(invoke):
        execution = hasty.run({})
    assert execution["status"] == "SUCCEEDED" and hasty.told() == [], execution
    assert aws.events == [("backup", {"job": "backup"})] * 3


def test_a_site_that_stays_away_is_told(aws, hasty):
    def invoke(event):
        raise FunctionError("tabferry.transient", "the site does not answer")

    with aws.functions(invoke):
        execution = hasty.run({"shards": 2})
    assert execution["status"] == "FAILED" and len(aws.events) == 3, execution
    assert len(hasty.told()) == 1


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
