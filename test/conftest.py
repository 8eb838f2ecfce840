import pytest

from simulator import start_sim


@pytest.fixture
def sim():
    """A site out of the box."""
    with start_sim() as running:
        yield running


@pytest.fixture
def make_sim():
    """A site with flags: with make_sim("--deny-publish") as sim: ..."""
    return start_sim
