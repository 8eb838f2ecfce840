"""Faults of a site that do not pass: what cannot be saved is named with its reason, all else is there, and the exit code says so."""

import re

import pytest
from backup_runs import backed_up
from backup_shop import SMALL

# What is never answered well is missing, and said to be so: (fault, how many items of the small site that are)
LASTING = [
    ("500@1+ on GET **/flows/*/content", SMALL["flows"]),
    ("truncate@1+ on GET **/flows/*/content", SMALL["flows"]),
    ("503=xml@1+ on GET **/customviews/*/content", SMALL["custom-views"]),
]


@pytest.mark.parametrize("fault, count", LASTING, ids=[fault for fault, _ in LASTING])
def test_a_fault_that_lasts_is_told(tmp_path, cache, fault, count):
    """Exit code 3, each item in the manifest with its reason, and all the rest is there."""
    with backed_up(tmp_path, cache, [fault]) as (shop, result, _):
        assert result.code == 3, result
        snapshot = shop.snapshot()
        failed = [item for item in snapshot.manifest["items"] if item["status"] == "failed"]
        assert len(failed) == count and all(item["reason"] for item in failed), failed
        assert snapshot.manifest["status"] == "partial"
        assert shop.differences() == []


def test_a_list_that_is_never_answered_is_told(tmp_path, cache):
    """It is a gap with its reason; nothing is said to be complete."""
    with backed_up(tmp_path, cache, ["413=html@1+ on GET **/groupsets"]) as (shop, result, _):
        assert result.code == 3, result
        snapshot = shop.snapshot()
        [gap] = snapshot.manifest["gaps"]
        assert gap["kind"] == "group_sets" and gap["failed"] and "413" in gap["reason"]
        assert snapshot.metadata["group_sets"]["status"] == "failed" and snapshot.manifest["status"] == "partial"
        assert "group" in result.out and "413" in result.out
        told = {one.partition(":")[0] for one in shop.differences()}
        groups = set(shop.read_site().items["group_sets"])
        assert all(any(luid in one for luid in groups) or one.startswith("group_sets") for one in told), told


def test_too_many_failures_are_a_failure(tmp_path, cache):
    """More than 10 % and more than 20: exit code 1."""
    with backed_up(tmp_path, cache, ["503@1+ on GET **/workbooks/*/content"]) as (shop, result, _):
        assert result.code == 1, result
        assert re.search(r"\b26\b", result.out + result.err), result


def test_silence_is_not_waited_for_for_ever(tmp_path, cache):
    """A site that begins to answer, and says nothing for longer than the time-out: the request is made again."""
    with backed_up(tmp_path, cache, ["slow-first-byte=400s@2"]) as (shop, result, seconds):
        assert result.code == 0 and seconds < 200, (seconds, result)
        assert shop.differences() == []
