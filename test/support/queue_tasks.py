"""Step Functions as moto interprets it, with a queue worker that runs the real tabferry where AWS would invoke a function.

    with start_aws() as aws:                              # moto: Step Functions, SQS, SNS and S3 in one process
        machine = Machine(aws, definition("queue"))
        with QueueWorker(aws, machine, shop.invoke):      # invoke(event) -> report, or raises FunctionError
            execution = machine.run({"shards": 3})
        execution["status"], json.loads(execution["output"])

moto looks at no signature and at no right. Lambda tasks it runs in docker only, which is why each is a message here.
"""

import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import threading
import time
import urllib.request

import boto3
from s3_server import _free_port

REGION = "us-east-1"
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/state-machine"
START_SECONDS = 60
TRIES = 3


class FunctionError(Exception):
    """What a function that failed leaves in Step Functions: an error's name and its cause."""

    def __init__(self, error, cause=""):
        super().__init__(f"{error}: {cause}")
        self.error, self.cause = error, cause


class Aws:
    """A running moto: .url, .client(service)."""

    def __init__(self, process, port):
        self.process, self.url, self.region = process, f"http://127.0.0.1:{port}", REGION

    def environment(self):
        """As S3Server.environment()."""
        return {
            "AWS_ACCESS_KEY_ID": "AKTEST", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION, "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        }  # fmt: skip

    def client(self, service="s3"):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="AKTEST", aws_secret_access_key="test")

    def ask(self, path, document=None):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        body = None if document is None else json.dumps(document).encode()
        with opener.open(urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"}), timeout=10) as answer:
            return answer.read()


def _answers(aws):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and aws.process.poll() is None:
        with contextlib.suppress(OSError):
            aws.ask("/moto-api/config", {"stepfunctions": {"execute_state_machine": True}})
            return aws.process.poll() is None
        time.sleep(0.05)
    return False


@contextlib.contextmanager
def start_aws(log):
    """`log`: the file that moto writes to. Its interpreter finds its own services by $MOTO_PORT."""
    program = pathlib.Path(sys.executable).with_name("moto_server")
    for _ in range(TRIES):
        port = _free_port()
        environment = {**os.environ, "MOTO_PORT": str(port), "no_proxy": "localhost,127.0.0.1", "NO_PROXY": "localhost,127.0.0.1"}
        with open(log, "ab") as out:
            process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            aws = Aws(process, port)
            if _answers(aws):
                yield aws
                return
        finally:
            process.kill()
            process.wait()
    raise RuntimeError(f"moto did not start: {pathlib.Path(log).read_text(errors='replace')[-2000:]}")


class Machine:
    """A deployed definition, with a topic and a queue that listens to it."""

    def __init__(self, aws, definition):
        self.states, self.sqs = aws.client("stepfunctions"), aws.client("sqs")
        self.queue, self.inbox = (self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("tasks", "inbox"))
        sns = aws.client("sns")
        topic = sns.create_topic(Name="alerts")["TopicArn"]
        inbox = self.sqs.get_queue_attributes(QueueUrl=self.inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox)
        words = {"TopicArn": topic, "QueueUrl": self.queue, "BackupFunctionArn": "backup", "WorkFunctionArn": "work"}
        text = re.sub(r"\$\{(\w+)\}", lambda word: words[word[1]], json.dumps(definition))
        self.arn = self.states.create_state_machine(name=f"m{secrets.token_hex(4)}", definition=text, roleArn=ROLE)["stateMachineArn"]

    def run(self, asked, seconds=180):
        """The execution as it ended."""
        arn = self.states.start_execution(stateMachineArn=self.arn, input=json.dumps(asked))["executionArn"]
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            execution = self.states.describe_execution(executionArn=arn)
            if execution["status"] != "RUNNING":
                return execution
            time.sleep(0.1)
        raise AssertionError(f"the execution does not end: {self.states.get_execution_history(executionArn=arn)['events'][-3:]}")

    def told(self):
        """[(subject, text)] that the topic was told."""
        messages = self.sqs.receive_message(QueueUrl=self.inbox, MaxNumberOfMessages=10).get("Messages", [])
        bodies = [json.loads(message["Body"]) for message in messages]
        return [(body["Subject"], body["Message"]) for body in bodies]


class QueueWorker:
    """Answers the tasks of a machine, several at a time, each by `invoke`: event -> report; FunctionError: it failed.

    .events: [(function, event)] as they came. Another exception of invoke() ends the task as a bug, and the block with it.
    """

    def __init__(self, aws, machine, invoke, lanes=4):
        self.aws, self.machine, self.invoke = aws, machine, invoke
        self.events, self.bugs, self.stopped = [], [], threading.Event()
        self.lanes = concurrent.futures.ThreadPoolExecutor(lanes)
        self.listener = threading.Thread(target=self._listen)

    def __enter__(self):
        self.listener.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.listener.join()
        self.lanes.shutdown()
        assert not self.bugs, self.bugs

    def _listen(self):
        sqs = self.aws.client("sqs")
        while not self.stopped.is_set():
            for message in sqs.receive_message(QueueUrl=self.machine.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                sqs.delete_message(QueueUrl=self.machine.queue, ReceiptHandle=message["ReceiptHandle"])
                task = json.loads(message["Body"])
                self.events.append((task["function"], task["event"]))
                self.lanes.submit(self._answer, task)

    def _answer(self, task):
        states = self.aws.client("stepfunctions")
        try:
            report = self.invoke(task["event"])
            states.send_task_success(taskToken=task["token"], output=json.dumps({"Payload": report}))
        except FunctionError as failure:
            states.send_task_failure(taskToken=task["token"], error=failure.error, cause=failure.cause)
        except Exception as bug:  # noqa: BLE001
            self.bugs.append(repr(bug))
            states.send_task_failure(taskToken=task["token"], error="tabferry.refused", cause=repr(bug))
