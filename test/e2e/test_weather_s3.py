"""Bad weather at every request that a publish sends to S3."""
import pytest

from fault_runs import KINDS

LEAST_REQUESTS = 4      # the list and three objects


@pytest.mark.parametrize("kind", KINDS)
def test_one_fault_costs_a_retry_and_never_the_run(runs, kind):
    outcomes = runs.at_each_request(runs.shop.s3_through, runs.shop.s3.port, kind, LEAST_REQUESTS)
    assert set(outcomes) == {"published"}, outcomes


@pytest.mark.parametrize("kind", ["mute", "stall"])
def test_silence_is_bounded(runs, kind):
    runs.at_each_request(runs.shop.s3_through, runs.shop.s3.port, kind, LEAST_REQUESTS)


@pytest.mark.parametrize("kind", ["reset-in-answer", "status-503", "mute"])
def test_s3_that_never_recovers_fails_with_a_message(runs, kind):
    outcome, told, result = runs.run(runs.shop.s3_through, runs.shop.s3.port, "--fault", f"{kind}@2+")
    assert outcome == "failed" and f"s3://{runs.shop.bucket}/" in result.message, result
    assert told["faults_total"] > 1
