"""Many workers of one backup: they sign in by a connected app's JWT, what no JWT opens is read by the plan step under its token, and one
token for several of them is refused. Our JWTs are judged by PyJWT, and the simulator's idea of one by tableauserverclient.
"""

import contextlib
import json
import time
import uuid

import jwt as pyjwt
import pytest
import tableauserverclient as tsc
from backup_shop import BackupShop, made_site
from backup_tiny import TINY
from doctor_far_sides import Fake, Rewriting
from s3_server import start_s3
from sim_apps import make_app
from simulator import SITE, USER, start_sim

WORKERS = 4
KINDS = {"virtual-connections": 3}


class Shop(BackupShop):
    """A token for everything but the workers, who have a connected app. `auth`, `worker_auth`: other ones."""

    def __init__(self, folder, site, s3=None):
        super().__init__(folder, site, s3)
        with site.client() as server:
            self.client_id, self.secret = make_app(server, "workers")
        self.auth, self.worker_auth = None, self.app()

    def app(self, **changed):
        return {"connected_app": {"client_id": self.client_id, "secret_id": self.secret["id"], "secret_value": "env:APP_SECRET",
                                  "username": USER} | changed}

    def config(self):
        config = super().config()
        config["sites"]["demo"].update({"auth": self.auth} if self.auth else {})
        return config

    def environment(self, **more):
        return super().environment(**{"APP_SECRET": self.secret["value"], **more})

    def tabferry(self, *words, code=None, **more):
        result = super().tabferry(*words, **more)
        assert self.secret["value"] not in result.out + result.err and "eyJ" not in result.out + result.err
        assert code is None or result.code == code, (words, result)
        return result

    def step(self, name, *words, code=0, **more):
        return self.tabferry(f"backup-{name}", "--json", *words, code=code, **more)

    def planned(self, *words):
        return self.step("plan", *words).report

    def work(self, snapshot, *words, code=0, **more):
        return self.step("work", "--snapshot", snapshot, *words, code=code, **more)

    def work_at_once(self, snapshot, of):
        self.write(template=False)
        running = [self.start("backup-work", "--json", "--snapshot", snapshot, "--shard", f"{i}/{of}") for i in range(of)]
        results = [self.finish(one) for one in running]
        assert [result.code for result in results] == [0] * of, results
        return [result.report for result in results]

    def receipts(self, snapshot):
        return [json.loads(line) for key in self.store.list(f"{snapshot}.work/receipts/") for line in self.store.read(key).splitlines()]

    def differences(self, *words, users=(), **more):
        """Less what the judge does not know: the natural key of a connected app, and that workers have signed in since the plan."""
        of_workers = tuple(f"users {luid}: user/@lastLogin" for luid in users)
        return [one for one in super().differences(*words, **more)
                if "clientNaturalKey is 'workers'" not in one and not one.startswith(of_workers or "-")]

    def gaps(self):
        return {gap["kind"]: gap for gap in self.snapshot().manifest["gaps"]}

    def sign_ins(self):
        return sum(route["count"] for route in self.straight.control.requests()["routes"] if route["route"] == "auth/signin")

    def refused(self):
        """What the site has refused to those who are signed in, or would be."""
        return {(route["method"], route["route"]): route["statuses"] for route in self.straight.control.requests()["routes"]
                if "401" in route["statuses"]}


@contextlib.contextmanager
def opened(folder, cache, s3=None, flags=("--profile", "cloud")):
    with start_sim(*flags, data=made_site(cache, TINY | KINDS), control=True) as sim:
        yield Shop(folder, sim, s3)


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


# --- what a connected app cannot read


def test_a_connected_app_alone_says_what_it_cannot_read(shop):
    assert shop.backup().code == 0
    by_token = shop.gaps()
    shop.auth, shop.worker_auth = shop.app(), None
    result = shop.backup("--full")
    assert result.code == 0, result
    gap = shop.gaps()["virtual_connections"]
    assert gap["failed"] is False and "personal access token" in gap["reason"] and "worker_auth" in gap["reason"]
    assert gap.get("code", 0) == 0, "the site was not asked, and said no code"
    assert set(shop.gaps()) == {*by_token, "virtual_connections"}
    assert shop.refused() == {}, "the site was asked for what is closed"
    assert [one for one in shop.differences() if "virtual" not in one] == []
    shop.tabferry("verify", shop.snapshot().name, "--full", "--json", code=0)


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


def test_a_scope_that_is_missing_is_named(shop):
    """Not taken for the end of the session, nor for a gap that nobody minds; and the rest is saved."""
    shop.keys = {"kinds": ["workbooks"]}
    scopes = ["tableau:content:read", "tableau:users:read", "tableau:workbooks:download"]
    shop.auth, shop.worker_auth = shop.app(scopes=scopes), None
    result = shop.backup()
    assert result.code == 3, result
    assert shop.gaps()["groups"]["failed"] and "no scope" in shop.gaps()["groups"]["reason"], shop.gaps()
    assert len(shop.snapshot().entries("workbooks")) == TINY["workbooks"]
    assert shop.sign_ins() == 2, "a missing scope is no reason to sign in again"


# --- signing in


@pytest.mark.parametrize("at", [3, 25, 120])
def test_a_session_that_ends_is_begun_anew(shop, at):
    shop.auth, shop.worker_auth = shop.app(), None
    before = shop.sign_ins()
    shop.straight.control.add(f"expire-session@{at}")
    result = shop.backup()
    assert result.code == 0, result
    assert shop.straight.control.struck("expire-session") == 1 and shop.sign_ins() == before + 2


