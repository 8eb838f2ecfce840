"""Secrets Manager, Parameter Store and SNS as moto plays them; webhooks by a receiver of our own. The program is the built one.

moto looks at no signature: who signed, and for what, is in test/unit/app.
"""
import json
import os
import subprocess

import boto3
import pytest
from moto.server import ThreadedMotoServer

from fake_http import fake_http
from ferry import SECRET, TABFERRY
from simulator import SITE, TOKEN_NAME

REGION = "eu-west-1"
KEYS = {"AWS_ACCESS_KEY_ID": "AKTEST", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="module")
def aws():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(aws, service):
    return boto3.client(service, endpoint_url=aws, region_name=REGION, aws_access_key_id="AKTEST", aws_secret_access_key="test")


def run(folder, aws, *words, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "no_proxy": "127.0.0.1", "AWS_EC2_METADATA_DISABLED": "true",
                   "TABFERRY_HYPERD": os.environ["TABFERRY_HYPERD"], "AWS_ENDPOINT_URL": aws, **KEYS, **variables}
    done = subprocess.run([TABFERRY, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=100)
    assert SECRET not in done.stdout + done.stderr
    return done


def checks(done, area="Site"):
    return {check["name"]: check for check in json.loads(done.stdout)["checks"] if check["area"] == area}


def test_the_lambda_samples_environment_signs_in(aws, sim, tmp_path):
    secrets = client(aws, "secretsmanager")
    secret = {"PAT_NAME": TOKEN_NAME, "PAT": "rotated away", "SITE": SITE}
    secrets.create_secret(Name="tableau/prod", SecretString=json.dumps(secret))
    client(aws, "s3").create_bucket(Bucket="backups", CreateBucketConfiguration={"LocationConstraint": REGION})
    sample = {"S3_BUCKET": "backups", "SECRET_NAME": "tableau/prod", "REGION_NAME": REGION, "TABLEAU_BASE_URL": f"{sim.url}/api/3.24"}
    seen = checks(run(tmp_path, aws, "doctor", "--json", **sample))
    assert seen["secret"]["status"] == "ok" and TOKEN_NAME in seen["secret"]["seen"] and seen["sign-in"]["status"] == "problem", seen
    secrets.put_secret_value(SecretId="tableau/prod", SecretString=json.dumps({**secret, "PAT": SECRET}))
    seen = checks(run(tmp_path, aws, "doctor", "--json", **sample))
    assert seen["sign-in"]["status"] == "ok", seen
    shown = run(tmp_path, aws, "config", "show", **sample)
    assert shown.returncode == 0 and "s3://" not in shown.stderr and "tableau/prod" in shown.stdout, shown


def site_of(folder, url, name, secret, more=""):
    (folder / "tabferry.yaml").write_text(f'tableau: {{server: "{url}", site: demo, auth: {{pat_name: "{name}", pat_secret: "{secret}"}}}}\n{more}')


def test_references_in_a_file(aws, sim, tmp_path):
    client(aws, "ssm").put_parameter(Name="/tableau/pat", Value=SECRET, Type="SecureString")
    arn = client(aws, "secretsmanager").create_secret(Name="who", SecretString=TOKEN_NAME)["ARN"]
    site_of(tmp_path, sim.url, f"secretsmanager:{arn}", "ssm:/tableau/pat")
    seen = checks(run(tmp_path, aws, "doctor", "--json", AWS_REGION=REGION))
    assert seen["sign-in"]["status"] == "ok", seen


@pytest.mark.parametrize("secret, said", [("secretsmanager:none#PAT", "ResourceNotFoundException"), ("ssm:/none", "ParameterNotFound"),
                                          ("secretsmanager:plain#PAT", "the secret is no JSON")])
def test_secrets_that_are_not_there(aws, sim, tmp_path, secret, said):
    secrets = client(aws, "secretsmanager")
    if not any(one["Name"] == "plain" for one in secrets.list_secrets()["SecretList"]):
        secrets.create_secret(Name="plain", SecretString=SECRET)
    site_of(tmp_path, sim.url, TOKEN_NAME, secret)
    seen = checks(run(tmp_path, aws, "doctor", "--json", AWS_REGION=REGION))
    assert seen["secret"]["status"] == "problem" and said in seen["secret"]["seen"] + seen["secret"]["cure"], seen


def test_everybody_is_told_of_a_backup_that_fails(aws, tmp_path):
    sns, sqs = client(aws, "sns"), client(aws, "sqs")
    topic = sns.create_topic(Name="alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])
    with fake_http(lambda request: (200, {}, b"ok")) as receiver:
        site_of(tmp_path, "http://127.0.0.1:1", "bot", "env:PAT", f"""store: backups
notify:
  on_failure: ["{receiver.url}/8c1f", "env:HOOK", "sns:{topic}", "exec:cat > told.json"]
  on_success: ["{receiver.url}/success"]
""")
        done = run(tmp_path, aws, "backup", AWS_REGION=REGION, PAT=SECRET, HOOK=f"{receiver.url}/hooks/key")
        seen = {request.path: json.loads(request.body) for request in receiver.seen}
    assert done.returncode == 1, done
    assert set(seen) == {"/8c1f", "/hooks/key"}, done
    assert seen["/8c1f"]["status"] == "failed" and seen["/8c1f"]["command"] == "backup" and "127.0.0.1:1" in seen["/8c1f"]["text"]
    assert set(seen["/hooks/key"]) == {"text"}
    assert json.loads((tmp_path / "told.json").read_text())["status"] == "failed"
    message = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert message["Message"] == seen["/8c1f"]["text"] and message["Subject"]
    assert "8c1f" not in done.stdout + done.stderr and "was not told" not in done.stderr


def test_who_cannot_be_told_changes_no_exit_code(aws, tmp_path):
    site_of(tmp_path, "http://127.0.0.1:1", "bot", "env:PAT",
            f'store: backups\nnotify: {{on_failure: ["sns:arn:aws:sns:{REGION}:123456789012:none", "exec:exit 3"]}}\n')
    done = run(tmp_path, aws, "backup", AWS_REGION=REGION, PAT=SECRET)
    assert done.returncode == 1 and "ended with code 3" in done.stderr and "SNS answered 404" in done.stderr, done
