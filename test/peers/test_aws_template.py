"""packaging/aws/template.yaml: cfn-lint has nothing to say of it, and it keeps what docs/aws.md promises. AWS itself has not
seen it.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import boto3
import pytest
import yaml
from backup_shop import BackupShop, made_site
from backup_tiny import TINY
from cloudformation import Stack
from ferry import TABFERRY
from moto.server import ThreadedMotoServer
from simulator import start_sim

ROOT = pathlib.Path(__file__).parents[2]
AWS = ROOT / "packaging" / "aws"
TEMPLATE = AWS / "template.yaml"
SITE = {"TableauUrl": "https://eu-west-1a.online.tableau.com", "SiteName": "sales", "CodeBucket": "code", "CodeKey": "tabferry.zip"}
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
ALL = SITE | {"KmsKeyArn": KEY, "ObjectLockDays": 30, "WorkerAuth": "yes", "Shards": 8, "Email": "ops@example.com",
              "FargateImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tabferry:1"}  # fmt: skip
OTHERS = SITE | {"ExistingBucket": "acme-backups", "ExistingSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:t-AbCdEf"}


@pytest.fixture(scope="module")
def stack():
    return Stack(TEMPLATE, **ALL)


def listed(value):
    return value if isinstance(value, list) else [value]


def statements(stack, role):
    """Of all policies of that role."""
    properties = stack.of_type("AWS::IAM::Role")[role]
    documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
    documents += [stack.of_type("AWS::IAM::ManagedPolicy")[name]["PolicyDocument"] for name in properties.get("ManagedPolicyArns", [])]
    return [statement for document in documents for statement in document["Statement"]]


def actions(found):
    return {action for statement in found for action in listed(statement["Action"])}


def of_policy(stack, name):
    return stack.of_type("AWS::IAM::ManagedPolicy")[name]["PolicyDocument"]["Statement"]


def metrics(stack):
    """[(alarm, its metric)], of a sum of several each."""
    alarms = stack.of_type("AWS::CloudWatch::Alarm").items()
    summed = [(name, one["MetricStat"]["Metric"]) for name, alarm in alarms for one in alarm.get("Metrics", []) if "MetricStat" in one]
    return summed + [(name, alarm) for name, alarm in alarms if "MetricName" in alarm]


def test_cfn_lint_has_nothing_to_say():
    said = subprocess.run([pathlib.Path(sys.executable).with_name("cfn-lint"), TEMPLATE], capture_output=True, text=True, timeout=300)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def configurations(stack):
    """As the functions and the task get it."""
    texts = {function["Environment"]["Variables"]["TABFERRY_CONFIG_YAML"] for function in stack.of_type("AWS::Lambda::Function").values()}
    for task in stack.of_type("AWS::ECS::TaskDefinition").values():
        texts |= {one["Value"] for one in task["ContainerDefinitions"][0]["Environment"]}
    return texts


def site_names(text):
    return tuple(yaml.safe_load(text)["sites"])


# --- rights


@pytest.mark.parametrize("role", ["WriterRole", "ReaderRole", "TaskRole", "TaskStartRole", "MachineRole", "ScheduleRole"])
def test_only_the_pruner_deletes(stack, role):
    assert [action for action in actions(statements(stack, role)) if "Delete" in action] == []


def test_doctor_deletes_its_own_object_alone(stack):
    (deletes,) = [one for one in statements(stack, "DoctorRole") if "Delete" in json.dumps(one["Action"])]
    assert deletes["Resource"] == "arn:aws:s3:::Bucket/tableau/.tabferry-doctor-*" and deletes["Action"] == "s3:DeleteObject"


def test_rights_are_those_that_were_tried():
    """docs/backup.md has the writer's and the pruner's policies as they were tried on a real server, in this order."""
    blocks = re.findall(r"```json\n(\{\"Version\".*?)```", (ROOT / "docs" / "backup.md").read_text(), re.S)
    tried = [actions(json.loads(block)["Statement"]) for block in blocks]
    plain = Stack(TEMPLATE, **SITE)
    assert [actions(of_policy(plain, name)) for name in ("WriterPolicy", "PrunerPolicy")] == tried
    assert actions(of_policy(plain, "ReaderPolicy")) == {"s3:ListBucket", "s3:GetObject"}


def test_lock_and_key_are_rights_only_where_they_are_asked_for(stack):
    more = actions(of_policy(stack, "WriterPolicy")) - actions(of_policy(Stack(TEMPLATE, **SITE), "WriterPolicy"))
    assert more == {"s3:PutObjectRetention", "kms:GenerateDataKey", "kms:Decrypt"}


@pytest.mark.parametrize("parameters", [SITE, ALL, OTHERS], ids=["little", "all", "others' bucket"])
def test_every_right_is_for_something(parameters):
    """No action with a wildcard; no resource that is everything, but for the one call of ECR that knows no resource."""
    stack = Stack(TEMPLATE, **parameters)
    for role in stack.of_type("AWS::IAM::Role"):
        for one in statements(stack, role):
            assert one["Effect"] == "Allow" and not [action for action in listed(one["Action"]) if "*" in action]
            for resource in listed(one["Resource"]):
                wide = resource in ("*", "arn:aws:s3:::*") or re.search(r":\*[:/]", resource)
                assert not wide or one["Action"] == "ecr:GetAuthorizationToken", one


def test_a_role_may_what_the_others_do_not(stack):
    assert {"secretsmanager:GetSecretValue"} <= actions(statements(stack, "WriterRole"))
    for role in ("PrunerRole", "ReaderRole", "MachineRole"):
        assert "secretsmanager:GetSecretValue" not in actions(statements(stack, role))
    invoked = [one for one in statements(stack, "MachineRole") if one["Action"] == "lambda:InvokeFunction"]
    assert [one["Resource"] for one in invoked] == [["BackupFunction.Arn", "WorkFunction.Arn"]]


# --- the bucket


def test_lifecycle_rules_leave_current_objects_alone(stack):
    for rule in stack.of_type("AWS::S3::Bucket")["Bucket"]["LifecycleConfiguration"]["Rules"]:
        assert rule.keys() <= {"Id", "Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"}


def test_the_bucket_is_kept_shut_and_versioned(stack):
    bucket = stack.resources["Bucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"} and bucket["Properties"]["ObjectLockEnabled"] is True
    assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    (tls,) = stack.of_type("AWS::S3::BucketPolicy")["BucketPolicy"]["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Principal"], tls["Condition"]) == ("Deny", "*", {"Bool": {"aws:SecureTransport": "false"}})
    assert "ObjectLockEnabled" not in Stack(TEMPLATE, **SITE).of_type("AWS::S3::Bucket")["Bucket"]


@pytest.fixture(scope="module")
def moto():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


def test_tabferry_itself_accepts_the_rules(stack, moto, tmp_path):
    s3 = boto3.client("s3", endpoint_url=moto, region_name="us-east-1", aws_access_key_id="AK", aws_secret_access_key="test")
    s3.create_bucket(Bucket="made")
    rules = [{**rule, "ID": rule["Id"], "Filter": {"Prefix": ""}} for rule in stack.of_type("AWS::S3::Bucket")["Bucket"]["LifecycleConfiguration"]["Rules"]]
    for rule in rules:
        del rule["Id"]
        if rule.pop("ExpiredObjectDeleteMarker", False):
            rule["Expiration"] = {"ExpiredObjectDeleteMarker": True}
        for one in rule.values():
            if isinstance(one, dict) and "NoncurrentDays" in one:
                one["NoncurrentDays"] = int(one["NoncurrentDays"])
    s3.put_bucket_lifecycle_configuration(Bucket="made", LifecycleConfiguration={"Rules": rules})
    (tmp_path / "tabferry.yaml").write_text(
        f'tableau: {{server: "http://127.0.0.1:1", site: s, auth: {{pat_name: a, pat_secret: "env:PAT"}}}}\nstore: s3://made/tableau\ns3: {{endpoint: "{moto}", region: us-east-1}}\n'
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "test", "PAT": "x", "no_proxy": "127.0.0.1"}
    done = subprocess.run([TABFERRY, "doctor", "--json"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100)
    (check,) = [one for one in json.loads(done.stdout)["checks"] if one["name"] == "lifecycle rules"]
    assert check["status"] == "ok" and s3.get_bucket_lifecycle_configuration(Bucket="made")["Rules"], check


# --- functions, schedules, the machine


def test_functions(stack):
    functions = stack.of_type("AWS::Lambda::Function")
    assert set(functions) == {"BackupFunction", "WorkFunction", "DoctorFunction", "PruneFunction"}
    for name, function in functions.items():
        assert function["Timeout"] == 900 and function["Architectures"] == ["x86_64"], name
        assert (function["Runtime"], function["Handler"]) == ("provided.al2023", "bootstrap")
        assert function["Code"] == {"S3Bucket": "code", "S3Key": "tabferry.zip"}
    assert functions["BackupFunction"]["ReservedConcurrentExecutions"] == 1
    assert "ReservedConcurrentExecutions" not in functions["WorkFunction"]
    roles = {name: function["Role"] for name, function in functions.items()}
    assert roles == {"BackupFunction": "WriterRole.Arn", "WorkFunction": "WriterRole.Arn", "DoctorFunction": "DoctorRole.Arn", "PruneFunction": "PrunerRole.Arn"}


def test_a_small_accounts_limit_is_not_asked_for_more():
    """Where ten in all are allowed AWS refuses every reservation."""
    for wish, reserved in (("yes", {"BackupFunction", "DoctorFunction", "PruneFunction"}), ("no", set())):
        functions = Stack(TEMPLATE, **SITE, ReserveConcurrency=wish).of_type("AWS::Lambda::Function")
        assert {name for name, function in functions.items() if "ReservedConcurrentExecutions" in function} == reserved


def test_every_role_is_written_out(stack):
    """SAM makes roles of its own, wider ones, where none is named; and names schedules as any other stack's."""
    assert set(stack.of_type("AWS::IAM::Role")) == {name for name, one in stack.source["Resources"].items() if one["Type"] == "AWS::IAM::Role"}
    for schedule in stack.of_type("AWS::Scheduler::Schedule").values():
        assert schedule["Target"]["RoleArn"] == "ScheduleRole.Arn" and "Name" not in schedule


