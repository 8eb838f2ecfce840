"""tabferry as the runtime of a Lambda function: the Runtime API by a server of our own, the site by tabferry-sim, the bucket by a real
S3 server, secrets by moto. What becomes of the time limit: test_lambda_deadline.py.
"""

import contextlib
import json
import os
import pathlib
import shutil
import statistics

import boto3
import pytest
from backup_shop import BackupShop, made_site
from backup_tiny import ITEMS, TINY
from ferry import HYPERD, SECRET, TABFERRY, until
from lambda_runtime import Function, function_of
from moto.server import ThreadedMotoServer
from simulator import NOBODY, SITE, TOKEN_NAME, start_sim

EVENTBRIDGE = {"version": "0", "id": NOBODY, "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012",
               "time": "2026-11-22T03:00:00Z", "region": "us-east-1", "resources": [], "detail": {}}  # fmt: skip


@pytest.fixture(scope="module")
def secrets():
    """Secrets Manager: (its address, a client of it)."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    yield url, boto3.client("secretsmanager", endpoint_url=url, region_name="us-east-1", aws_access_key_id="AKTEST", aws_secret_access_key="test")
    server.stop()


@contextlib.contextmanager
def opened(folder, cache, s3=None):
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        yield BackupShop(folder, sim, s3, prefix=folder.name)


@pytest.fixture
def shop(tmp_path, cache):
    with opened(tmp_path, cache) as shop:
        yield shop


@pytest.fixture
def function(shop):
    with function_of(shop) as function:
        yield function


def sample_of(shop, secrets, name, **more):
    """The five variables of the Lambda sample, and where the services are here."""
    return {"S3_BUCKET": "backups", "SECRET_NAME": name, "REGION_NAME": shop.s3.region, "SITE_ID": "", "TABLEAU_BASE_URL": f"{shop.straight.url}/api/3.24",
            "TABFERRY_S3_ENDPOINT": shop.s3.url, "AWS_ENDPOINT_URL_SECRETS_MANAGER": secrets[0], **more}  # fmt: skip


@contextlib.contextmanager
def sample_function(shop, secrets, name, secret=SECRET, **more):
    """A function that only has the sample's variables, and its secret (None: there is none)."""
    if secret is not None:
        secrets[1].create_secret(Name=name, SecretString=json.dumps({"PAT_NAME": TOKEN_NAME, "PAT": secret, "SITE": SITE}))
    with shop.straight.client() as server:
        luid = server.site_id
    shop.store.prefix = ""
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(shop.temp), **shop.s3.environment(), **sample_of(shop, secrets, name, SITE_ID=luid), **more}
    with Function(shop.folder, environment) as function:
        yield function
    assert SECRET not in function.out + function.err and shop.s3.secret_key not in function.out + function.err


# --- one job after the other


def test_a_night_of_jobs(function, shop):
    """Backup, verify, prune and doctor in one function, which holds nothing between them."""
    answer = function.invoke({"job": "backup", "tags": ["nightly"]})
    assert answer.ok and answer.status == "done" and answer.body["saved"] == ITEMS, answer
    assert answer.body["seconds"] <= answer.seconds and shop.names() == [answer.body["snapshot"]]
    assert shop.snapshot().manifest["tags"] == ["nightly"]
    again = function.invoke(EVENTBRIDGE)
    assert again.ok and again.body["taken_over"] > 0, again
    verified = function.invoke({"job": "verify", "full": True})
    assert verified.ok and verified.body["whole"] and verified.body["snapshot"] == again.body["snapshot"], verified
    pruned = function.invoke({"job": "prune", "keep_last": 1, "dry_run": True})
    assert pruned.ok and pruned.body["dry_run"], pruned
    shop.straight.control.clear()
    assert shop.differences() == []
    assert [line["Command"] for line in function.metrics()] == ["backup", "backup", "verify"]


