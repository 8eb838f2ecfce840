"""Bad weather at every request that a publish sends to the site (more kinds of it: test_long_weather_site.py)."""
import pytest

from fault_runs import LEAST_SITE_REQUESTS


@pytest.mark.parametrize("kind", ["reset-after-request", "cut-in-answer", "reset-in-answer", "status-503"])
def test_one_fault_is_weathered(runs, kind):
    """What the site did, or did not do, is found out: the new version is there."""
    outcomes = runs.at_each_request(runs.shop.site_through, runs.site_port, kind, LEAST_SITE_REQUESTS)
    assert set(outcomes) == {"published"}, outcomes
