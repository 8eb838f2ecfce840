"""The judge of backups sees: whatever is changed in a snapshot that equals its site, it finds, and says where."""

import json
import re
import shutil

import backup_store
import pytest
from backup_judge import judge
from backup_shop import BackupShop, made_site
from simulator import start_sim


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """(the site as read, the store with one snapshot of it)"""
    folder = tmp_path_factory.mktemp("judge")
    with start_sim(data=made_site(folder), control=True) as sim:
        shop = BackupShop(folder, sim)
        result = shop.backup()
        assert result.code == 0, result
        yield shop.read_site(), folder / "store"


class Copy:
    """A copy of the store whose snapshot a test harms."""

    def __init__(self, site, store, folder):
        self.site, self.store = site, backup_store.Folder(shutil.copytree(store, folder / "store"))
        self.name = backup_store.complete(self.store)[-1]

    def differences(self):
        return [str(one) for one in judge(self.site, backup_store.read_snapshot(self.store, self.name))]

    def edit(self, file, change):
        """Changes the JSON of a metadata file."""
        key = f"{self.name}/metadata_tableau/{file}.json"
        document = json.loads(self.store.read(key))
        change(document[file])
        self.store.write(key, json.dumps(document).encode())

    def finds(self, *words):
        found = [one for one in self.differences() if all(re.search(word, one) for word in words)]
        assert found, (words, self.differences())

    def key(self, kind, number=0):
        manifest = json.loads(self.store.read(f"{self.name}/manifest.json"))
        return [item["key"] for item in manifest["items"] if item["kind"] == kind and item.get("key")][number]


@pytest.fixture
def copy(original, tmp_path):
    return Copy(*original, tmp_path)


def test_nothing_is_found_where_nothing_is_changed(copy):
    assert copy.differences() == []


@pytest.mark.parametrize("kind", ["workbooks", "datasources", "flows", "custom_views", "virtual_connections"])
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_bit(copy, kind, place):
    key = copy.key(kind)
    data = bytearray(copy.store.read(key))
    data[{"first": 0, "middle": len(data) // 2, "last": -1}[place]] ^= 1
    copy.store.write(key, bytes(data))
    copy.finds(f"^{kind} ", "bytes|content")


def test_an_object_that_is_not_there(copy):
    copy.store.remove(copy.key("flows"))
    copy.finds("^flows ", "has no object")


def test_an_object_too_many(copy):
    copy.store.write(f"{copy.name}/workbooks/stray.twbx", b"PK")
    copy.finds("^folder ", "stray.twbx: is named by nothing")


def test_another_extension(copy):
    key = copy.key("datasources")
    other = key + "x" if key.endswith(".tds") else key[:-1]
    copy.store.write(other, copy.store.read(key))
    manifest = copy.store.read(f"{copy.name}/manifest.json").replace(json.dumps(key, ensure_ascii=False).encode(), json.dumps(other, ensure_ascii=False).encode())
    copy.store.write(f"{copy.name}/manifest.json", manifest)
    copy.finds("^datasources ", "ends with")
    copy.finds("^manifest ", "sha256")


def test_a_manifest_that_leaves_one_out(copy):
    manifest = json.loads(copy.store.read(f"{copy.name}/manifest.json"))
    gone = next(item for item in manifest["items"] if item["kind"] == "workbooks" and item.get("key"))
    manifest["items"].remove(gone)
    copy.store.write(f"{copy.name}/manifest.json", json.dumps(manifest).encode())
    copy.finds(f"workbooks {gone['luid']}: is not in the manifest")


LISTS = ["users", "groups", "projects", "workbooks", "datasources", "flows", "views", "custom_views", "virtual_connections",
         "schedules", "extract_tasks", "flow_tasks", "linked_tasks", "subscriptions", "data_alerts", "webhooks", "collections",
         "labels", "label_values", "databases", "tables", "pulse_definitions", "pulse_subscriptions", "favorites", "permissions",
         "default_permissions", "connections", "group_members", "columns", "collection_items", "pulse_metrics", "dqw"]  # fmt: skip


@pytest.mark.parametrize("kind", LISTS)
def test_an_item_that_is_not_there(copy, kind):
    """The last of those that say something."""
    def without_one(items):
        said = [item for item in items if len(json.dumps(item)) > 250] or items
        items.remove(said[-1])

    copy.edit(kind, without_one)
    assert copy.differences()


def leaves(value, path=()):
    """Paths to every text in a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def at(value, path):
    for key in path:
        value = value[key]
    return value


# What moves by itself, and what is a secret.
PASSED_OVER = re.compile(r"nextRunAt|lastLogin|^url$")


@pytest.mark.parametrize("kind", LISTS)
def test_an_attribute_that_is_not_there_or_another_one(copy, kind):
    """Of one item the first thirty, one after the other: one is taken away, the next one changed."""
    key = f"{copy.name}/metadata_tableau/{kind}.json"
    document = json.loads(copy.store.read(key))
    item = max(document[kind], key=lambda one: len(json.dumps(one)))
    snapshot = backup_store.read_snapshot(copy.store, copy.name)
    seen = 0
    for number, path in enumerate(list(leaves(item))[:30]):
        if PASSED_OVER.search(str(path[-1])):
            continue
        parent, name = at(item, path[:-1]), path[-1]
        kept = parent[name] if isinstance(parent, list) else dict(parent)
        if number % 2 and isinstance(parent, dict):
            del parent[name]
        else:
            parent[name] = "something else"
        snapshot.metadata[kind] = document
        assert [] != judge(copy.site, snapshot), (kind, path)
        if isinstance(parent, list):
            parent[name] = kept
        else:
            parent.clear()
            parent.update(kept)
        seen += 1
    assert seen >= 2
    assert not judge(copy.site, snapshot)


@pytest.mark.parametrize("kind", ["workbooks", "permissions", "site"])
def test_what_was_never_sent(copy, kind):
    def invented(items):
        target = items[0] if isinstance(items, list) else items["embedding"]
        target["invented"] = "yes"

    copy.edit(kind, invented)
    copy.finds("invented was never sent")


def test_a_secret(copy):
    [http, *_] = [http for webhook in copy.site.items["webhooks"].values() for http in webhook.iter() if http.get("url")]

    def revealed(items):
        for webhook in items:
            webhook["webhook-destination"]["webhook-destination-http"]["url"] = http.get("url")

    copy.edit("webhooks", revealed)
    copy.finds("^webhooks ", "secret")
