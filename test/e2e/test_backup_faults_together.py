"""Faults of long lists (of two pages), and all faults together; a few of them before a real S3 server."""

import pytest
from backup_faults import WRITING, kind_of, kinds
from backup_runs import backed_up, check, differences, struck
from backup_shop import WIDE

DONE, PART = (0,), (0, 3)
WIDE_FAULTS = [
    ("move-across-pages=forward@1", DONE),
    ("move-across-pages=back@1", DONE),
    ("move-across-pages=forward@1+", DONE),
    ("move-across-pages=back@1+", DONE),
    ("total-too-large=5@1+", DONE),
    ("429=1@2 on GET **/groups", DONE),
    ("503@2 on GET **/groups", DONE),
]
TOGETHER = [
    "latency=20ms@5%", "slow-first-byte=100ms@3%", "expire-session@90", "429=1@1%", "500@1%", "502=xml@1%", "503@1%", "504@1%",
    "late-error@1%", "truncate@5%", "disposition=japanese@10%", "disposition=none@10%", "disposition=slash@10%", "pod-redirect@1",
    "total-too-large@30%", "move-across-pages@20%", "forbid@4%", "delete-after-list@4%", "rename-after-list@4%", "refresh@4%",
    "refresh-silent@4%",
]  # fmt: skip


def test_all_together_are_all():
    tried = {kind_of({"fault": fault}) for fault in TOGETHER}
    assert tried | WRITING | {"413"} == kinds()  # 413 alone has no cure: test_backup_failures.py


@pytest.mark.parametrize("fault, codes", WIDE_FAULTS, ids=[fault for fault, _ in WIDE_FAULTS])
def test_a_fault_of_long_lists(tmp_path, cache, fault, codes):
    with backed_up(tmp_path, cache, [fault], WIDE) as (shop, result, _):
        check(shop, result, fault, codes)


def test_a_list_without_an_order_that_never_stands_still_makes_a_partial_snapshot(tmp_path, cache):
    """No page size and no order helps: subscriptions cannot be sorted, and the last one is never shown."""
    fault = "move-across-pages=forward@1+ on GET **/subscriptions"
    with backed_up(tmp_path, cache, [fault], WIDE | {"groups": 5, "subscriptions": 1050}) as (shop, result, _):
        assert result.code == 3, result
        assert "move-across-pages" in struck(shop)
        assert "subscriptions: the site announced 1,050 and showed 1,049 (read 4 times), and items still moved" in result.out


@pytest.mark.parametrize("seed", [1, 2])
def test_all_faults_together(tmp_path, cache, seed):
    with backed_up(tmp_path, cache, TOGETHER, WIDE | {"workbooks": 30, "datasources": 25, "flows": 9}, seed) as (shop, result, _):
        assert result.code in PART, (seed, result)
        assert len(struck(shop)) > 10, struck(shop)
        assert differences(shop) == [], (seed, result)


def test_on_a_real_s3_server(tmp_path, cache):
    from s3_server import start_s3

    with start_s3() as s3:
        with backed_up(tmp_path, cache, ["truncate@2", "429=1@30", "forbid@4"], s3=s3) as (shop, result, _):
            check(shop, result, "truncate@2", DONE)
