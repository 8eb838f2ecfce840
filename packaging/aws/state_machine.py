#!/usr/bin/env python3
"""Writes the Step Functions definition of a backup (Amazon States Language, JSONPath).

    state_machine.py > backup.asl.json       # what template.yaml deploys

Input: {"shards": N}. Up to one, or none: backup, again at once as long as it answers `continues`. More: plan, likewise, then
the shards that it lists in the store, each worked on until it does not continue, then the seal. Whatever fails is told to a
topic. Names in ${...} are filled in where it is deployed.
"""

import json

# A Lambda function has 15 minutes; 88 times that are 22 hours.
ROUNDS = 88
EXECUTION_SECONDS = 23 * 3600
FUNCTION_SECONDS = 910  # longer than the function's own 900, which ends it with an error that says so
LEASE_SECONDS = 330  # the site's lease of a killed run is free after 300

# Lambda's own troubles: the function did not run. https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html
LAMBDA_TROUBLE = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]
# The function was cut: by its time-out, its memory, a crash.
CUT = ["Sandbox.Timedout", "Lambda.Unknown", "Runtime.ExitError", "States.Timeout"]

SERVICE_RETRY = {"ErrorEquals": LAMBDA_TROUBLE, "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2, "JitterStrategy": "FULL"}
NO_END = {"Error": "tabferry.NoEnd", "Cause": f"continued {ROUNDS} times without an end: look at the last invocation's report"}
# Plan and backup begin with the lease of the site, which a cut run keeps for a while. A site or store that is away for some
# minutes must not cost the night either.
AWAY = ["tabferry.transient", "tabferry.io"]
LATER = {"ErrorEquals": CUT + AWAY, "IntervalSeconds": LEASE_SECONDS, "MaxAttempts": 2, "BackoffRate": 1}
# tabferry's own words (the function's errorType) for what the next try would meet again; a wrong password locks accounts.
HOPELESS = {"ErrorEquals": [f"tabferry.{kind}" for kind in ("usage", "config", "denied", "refused")], "MaxAttempts": 0}
# Work and seal may be repeated at any time: what has a receipt is not done again.
AGAIN = {"ErrorEquals": ["States.TaskFailed", "States.Timeout"], "IntervalSeconds": 10, "MaxAttempts": 3, "BackoffRate": 3, "JitterStrategy": "FULL"}


def lambda_task(function, event):
    return {
        "Resource": "arn:${Partition}:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": event},
        "ResultSelector": {"report.$": "$.Payload"},
    }


def told(error="$.error"):
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": error, "Next": "Tell"}]


def task(function, event, then, retry, catch=True):
    state = {"Type": "Task", **lambda_task(function, event), "ResultPath": "$.last", "TimeoutSeconds": FUNCTION_SECONDS}
    state["Retry"] = [SERVICE_RETRY, HOPELESS, retry]
    if catch:
        state["Catch"] = told()
    return {**state, "Next": then}


def rounds(name, done, without_end):
    """The states behind a task that may continue: it again, up to ROUNDS times; else `done`. `without_end`: what then."""
    return {
        f"{name} continues?": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.last.report.status", "StringEquals": "continues"},
                        {"Variable": "$.round", "NumericLessThan": ROUNDS},
                    ],
                    "Next": f"{name} again",
                },
                {"Variable": "$.last.report.status", "StringEquals": "continues", "Next": f"{name} has no end"},
            ],
            "Default": done,
        },
        f"{name} again": {"Type": "Pass", "Parameters": {"round.$": "States.MathAdd($.round, 1)", **carried(name)}, "Next": name},
        f"{name} has no end": without_end,
    }


def carried(name):
    """What an invocation of that task and the states behind it read, beside the round."""
    return {"Work": {"shard.$": "$.shard"}, "Plan": {"asked.$": "$.asked"}}.get(name, {})


def no_end():
    return {"Type": "Pass", "Result": NO_END, "ResultPath": "$.error", "Next": "Tell"}


def one_shard():
    """The child execution of a shard: its input is {"shard": {"snapshot", "shard", "of"}, "round": 1}."""
    event = {"job": "backup.work", "snapshot.$": "$.shard.snapshot", "shard.$": "$.shard.shard", "of.$": "$.shard.of"}
    return {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Work",
        "States": {
            "Work": task("${WorkFunctionArn}", event, "Work continues?", AGAIN, catch=False),
            **rounds("Work", "Shard done", {"Type": "Fail", **NO_END}),
            # Small, for the outputs of all shards together are one state's.
            "Shard done": {
                "Type": "Pass",
                "Parameters": {"shard.$": "$.shard.shard", "rounds.$": "$.round", "status.$": "$.last.report.status"},
                "End": True,
            },
        },
    }


def all_shards():
    return {
        "Type": "Map",
        "ItemReader": {
            "Resource": "arn:${Partition}:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket.$": "$.last.report.shard_list.bucket", "Key.$": "$.last.report.shard_list.key"},
        },
        "ItemSelector": {"shard.$": "$$.Map.Item.Value", "round": 1},
        "MaxConcurrencyPath": "$.workers",
        "ItemProcessor": one_shard(),
        "ResultPath": "$.worked",
        "Catch": told(),
        "Next": "Seal",
    }


def tell():
    """To the topic, and the execution has failed: an alarm may count it."""
    return {
        "Tell": {
            "Type": "Task",
            "Resource": "arn:${Partition}:states:::sns:publish",
            "Parameters": {
                "TopicArn": "${TopicArn}",
                "Subject": "tabferry: the backup failed",
                "Message.$": "States.Format('The backup {} failed: {}', $$.Execution.Id, States.JsonToString($.error))",
            },
            "ResultPath": None,
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Failed"}],
            "Next": "Failed",
        },
        "Failed": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "States.JsonToString($.error)"},
    }


def definition():
    return {
        "Comment": "Made by state_machine.py: change that one. Input: {\"shards\": N, \"workers\": at once}",
        "StartAt": "Defaults",
        "TimeoutSeconds": EXECUTION_SECONDS,
        "States": {
            "Defaults": {"Type": "Pass", "Result": {"shards": 1, "workers": 4}, "ResultPath": "$.defaults", "Next": "Asked"},
            "Asked": {
                "Type": "Pass",
                "Parameters": {"asked.$": "States.JsonMerge($.defaults, $$.Execution.Input, false)", "round": 1},
                "Next": "How many?",
            },
            "How many?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.asked.shards", "NumericGreaterThan": 1, "Next": "Plan"}],
                "Default": "Backup",
            },
            "Backup": task("${BackupFunctionArn}", {"job": "backup"}, "Backup continues?", LATER),
            **rounds("Backup", "Done", no_end()),
            "Plan": task("${BackupFunctionArn}", {"job": "backup.plan", "shards.$": "$.asked.shards"}, "Plan continues?", LATER),
            **rounds("Plan", "Planned", no_end()),
            "Planned": {
                "Type": "Pass",
                "Parameters": {"last.$": "$.last", "workers.$": "$.asked.workers", "snapshot.$": "$.last.report.snapshot"},
                "Next": "Shards",
            },
            "Shards": all_shards(),
            "Seal": task("${BackupFunctionArn}", {"job": "backup.seal", "snapshot.$": "$.snapshot"}, "Done", AGAIN),
            "Done": {"Type": "Succeed", "OutputPath": "$.last.report"},
            **tell(),
        },
    }


if __name__ == "__main__":
    print(json.dumps(definition(), indent=2))
