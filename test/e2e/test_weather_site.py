"""Bad weather at every request that a publish sends to the site (more kinds of it: test_long_weather_site.py)."""
import pytest

from fault_runs import FaultRuns, bucket_name
from s3_server import start_s3

LEAST_REQUESTS = 4      # version, sign-in, projects, publish, sign-out


@pytest.fixture(scope="module")
def s3():
    with start_s3() as server:
        yield server


@pytest.fixture
def runs(tmp_path, s3, sim, request):
    return FaultRuns(tmp_path, sim, s3, bucket_name(request.node.name))


def port_of(runs):
    return int(runs.shop.straight.url.rsplit(":", 1)[1])


@pytest.mark.parametrize("kind", ["reset-after-request", "cut-in-answer", "reset-in-answer", "status-503"])
def test_one_fault_is_weathered(runs, kind):
    """What the site did, or did not do, is found out: the new version is there."""
    outcomes = runs.at_each_request(runs.shop.site_through, port_of(runs), kind, LEAST_REQUESTS)
    assert set(outcomes) == {"published"}, outcomes
