"""What the tests of the simulator begin with. Each is about the fixture `sim`: a file with another site has
its own.
"""

import contextlib

import pytest
from sim_shelf import Shelf
from sim_stage import Stage
from sim_storm import Client
from simulator import start_sim


@pytest.fixture
def server(sim):
    """The administrator's tableauserverclient."""
    with sim.client() as signed_in:
        yield signed_in


@pytest.fixture
def root(sim):
    with sim.client("root") as signed_in:
        yield signed_in


@pytest.fixture
def vera(sim):
    with sim.client("vera") as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def cloud_sim():
    with start_sim("--profile", "cloud", "--user", "vera=Viewer") as running:
        yield running


@pytest.fixture
def cloud(cloud_sim):
    with cloud_sim.client() as signed_in:
        yield signed_in


@pytest.fixture
def put(server, tmp_path):
    return Shelf(server, tmp_path)


@pytest.fixture
def stage(sim, server, tmp_path):
    return Stage(sim, server, tmp_path)


@pytest.fixture
def stormy():
    """stormy("429@1", ...) -> (a site, a signed-in client); the faults stand when the client has signed in."""
    with contextlib.ExitStack() as sims:

        def start(*faults):
            sim = sims.enter_context(start_sim(control=True))
            client = Client(sim)
            sim.control.add(*faults)
            return sim, client

        yield start
