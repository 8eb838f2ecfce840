"""Bad weather at every request that a publish sends to the site: the kinds of fault behind which the outcome of the publishing call is
looked up for a minute."""
import pytest

from test_weather_site import LEAST_REQUESTS, port_of, runs, s3      # noqa: F401 (fixtures)


@pytest.mark.parametrize("kind", ["reset-before", "cut-before", "reset-in-request", "status-500"])
def test_every_fault_ends_in_the_old_or_the_new_version(runs, kind):      # noqa: F811
    outcomes = runs.at_each_request(runs.shop.site_through, port_of(runs), kind, LEAST_REQUESTS)
    assert outcomes.count("published") >= len(outcomes) - 1, outcomes      # at most the publishing call itself may fail


@pytest.mark.parametrize("kind", ["mute", "stall"])
def test_silence_is_bounded(runs, kind):      # noqa: F811
    runs.at_each_request(runs.shop.site_through, port_of(runs), kind, LEAST_REQUESTS)
