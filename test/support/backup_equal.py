"""Whether two snapshots of one site that has not changed between them are the same, apart from times and from what a sign-in moves:

    assert differences(read_snapshot(store, "one"), read_snapshot(other_store, "other")) == []
"""

import json

# Of an item in the manifest: what it is and what its bytes are. Its key holds the snapshot's name.
SAME = ("kind", "luid", "name", "natural_key", "status", "size_bytes", "sha256", "updatedAt", "updated_at")
# What the two sign-ins, or the clock, move on the site itself.
MOVING = {"asOf", "lastLogin", "nextRunAt", "lastUsed"}


def differences(one, other):
    found = _items(one, other) + _differ("counts", one.manifest["counts"], other.manifest["counts"])
    found += _differ("missing", _unnamed(one, one.manifest["missing"]), _unnamed(other, other.manifest["missing"]))
    found += _differ("files", _names(one), _names(other))
    for kind in sorted(one.metadata.keys() & other.metadata.keys()):
        found += _differ(kind, _still(one, kind), _still(other, kind))
    return found


def _items(one, other):
    mine, theirs = ({(item["kind"], item["luid"], item.get("revision")): item for item in each.manifest["items"]} for each in (one, other))
    found = [f"item {key} is in one of them" for key in sorted(mine.keys() ^ theirs.keys(), key=str)]
    for key in mine.keys() & theirs.keys():
        a, b = ({name: item.get(name) for name in SAME} | {"file": _below(each, item)} for each, item in ((one, mine[key]), (other, theirs[key])))
        found += _differ(f"item {key}", a, b)
    return found


def _below(snapshot, item):
    return (item.get("key") or "").removeprefix(snapshot.name + "/")


def _names(snapshot):
    return sorted(key.removeprefix(snapshot.name + "/") for key in snapshot.objects)


def _unnamed(snapshot, value):
    return json.loads(json.dumps(value).replace(snapshot.name, "SNAPSHOT"))


def _still(snapshot, kind):
    return _less(_unnamed(snapshot, snapshot.metadata[kind]))


def _less(value):
    if isinstance(value, dict):
        return {key: _less(inner) for key, inner in value.items() if key not in MOVING}
    return [_less(inner) for inner in value] if isinstance(value, list) else value


def _differ(where, one, other):
    return [] if one == other else [f"{where}: {_first(one, other)}"]


def _first(one, other):
    """The first place where they part."""
    if isinstance(one, dict) and isinstance(other, dict):
        key = next((key for key in [*one, *other] if one.get(key) != other.get(key)), None)
        return f"/{key}{_first(one.get(key), other.get(key))}"
    if isinstance(one, list) and isinstance(other, list):
        at = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), None)
        return f": {len(one)} and {len(other)} of them" if at is None else f"/{at}{_first(one[at], other[at])}"
    return f": {one!r:.200} and {other!r:.200}"