def test_the_three_steps(shop):
    shop.let_workers_sign_in()
    with function_of(shop) as function:
        plan = function.invoke({"job": "backup.plan", "shards": 2})
        assert plan.ok, plan
        early = function.invoke({"job": "backup.seal", "snapshot": plan.body["snapshot"]})
        assert not early.ok and early.body["report"]["command"] == "backup-seal", early
        for shard in (1, 0):
            work = function.invoke({"job": "backup.work", "snapshot": plan.body["snapshot"], "shard": shard, "of": 2})
            assert work.ok and work.status == "done" and work.body["left"] == 0, work
        sealed = function.invoke({"job": "backup.seal", "snapshot": plan.body["snapshot"]})
        assert sealed.ok and sealed.body["saved"] == ITEMS, sealed
        metrics = function.metrics()
    assert [answer.body["command"] for answer in (plan, work, sealed)] == ["backup-plan", "backup-work", "backup-seal"]
    assert [line["Command"] for line in metrics] == ["backup-plan", "backup-seal", "backup-work", "backup-work", "backup-seal"]


def test_partial_is_an_answer(function, shop):
    shop.straight.control.add("truncate@1+ on GET **/flows/*/content")
    answer = function.invoke()
    assert answer.ok and answer.status == "partial" and answer.body["failures"] == TINY["flows"], answer
    line = function.metrics()[0]
    assert (line["Succeeded"], line["Partial"], line["Failed"], line["ItemsFailed"]) == (0, 1, 0, TINY["flows"])


def test_metrics_are_what_cloudwatch_reads(function, shop):
    answer = function.invoke()
    (line,) = function.metrics()
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "tabferry" and directive["Dimensions"] == [["Command"], ["Command", "Site"]]
    assert (line["Command"], line["Site"]) == ("backup", "demo")
    assert {metric["Name"] for metric in directive["Metrics"]} == {
        "Succeeded", "Partial", "Failed", "Seconds", "Items", "ItemsFailed", "Bytes", "BackupAgeHours"}  # fmt: skip
    assert all(isinstance(line[metric["Name"]], (int, float)) for metric in directive["Metrics"])
    assert line["Succeeded"] == 1 and line["Items"] == ITEMS and line["Bytes"] == answer.body["downloaded_bytes"] and line["BackupAgeHours"] < 1


# --- as the sample's users have it


def test_the_samples_variables_and_an_empty_event(tmp_path, cache, far, secrets):
    """And a secret that is rotated between two events."""
    with opened(tmp_path, cache, far) as shop, sample_function(shop, secrets, "tableau/rotated", "not yet the right one") as function:
        refused = function.invoke()
        assert not refused.ok and refused.body["errorType"] == "tabferry.denied", refused
        secrets[1].put_secret_value(SecretId="tableau/rotated", SecretString=json.dumps({"PAT_NAME": TOKEN_NAME, "PAT": SECRET, "SITE": SITE}))
        answer = function.invoke()
        assert answer.ok and answer.status == "done" and answer.body["saved"] == ITEMS and SECRET not in answer.text, answer
        failed, done = function.metrics()
        assert failed["Failed"] == 1 and done["Succeeded"] == 1 and done["BackupAgeHours"] < 1


def test_a_missing_secret(tmp_path, cache, far, secrets):
    with opened(tmp_path, cache, far) as shop, sample_function(shop, secrets, "tableau/none", None) as function:
        answer = function.invoke()
        assert not answer.ok and answer.body["errorType"] == "tabferry.not_found", answer
        assert "tableau/none" in answer.message and "ResourceNotFoundException" in answer.message, answer
        assert function.metrics()[0]["Failed"] == 1


def test_a_secret_without_a_value(tmp_path, cache, far, secrets):
    """As CloudFormation makes it. That it is none of the environment's is seen in doctor's words."""
    with opened(tmp_path, cache, far) as shop, sample_function(shop, secrets, "tableau/empty", None) as function:
        secrets[1].create_secret(Name="tableau/empty")
        cure = "It has no value yet: aws secretsmanager put-secret-value --secret-id tableau/empty"
        answer = function.invoke()
        assert answer.body["errorType"] == "tabferry.not_found" and cure in answer.message, answer
        answer = function.invoke({"job": "doctor"})
        assert not answer.ok and cure in answer.message and "cron" not in answer.message, answer