@pytest.mark.parametrize("changed, says", [
    ({"secret_value": "guessed-and-wrong"}, ("10084", "secret_value")),
    ({"client_id": "another"}, ("10084", "'another'")),
    ({"secret_id": str(uuid.UUID(int=1))}, ("10084", "secret_id")),
    ({"username": "nobody"}, ("(16)", "'nobody'", "is a user of this site"))],
    ids=["secret", "client", "secret id", "user"])  # fmt: skip
def test_wrong_credentials_say_what_to_check(shop, changed, says):
    shop.auth, shop.worker_auth = shop.app(**changed), None
    told = shop.backup()
    assert told.code == 1 and all(word in told.message for word in says), told
    assert "guessed-and-wrong" not in told.out + told.err
    assert shop.sign_ins() == 2, "wrong credentials must not be tried again"


def test_doctor_says_who_signs_in_for_what(shop):
    checks = {(check["area"], check["name"]): check for check in shop.tabferry("doctor", "--json").report["checks"]}
    assert "the token 'demo' has its secret; it signs in for all but backup-work" in checks["Site", "secret"]["seen"]
    assert f"the connected app '{shop.client_id}' as 'admin'" in checks["Site, backup-work", "secret"]["seen"]
    assert checks["Site, backup-work", "sign-in"]["status"] == checks["Site, backup-work", "role"]["status"] == "ok"
    shop.worker_auth = shop.app(secret_value="env:NOT_SET")
    found = [check for check in shop.tabferry("doctor", "--json", code=4).report["checks"] if check["status"] == "problem"]
    assert [(check["area"], check["name"]) for check in found] == [("Site, backup-work", "secret")]
    assert "worker_auth.connected_app.secret_value" in found[0]["seen"]


def test_config_show(shop):
    shop.worker_auth = shop.app(secret_value="in-plain-text")
    shown = shop.tabferry("config", "show")
    assert shop.client_id in shown.out and "worker_auth.connected_app.username" in shown.out
    assert "in-plain-text" not in shown.out + shown.err


# --- which part


@pytest.mark.parametrize("variables, words, does", [
    ({"AWS_BATCH_JOB_ARRAY_INDEX": "1"}, (), (1, 3)),
    ({"JOB_COMPLETION_INDEX": "2"}, ("--shards", "5"), (2, 5)),
    ({"SLURM_ARRAY_TASK_ID": "11", "SLURM_ARRAY_TASK_MIN": "10"}, (), (1, 3)),
    ({"JOB_COMPLETION_INDEX": "2"}, ("--shard", "0"), (0, 3)),
    ({"JOB_COMPLETION_INDEX": "2"}, ("--shard", "0/4", "--shards", "4"), (0, 4))])  # fmt: skip
def test_which_part_the_engine_says(shop, variables, words, does):
    done = shop.work(shop.planned("--shards", "3")["snapshot"], *words, env=variables).report
    assert (done["shard"], done["of"]) == does and done["done"] > 0


@pytest.mark.parametrize("variables, words, says", [
    ({}, (), "--shard 0/3"),
    ({"JOB_COMPLETION_INDEX": "3"}, (), "no shard 3"),
    ({"JOB_COMPLETION_INDEX": "one"}, (), "JOB_COMPLETION_INDEX is 'one'"),
    ({"JOB_COMPLETION_INDEX": "1", "AWS_BATCH_JOB_ARRAY_INDEX": "0"}, (), "JOB_COMPLETION_INDEX says 1"),
    ({}, ("--shard", "0/4", "--shards", "5"), "do not agree")])  # fmt: skip
def test_which_part_nobody_knows(shop, variables, words, says):
    told = shop.work(shop.planned("--shards", "3")["snapshot"], *words, code=2, env=variables)
    assert says in told.out + told.err, told


# --- judges of our own


def jwt_sent_by(shop):
    """What goes over the wire when tabferry signs in."""
    sent = []

    def listen(request):
        if request.path.endswith("/auth/signin"):
            sent.append(request.content.decode().split('jwt="')[1].split('"')[0])
        return through(request)

    through = Rewriting(shop.straight, "x", "x")
    with Fake(listen) as site:
        shop.site_through(site.url)
        shop.tabferry("doctor", "--json")
    return sent


def test_pyjwt_reads_our_tokens(shop):
    shop.auth, shop.worker_auth = shop.app(), None
    first, second = jwt_sent_by(shop)[0], jwt_sent_by(shop)[0]
    claims = pyjwt.decode(first, shop.secret["value"], algorithms=["HS256"], audience="tableau", issuer=shop.client_id,
                          options={"require": ["exp", "iss", "sub", "aud", "jti"]})  # fmt: skip
    assert pyjwt.get_unverified_header(first) == {"alg": "HS256", "typ": "JWT", "kid": shop.secret["id"], "iss": shop.client_id}
    assert claims["sub"] == USER and 0 < claims["exp"] - time.time() <= 600
    assert "tableau:content:read" in claims["scp"] and all(scope.endswith((":read", ":download")) for scope in claims["scp"])
    assert claims["jti"] != pyjwt.decode(second, options={"verify_signature": False})["jti"]
    with pytest.raises(pyjwt.InvalidSignatureError):
        pyjwt.decode(first, "another secret of some length, as HS256 wants", algorithms=["HS256"], audience="tableau")


def test_tableauserverclient_signs_in_with_a_token_of_pyjwt(shop):
    claims = {"iss": shop.client_id, "sub": USER, "aud": "tableau", "jti": str(uuid.uuid4()), "exp": int(time.time()) + 300,
              "scp": ["tableau:content:read"]}  # fmt: skip
    token = pyjwt.encode(claims, shop.secret["value"], "HS256", {"kid": shop.secret["id"], "iss": shop.client_id})
    server = shop.straight.server()
    with server.auth.sign_in(tsc.JWTAuth(token, site_id=SITE)):
        assert server.workbooks.get()[1].total_available == TINY["workbooks"]