def test_what_failed_is_not_run_again_unasked(stack):
    once = {one["FunctionName"]: one["MaximumRetryAttempts"] for one in stack.of_type("AWS::Lambda::EventInvokeConfig").values()}
    assert once == dict.fromkeys(stack.of_type("AWS::Lambda::Function"), 0)
    for schedule in stack.of_type("AWS::Scheduler::Schedule").values():
        assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0}


def test_schedules(stack):
    targets = {one["Target"]["Arn"]: json.loads(one["Target"]["Input"]) for one in stack.of_type("AWS::Scheduler::Schedule").values()}
    assert targets == {"BackupMachine": {"shards": 8, "workers": 4}, "DoctorFunction.Arn": {"job": "doctor"}, "PruneFunction.Arn": {"job": "prune"}}


def test_the_machine_is_the_shipped_one(stack):
    machine = stack.of_type("AWS::StepFunctions::StateMachine")["BackupMachine"]
    text = (AWS / stack.source["Resources"]["BackupMachine"]["Properties"]["DefinitionUri"]).read_text()
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(machine["DefinitionSubstitutions"])
    assert "Tolerated" not in text, "a child that fails lets the map fail"
    assert machine["DefinitionSubstitutions"]["Partition"] == "aws" and "arn:aws" not in text


