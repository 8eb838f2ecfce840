"""Fixtures of the end-to-end tests. What they need is imported by those that are used: not every test drives every program."""
import contextlib

import pytest


@pytest.fixture
def runs(tmp_path, s3, sim, request):
    """Publishes from S3 through bad weather."""
    from fault_runs import FaultRuns, bucket_name
    return FaultRuns(tmp_path, sim, s3, bucket_name(request.node.name))


@pytest.fixture
def practice(tmp_path, sim):
    """Runs of doctor."""
    from doctor_practice import Practice
    return Practice(tmp_path, sim)


@pytest.fixture
def landing():
    """A real S3 server with the bucket landing and orders/a.csv in it."""
    from doctor_far_sides import CSV
    from s3_server import start_s3
    with start_s3() as server:
        client = server.client()
        client.create_bucket(Bucket="landing")
        client.put_object(Bucket="landing", Key="orders/a.csv", Body=CSV)
        yield server


@pytest.fixture
def origin():
    """The server behind weather_of()."""
    from weather_origin import serving
    with serving() as server:
        yield server


@pytest.fixture
def weather_of(origin):
    """Weather in front of origin: weather_of("--fault", "mute@1")."""
    from weather import Weather
    with contextlib.ExitStack() as stack:
        yield lambda *flags: stack.enter_context(Weather(origin.server_port, *flags))


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Where made sites are kept for copying (backup_shop.made_site)."""
    return tmp_path_factory.mktemp("sites")


@pytest.fixture(scope="module")
def far():
    """A real S3 server, empty."""
    from s3_server import start_s3
    with start_s3() as server:
        yield server
