"""Step Functions as moto interprets it. Its Lambda would need docker: a door of our own before moto answers Invoke by a
function of the test, and hands everything else (S3, SNS) on to moto.

    with start_aws(log) as aws:                           # moto: Step Functions, SQS, SNS and S3 in one process
        machine = Machine(aws, definition)                # the text of an .asl.json
        with aws.functions(shop.invoke):                  # invoke(event) -> report, or raises FunctionError or Refused
            execution = machine.run({"shards": 3})
        aws.events                                        # [(function, event)], as they were invoked

moto looks at no signature and at no right. What 5.2.5 cannot do, as seen here: `.waitForTaskToken` with Retry (the token
stays, and the first try's failure answers the second), and a distributed Map fails with none of its children.
"""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

import boto3
from s3_server import free_port

REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/state-machine"
INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations")
START_SECONDS = 60
TRIES = 3


class FunctionError(Exception):
    """The function ran and failed: the errorType and errorMessage of its answer."""


class Refused(Exception):
    """Lambda did not run it: a code such as TooManyRequestsException, and a message."""


class _Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        function = INVOKE.match(self.path)
        status, headers, sent = self.server.aws.invoked(urllib.parse.unquote(function[1]), body) if function else self._from_moto(body)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(sent))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)

    def _from_moto(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.aws.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in ("connection", "transfer-encoding", "content-length")}
            return answer.status, kept, answer.read()

    do_GET = do_POST = do_PUT = _serve


class Aws:
    """A running moto: .url, .client(service), .environment() as S3Server has them."""

    region = REGION

    def __init__(self):
        self.events, self.bugs, self.invoke, self.port = [], [], None, None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def environment(self):
        return {
            "AWS_ACCESS_KEY_ID": "AKTEST", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION, "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        }  # fmt: skip

    def client(self, service="s3"):
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, aws_access_key_id="AKTEST", aws_secret_access_key="test")

    @contextlib.contextmanager
    def functions(self, invoke):
        """Every function is `invoke` in this block, from several threads; what it raised beside the two above ends the block."""
        self.events, self.bugs, self.invoke = [], [], invoke
        yield
        assert not self.bugs, self.bugs

    def invoked(self, function, body):
        """Lambda's answer to Invoke: (status, headers, body). https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""
        event = json.loads(body)
        self.events.append((function, event))
        try:
            return 200, {}, json.dumps(self.invoke(event)).encode()
        except Refused as refusal:
            code, message = refusal.args
            return 429, {"x-amzn-ErrorType": code, "x-amzn-RequestId": secrets.token_hex(8)}, json.dumps({"Type": "User", "message": message}).encode()
        except FunctionError as failure:
            error, message = failure.args
        except Exception as bug:  # noqa: BLE001
            self.bugs.append(repr(bug))
            error, message = "tabferry.refused", repr(bug)
        return 200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps({"errorType": error, "errorMessage": message}).encode()

    def answers(self, process):
        """Whether moto is up; it then interprets state machines."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        switch = json.dumps({"stepfunctions": {"execute_state_machine": True}}).encode()
        asked = urllib.request.Request(self.url + "/moto-api/config", switch, {"Content-Type": "application/json"})
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError):
                opener.open(asked, timeout=10).close()
                return process.poll() is None
            time.sleep(0.05)
        return False


@contextlib.contextmanager
def _door(aws):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Door) as server:
        server.aws, server.daemon_threads = aws, True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def start_aws(log):
    """`log`: the file that moto writes to. $MOTO_PORT is where its interpreter looks for all services: the door."""
    program, aws = pathlib.Path(sys.executable).with_name("moto_server"), Aws()
    with _door(aws) as door, open(log, "wb") as out:
        environment = {**os.environ, "MOTO_PORT": str(door), "no_proxy": "localhost,127.0.0.1", "NO_PROXY": "localhost,127.0.0.1"}
        for _ in range(TRIES):
            aws.port = free_port()
            command = [program, "-H", "127.0.0.1", "-p", str(aws.port)]
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            try:
                if aws.answers(process):
                    yield aws
                    return
            finally:
                process.kill()
                process.wait()
    raise RuntimeError(f"moto did not start: {pathlib.Path(log).read_text(errors='replace')[-2000:]}")


class Machine:
    """A deployed definition, with a topic and a queue that listens to it."""

    def __init__(self, aws, definition):
        self.states, self.sqs, sns, name = aws.client("stepfunctions"), aws.client("sqs"), aws.client("sns"), secrets.token_hex(4)
        self.inbox = self.sqs.create_queue(QueueName=f"inbox-{name}")["QueueUrl"]
        topic = sns.create_topic(Name=f"alerts-{name}")["TopicArn"]
        inbox = self.sqs.get_queue_attributes(QueueUrl=self.inbox, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=inbox)
        words = {"Partition": "aws", "TopicArn": topic, "BackupFunctionArn": "backup", "WorkFunctionArn": "work"}
        text = re.sub(r"\$\{(\w+)\}", lambda word: words[word[1]], definition)
        self.arn = self.states.create_state_machine(name=f"backup-{name}", definition=text, roleArn=ROLE)["stateMachineArn"]

    def run(self, asked, seconds=180):
        """The execution as it ended."""
        arn = self.states.start_execution(stateMachineArn=self.arn, name=secrets.token_hex(4), input=json.dumps(asked))["executionArn"]
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
