"""As test_backup_kill.py, with forty values spread over the run: twenty of the requests to the site, twenty of those to the
store.
"""

import pytest
from backup_kills import SIDES, kill_all_over


@pytest.mark.parametrize("side", SIDES)
def test_killed_and_resumed(tmp_path, cache, far, side):
    kill_all_over(tmp_path, cache, far, side, 20)