def test_a_wrong_region(tmp_path, cache, far, secrets):
    """The secret is not there; a bucket's right region is found by itself, as its server says it."""
    with opened(tmp_path, cache, far) as shop:
        text = json.dumps({"PAT_NAME": TOKEN_NAME, "PAT": SECRET, "SITE": SITE})
        secret = secrets[1].create_secret(Name="tableau/elsewhere", SecretString=text)
        with sample_function(shop, secrets, secret["Name"], None, REGION_NAME="eu-central-1") as function:
            answer = function.invoke()
        assert not answer.ok and answer.body["errorType"] == "tabferry.not_found", answer
        assert "Secrets Manager in eu-central-1" in answer.message and "in this region" in answer.message, answer
        with sample_function(shop, secrets, secret["ARN"], None, REGION_NAME="eu-central-1") as function:
            assert function.invoke().ok


def test_a_parameter_of_the_systems_manager(shop, secrets):
    """`ssm:/PATH` in tabferry.yaml, rotated between two events."""
    ssm = boto3.client("ssm", endpoint_url=secrets[0], region_name="us-east-1", aws_access_key_id="AKTEST", aws_secret_access_key="test")
    far = {"AWS_ENDPOINT_URL_SSM": secrets[0], "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKTEST", "AWS_SECRET_ACCESS_KEY": "test"}
    shop.pat_secret = "ssm:/tableau/pat"
    with function_of(shop, **far) as function:
        answer = function.invoke()
        assert answer.body["errorType"] == "tabferry.not_found" and "ParameterNotFound" in answer.message and "/tableau/pat" in answer.message, answer
        ssm.put_parameter(Name="/tableau/pat", Value="not yet the right one", Type="SecureString")
        assert function.invoke().body["errorType"] == "tabferry.denied"
        ssm.put_parameter(Name="/tableau/pat", Value=SECRET, Type="SecureString", Overwrite=True)
        answer = function.invoke()
        assert answer.ok and answer.status == "done" and answer.body["saved"] == ITEMS, answer


# --- what fails


@pytest.mark.parametrize("event, said", [
    ({"job": "bäckup"}, "there is no job 'bäckup'"),
    ({"job": "backup", "ful": True}, "did you mean full?"),
    ({"job": "backup.seal", "snapshot": "null"}, "the snapshot's name is 'null', which is no name"),
    ({"job": "verify", "snapshot": "-"}, "the snapshot's name is '-', which is no name"),
    ({**EVENTBRIDGE, "detail": {"job": "docter"}}, "did you mean doctor?"),
    ({"job": "backup.work"}, "the event has no snapshot"),
    ("[1]", "no JSON object"),
    ("{", "the event"),
])  # fmt: skip
def test_a_bad_event(function, event, said):
    answer = function.invoke(event)
    assert not answer.ok and answer.body["errorType"] == "tabferry.usage" and said in answer.message, answer
    assert "\n" not in answer.message and answer.body["stackTrace"] == []


def test_a_failure_is_a_function_error(shop):
    shop.keys["max_failures"] = 0
    with function_of(shop) as function:
        shop.straight.control.add("truncate@1+ on GET **/workbooks/*/content")
        answer = function.invoke()
        assert not answer.ok and answer.body["errorType"] == "tabferry.transient" and answer.body["report"]["status"] == "failed", answer
        line = function.metrics()[0]
        assert line["Failed"] == 1 and line["Succeeded"] == 0
        shop.straight.control.clear()
        assert function.invoke().ok  # the function goes on


def test_a_problem_that_is_found_is_a_function_error(function, shop):
    name = function.invoke().body["snapshot"]
    shop.store.remove(next(key for key in shop.store.list(f"{name}/workbooks/")))
    answer = function.invoke({"job": "verify"})
    assert not answer.ok and answer.body["errorType"] == "tabferry.problem" and "is not whole" in answer.message, answer
    assert len(answer.body["report"]["problems"]) == 1