# --- who is told


def ended(*codes, cluster="Cluster.Arn", **more):
    """What ECS says of a task. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html"""
    containers = [{"name": "tabferry", **({"exitCode": code} if code is not None else {})} for code in codes]
    detail = {"clusterArn": cluster, "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "containers": containers, **more}
    return {"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": detail}


def matches(pattern, event):
    """As EventBridge has it, of what the rule uses: a list in the event fits where one of it does, and what is not there fits nothing.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
    """
    if isinstance(event, list):
        return any(matches(pattern, one) for one in event)
    if isinstance(pattern, dict):
        either = pattern.get("$or", [{}])
        others = {name: one for name, one in pattern.items() if name != "$or"}
        return any(matches(one, event) for one in either if one) is ("$or" in pattern) and all(name in event and matches(one, event[name]) for name, one in others.items())
    return any(event not in one["anything-but"] if isinstance(one, dict) else event == one for one in pattern)


@pytest.mark.parametrize("event, is_told", [
    (ended(0), False), (ended(3), False), (ended(1), True), (ended(5), True), (ended(137), True),
    (ended(None, stopCode="TaskFailedToStart"), True), (ended(None, lastStatus="RUNNING"), False), (ended(1, cluster="another"), False),
])  # fmt: skip
def test_a_task_that_failed_is_told(stack, event, is_told):
    """By the rule's pattern; a partial backup (3) is told by the configuration's `notify`."""
    rule = stack.of_type("AWS::Events::Rule")["TaskFailedRule"]
    assert matches(rule["EventPattern"], event) == is_told
    (target,) = rule["Targets"]
    assert target["Arn"] == "Topic"
    used = set(re.findall(r"<(\w+)>", target["InputTransformer"]["InputTemplate"]))
    assert used == set(target["InputTransformer"]["InputPathsMap"])


def test_a_topic_with_a_policy_still_hears_alarms(stack):
    (policy,) = stack.of_type("AWS::SNS::TopicPolicy").values()
    assert {one["Principal"]["Service"] for one in policy["PolicyDocument"]["Statement"]} == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    for one in policy["PolicyDocument"]["Statement"]:
        assert (one["Effect"], one["Action"], one["Resource"]) == ("Allow", "sns:Publish", "Topic") and one["Condition"]
    assert Stack(TEMPLATE, **SITE).of_type("AWS::SNS::TopicPolicy") == {}


# --- alarms


def test_alarms_look_at_metrics_that_are_written(stack):
    written = set(re.findall(r'Metric\{"(\w+)"', (ROOT / "src" / "app" / "metrics.cpp").read_text()))
    assert {"BackupAgeHours", "Partial"} <= written
    ours = [(metric["MetricName"], metric["Dimensions"]) for _, metric in metrics(stack) if metric["Namespace"] == "tabferry"]
    assert {name for name, _ in ours} == {"BackupAgeHours", "Partial"}
    help_text = subprocess.run([TABFERRY, "--help"], capture_output=True, text=True, timeout=60).stdout
    for _, dimensions in ours:  # one of the two sets that the line of EMF has
        (name, command), site = [(one["Name"], one["Value"]) for one in dimensions]
        assert name == "Command" and re.search(rf"^ +{command}\b", help_text, re.M), command
        assert site == ("Site", "tabferry")
    theirs = {(metric["Namespace"], metric["MetricName"]) for _, metric in metrics(stack) if metric["Namespace"] != "tabferry"}
    assert theirs == {("AWS/Lambda", "Errors"), ("AWS/States", "ExecutionsFailed"), ("AWS/States", "ExecutionsTimedOut"), ("AWS/States", "ExecutionsAborted")}


def ours_of(stack):
    return {(metric["MetricName"], *(one["Value"] for one in metric["Dimensions"])) for _, metric in metrics(stack) if metric["Namespace"] == "tabferry"}


def test_two_stacks_of_an_account_do_not_hear_each_other():
    """A night that one site's backup failed in must not be a quiet one because the other's did not."""
    sales, finance = Stack(TEMPLATE, name="sales", **ALL), Stack(TEMPLATE, name="finance", **ALL | {"SiteName": "finance"})
    assert ours_of(sales) and not ours_of(sales) & ours_of(finance)
    for stack, name in ((sales, "sales"), (finance, "finance")):
        assert {site_names(text) for text in configurations(stack)} == {(name,)}
        assert {metric[2] for metric in ours_of(stack)} == {name}, "the alarms look for the configuration's own site"


def test_every_metric_of_an_alarm_counts(stack):
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items():
        if "MetricName" in alarm:  # of one alone
            continue
        (sum_of,) = [metric for metric in alarm["Metrics"] if metric["ReturnData"]]
        others = [metric["Id"] for metric in alarm["Metrics"] if not metric["ReturnData"]]
        assert len(alarm["Metrics"]) <= 10 and alarm["AlarmActions"] == ["Topic"], name  # CloudWatch's most
        assert sum_of["Expression"] == "SUM([" + ",".join(f"FILL({one},0)" for one in others) + "])", name


def test_silence_is_an_alarm(stack):
    """A day and more of hours without doctor's word, for that comes once a day."""
    stale = stack.of_type("AWS::CloudWatch::Alarm")["StaleAlarm"]
    assert (stale["TreatMissingData"], stale["EvaluationPeriods"], stale["DatapointsToAlarm"], stale["Period"]) == ("breaching", 26, 26, 3600)
    assert (stale["ComparisonOperator"], stale["Statistic"], stale["Threshold"]) == ("GreaterThanThreshold", "Maximum", "26")


def test_doctor_knows_how_old_the_backup_is(tmp_path):
    """Of whoever made it, and of a complete one alone: what the alarm on silence looks at."""
    (tmp_path / "sites").mkdir()
    with start_sim(data=made_site(tmp_path / "sites", TINY), control=True) as sim:
        shop = BackupShop(tmp_path, sim)
        shop.more["metrics"] = {"emf": "metrics.json"}
        ages = []
        for faults in (None, ["truncate@1+ on GET **/workbooks/*/content"], []):
            if faults is not None:
                sim.control.clear()
                sim.control.add(*faults)
                assert shop.backup().code == (3 if faults else 0)
            shop.tabferry("doctor", "--json")
            ages.append(seen_by_the_alarm("StaleAlarm", (shop.folder / "metrics.json").read_text().splitlines()[-1]))
    assert ages[:2] == [None, None] and 0 <= ages[2] < 1


def seen_by_the_alarm(name, line):
    """Of a line of EMF, by CloudWatch's rules: the metric's value where the line has it in just these dimensions, else None."""
    alarm = Stack(TEMPLATE, name="demo", **SITE).of_type("AWS::CloudWatch::Alarm")[name]
    line, wanted = json.loads(line), {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
    (told,) = line["_aws"]["CloudWatchMetrics"]
    assert told["Namespace"] == alarm["Namespace"]
    in_these = [names for names in told["Dimensions"] if {one: line[one] for one in names} == wanted]
    assert in_these, (line, wanted)
    return line[alarm["MetricName"]] if alarm["MetricName"] in [one["Name"] for one in told["Metrics"]] else None


# --- the configuration


@pytest.mark.parametrize("parameters", [SITE, ALL, OTHERS], ids=["little", "all", "others' bucket"])
def test_the_configuration_is_one(parameters, tmp_path):
    """As the functions get it, by tabferry's own judgement; and it holds references, no secret."""
    (text,) = configurations(Stack(TEMPLATE, **parameters))
    assert len(text) < 3500  # of the 4,096 bytes that Lambda allows
    name = parameters.get("ExistingBucket", "made-bucket")
    topic = "arn:aws:sns:eu-west-1:123456789012:alerts"
    (tmp_path / "tabferry.yaml").write_text(text.replace("s3://Bucket/", f"s3://{name}/").replace('"Bucket"', f'"{name}"').replace("sns:Topic", f"sns:{topic}"))
    shown = subprocess.run([TABFERRY, "config", "show"], cwd=tmp_path, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60)
    assert shown.returncode == 0 and f"s3://{name}/tableau" in shown.stdout and "#PAT" in shown.stdout, shown
    assert ("object_lock" in text, "sse_kms_key_id" in text, "worker_auth" in text) == (parameters is ALL,) * 3


def test_a_configuration_in_the_code_is_not_hidden_by_one_here():
    stack = Stack(TEMPLATE, **ALL, Configuration="code")
    for function in stack.of_type("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"] == {}
    assert stack.of_type("AWS::ECS::TaskDefinition")["Task"]["ContainerDefinitions"][0]["Environment"] == []
