"""Bad weather at every request that a publish sends to the site: the kinds of fault behind which the outcome of the publishing call is
looked up for a minute."""
import pytest

from fault_runs import LEAST_SITE_REQUESTS


@pytest.mark.parametrize("kind", ["reset-before", "cut-before", "reset-in-request", "status-500"])
def test_every_fault_ends_in_the_old_or_the_new_version(runs, kind):
    outcomes = runs.at_each_request(runs.shop.site_through, runs.site_port, kind, LEAST_SITE_REQUESTS)
    assert outcomes.count("published") >= len(outcomes) - 1, outcomes      # at most the publishing call itself may fail


@pytest.mark.parametrize("kind", ["mute", "stall"])
def test_silence_is_bounded(runs, kind):
    runs.at_each_request(runs.shop.site_through, runs.site_port, kind, LEAST_SITE_REQUESTS)
