"""Every fault of tabferry-sim in turn: the snapshot is the site, less what the simulator's log names, and
each of those is in the manifest with its reason. Who says so is not ours: test/support/backup_judge.py.
"""

import pytest
from backup_faults import WRITING, kind_of, kinds
from backup_runs import backed_up, check

# fault, the exit codes that are right. Each must strike: a fault that never happens proves nothing.
DONE, PART = (0,), (0, 3)
FAULTS = [
    ("latency=150ms@1-40", DONE),
    ("slow-first-byte=400ms@2-5", DONE),
    ("expire-session@2", DONE),
    ("expire-session@60", DONE),
    ("expire-session@30 on GET **/content", DONE),
    ("429=1@3", DONE),
    ("429=1@40-44", DONE),
    ("429=date@30", DONE),
    ("429=none@20-22", DONE),
    ("413=html@3 on GET **/connections", PART),
    ("413=xml@1 on GET **/workbooks/*/content", PART),
    ("500=html@10-11", DONE),
    ("500=xml@2-3 on GET **/content", DONE),
    ("502=html@25", DONE),
    ("502=xml@3", DONE),
    ("503=html@10-12", DONE),
    ("503=xml@1 on POST **/auth/signin", DONE),
    ("504=html@5 on GET **/permissions", DONE),
    ("504=xml@50", DONE),
    ("late-error@3", DONE),
    ("late-error=502@1-2 on GET **/workbooks/*/content", DONE),
    ("truncate@1", DONE),
    ("truncate=0@2", DONE),
    ("truncate=10@3-4", DONE),
    ("truncate@1 on GET **/flows/*/content", DONE),
    ("truncate@1 on GET **/customviews/*/content", DONE),
    *((f"disposition={form}@1+", DONE) for form in
      "plain quoted-ext ext unquoted plus percent slash japanese japanese-raw question attachment no-filename none".split()),
    ("pod-redirect@1", DONE),
    ("pod-redirect=localhost@1+", DONE),
    ("total-too-large@1+", DONE),
    ("total-too-large=7@2-4", DONE),
    ("forbid@1-2", DONE),
    ("forbid=403004@1 on GET **/flows/*/content", DONE),
    ("forbid@1 on GET **/datasources/*/content", DONE),
    ("delete-after-list@2", DONE),
    ("delete-after-list@1 on GET **/workbooks/*/permissions", DONE),
    ("delete-after-list@1-2 on GET **/customviews/*/content", DONE),
    ("rename-after-list@2", DONE),
    ("rename-after-list=a name/with ✂ and 'quotes'@1 on GET **/flows/*/content", DONE),
    ("refresh@1-3", DONE),
    ("refresh-silent@2-4", DONE),
]  # fmt: skip
def test_no_kind_of_fault_is_forgotten():
    tried = {kind_of({"fault": fault}) for fault, _ in FAULTS}
    assert tried | WRITING | {"move-across-pages"} == kinds()  # that one: test_backup_faults_together.py


def test_without_any_fault_it_is_the_site(tmp_path, cache):
    with backed_up(tmp_path, cache, []) as (shop, result, _):
        assert result.code == 0, result
        assert shop.differences() == []


@pytest.mark.parametrize("fault, codes", FAULTS, ids=[fault for fault, _ in FAULTS])
def test_a_fault(tmp_path, cache, fault, codes):
    with backed_up(tmp_path, cache, [fault]) as (shop, result, _):
        check(shop, result, fault, codes)
