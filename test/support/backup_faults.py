"""What a simulator's log of faults explains of the differences between a site and a snapshot, and what the manifest must say
about it. Beside that: which faults there are, so that none is forgotten (`tabferry-sim serve --help` tells them).
"""

import re
import subprocess

from backup_judge import Difference
from programs import program

# Faults that change an item, or refuse it, for good: all that is about that item may differ.
CHANGING = {"forbid", "delete-after-list", "rename-after-list", "refresh", "refresh-silent"}
# Of these the manifest must speak.
TOLD = {"forbid": {"unavailable", "failed"}, "delete-after-list": {"gone", "failed"}}
# Answers that end a request; where a request had none but these to its end, its item is missing.
ENDING = {"413", "500", "502", "503", "504", "truncate", "late-error"}
# They only concern who writes.
WRITING = {"index-lag", "fail-job", "deny-publish", "concurrent-append"}
# What follows from other items: it moves when one of them is deleted.
DERIVED = ("contentsCounts", "connectedWorkbooksCount", "sheetCount", "userCount", "groupCount", "totalItemCount",
           "permissionedItemCount", "favoritesTotal", "totalViewCount", "numUsers", "storage", "usage")  # fmt: skip
LUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def kinds():
    """The kinds of fault that the simulator has."""
    told = subprocess.run([program("TABFERRY_SIM"), "serve", "--help"], capture_output=True, text=True, timeout=30, check=True)
    listed = told.stdout.partition("WHICH is 3")[2]
    return set(re.findall(r"^  ([a-z0-9-]+)(?:=|\[=|$)", listed, re.MULTILINE))


def kind_of(entry):
    return re.split(r"[=@]", entry["fault"])[0]


def touched(log):
    """{luid: kinds of faults that changed or refused that item}"""
    found = {}
    for entry in log:
        if kind_of(entry) in CHANGING and entry.get("id"):
            found.setdefault(entry["id"], set()).add(kind_of(entry))
    return found


def cut_short(log):
    """{luid: kinds} of items whose download was answered badly: each may be missing, where the manifest says so."""
    found = {}
    for entry in log:
        if kind_of(entry) in ENDING and entry["method"] == "GET":
            for luid in LUID.findall(entry["path"].rpartition("/sites/")[2])[1:2]:
                found.setdefault(luid, set()).add(kind_of(entry))
    return found


def views_of(items, snapshot):
    """{luid of a view: what befell its workbook}: the subscriptions to a deleted workbook's views go with it."""
    views = snapshot.metadata.get("views", {}).get("views", [])
    return {view["id"]: items[workbook] for view in views if (workbook := view.get("workbook", {}).get("id")) in items}


def less_faults(differences, log, snapshot):
    """The differences that no fault explains, and for those that one does, what the manifest fails to say."""
    items, answers, named = touched(log), cut_short(log), snapshot.named()
    whole = items | views_of(items, snapshot)
    left = [one for one in differences if not is_explained(one, whole, answers, named)]
    for luid, kinds_ in items.items():
        for kind in kinds_ & TOLD.keys():
            said = [one for one in named.get(luid, []) if one["status"] in TOLD[kind] and one.get("reason")]
            if not said and any(luid == one.luid for one in differences):
                left.append(Difference("manifest", luid, f"says nothing of what {kind} did to it: {named.get(luid)}"))
    return left


def is_explained(difference, items, answers, named):
    changed = difference.related & items.keys()
    # what was changed before its download was downloaded as it then was
    if changed and (not difference.content or any(items[luid] & TOLD.keys() for luid in changed)):
        return True
    # a request that was only ever answered badly: honest where the manifest has it as failed, with a reason
    return any(
        one["status"] == "failed" and one.get("reason")
        for luid in difference.related & answers.keys()
        for one in named.get(luid, [])
    )
