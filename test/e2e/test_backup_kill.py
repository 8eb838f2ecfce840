"""A backup that is killed at its n-th request and started again: one complete snapshot, and nothing that had a receipt is
downloaded twice. The long set (test_long_backup_kill.py) has forty values.
"""

import pytest
from backup_kills import SIDES, kill_all_over


@pytest.mark.parametrize("side", SIDES)
def test_killed_and_resumed(tmp_path, cache, far, side):
    kill_all_over(tmp_path, cache, far, side, 3)