def test_without_a_configuration(tmp_path):
    with Function(tmp_path, {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}) as function:
        answer = function.invoke()
        assert not answer.ok and answer.body["errorType"] == "tabferry.config" and "there is no configuration" in answer.message, answer
        assert "TABFERRY_CONFIG_YAML" in answer.message and "S3_BUCKET" in answer.message, answer
        assert "-c FILE" not in answer.message and "tabferry init" not in answer.message, answer
        assert function.metrics()[0]["Failed"] == 1
        assert function.invoke({"job": "doctor"}).body["errorType"] == "tabferry.problem"


def test_publish_without_the_engine(shop):
    """As the zip has it: the program is called bootstrap, and is alone."""
    shop.let_publish()
    alone = shop.folder / "zip"
    alone.mkdir()
    bootstrap = shutil.copy(TABFERRY, alone / "bootstrap")
    with function_of(shop, command=(bootstrap,), PATH=str(alone)) as function:
        answer = function.invoke({"job": "publish"})
        assert not answer.ok and "container image" in answer.message and answer.body["errorType"] == "tabferry.not_found", answer
        assert function.invoke({"job": "backup"}).ok


def test_publish_and_the_reason_of_its_failure(shop):
    """As every job's: the error's type is the reason, and its message has the cure."""
    shop.let_publish()
    with function_of(shop, TABFERRY_HYPERD=HYPERD) as function:
        done = function.invoke({"job": "publish"})
        assert done.ok and done.status == "done" and (done.body["items"], done.body["failures"]) == (1, 0), done
        assert done.body["reports"][0]["published"]["datasource_id"] and done.body["reports"][0]["rows"] == 2, done
        assert function.invoke({"job": "publish", "datasources": ["oders"]}).body["errorType"] == "tabferry.usage"
        shop.put("orders.csv", "id\nno number\n")
        bad = function.invoke({"job": "publish"})
        assert not bad.ok and bad.body["errorType"] == "tabferry.corrupt" and "'no number'" in bad.message, bad
        metrics = function.metrics()
    assert [(line["Command"], line["Failed"], line["Items"], line["ItemsFailed"]) for line in metrics if "Items" in line] == [("publish", 0, 1, 0), ("publish", 1, 1, 1)]
    shop.put("orders.csv", "id\n1\n")
    with function_of(shop, TABFERRY_HYPERD=HYPERD, PAT_SECRET="a wrong one") as function:
        refused = function.invoke({"job": "publish"})
    assert not refused.ok and refused.body["errorType"] == "tabferry.denied", refused
    assert refused.body["report"]["reports"][0]["error"]["kind"] == refused.body["report"]["error"]["kind"] == "denied", refused
    assert "personal access token" in refused.message, refused


def test_configuration_in_a_variable(shop):
    shop.write(template=False)
    text = (shop.folder / "tabferry.yaml").read_text()
    (shop.folder / "tabferry.yaml").unlink()
    with Function(shop.folder, {**shop.environment(), "TABFERRY_CONFIG_YAML": text}) as function:
        assert function.invoke().ok


# --- the program


def waited_for_a_processor(pid):
    """Seconds in which its first thread could run and another one ran. https://docs.kernel.org/scheduler/sched-stats.html"""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9


def test_the_first_next_is_quick(shop):
    """60 ms from the start of the process, less what a busy machine made it wait for a processor; the median of ten starts."""
    times = []
    for _ in range(10):
        with function_of(shop) as function:
            until(lambda: function.api.first_next or function.process.poll() is not None, 10, "the first /next")
            assert function.api.first_next, function.err
            times.append((function.api.first_next - function.began, waited_for_a_processor(function.process.pid)))
    own = sorted(time - waited for time, waited in times)
    print(f"first /next after {min(times)[0] * 1000:.0f} to {max(times)[0] * 1000:.0f} ms; without waiting {statistics.median(own) * 1000:.0f} ms")
    assert statistics.median(own) < 0.06, times


def test_outside_of_lambda(shop):
    told = shop.run("lambda")
    assert told.code == 2 and "AWS_LAMBDA_RUNTIME_API" in told.err, told


def test_sigterm_between_two_events(function):
    function.invoke({"job": "bad"})
    function.process.terminate()
    assert function.process.wait(10) == 0
