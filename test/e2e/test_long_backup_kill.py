"""As test_backup_kill.py, with forty values spread over the run: twenty of the requests to the site, twenty of those to the
store.
"""

import os
import random

import pytest
from backup_kills import SIDES, kill_and_resume, spread, whole_count
from s3_server import start_s3

SEED = int(os.environ.get("TABFERRY_TEST_SEED") or random.randrange(1 << 32))
COUNT = 20


@pytest.fixture(scope="module")
def far():
    with start_s3() as s3:
        yield s3


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("sites")


@pytest.mark.parametrize("side", SIDES)
def test_killed_and_resumed(tmp_path, cache, far, side):
    total = whole_count(tmp_path / f"{side}-whole", cache, far, side)
    numbers = spread(COUNT, total, SEED)
    print(f"seed {SEED} (TABFERRY_TEST_SEED): of {total} requests to the {side} {numbers}")
    died = [kill_and_resume(tmp_path / f"{side}-{number}", cache, far, side, number) for number in numbers]
    assert sum(died) >= COUNT - 1, died  # the last one may come behind the last request of a run that took fewer
