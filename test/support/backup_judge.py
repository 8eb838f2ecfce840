"""The judge of backups: compares a site, read by tableauserverclient and plain requests, with a snapshot, read by boto3 or from a
folder, item by item, byte by byte, attribute by attribute. It trusts no manifest for what must exist.

    site = read_site(sim.url)                           # backup_site.py; faults off
    snapshot = read_snapshot(store, complete(store)[-1])   # backup_store.py
    for difference in judge(site, snapshot): print(difference)

A difference knows the ids that it is about: less_faults() takes away what a simulator's log of faults explains, and adds what
the manifest should have said about it and has not.
"""

import copy
import dataclasses
import hashlib
import pathlib
import re

from backup_compare import NS, Comparison, attributes_of, ids_in, inside, is_natural
from backup_keys import natural_keys
from backup_site import LISTS, Refused

FOLDERS = {"workbooks": "workbooks", "datasources": "published_data_sources", "flows": "prep_flows", "custom_views": "custom_views"}
# Where the documents of an item stand: {name: file}; "" is the item itself. (docs/coverage.md)
FILES = {
    "members": "group_members", "default users": "custom_view_defaults", "favorites": "favorites", "columns": "columns",
    "permissions": "permissions", "connections": "connections", "warnings": "dqw", "document": "",
}  # fmt: skip
JSON_BELOW = {"collections": "collection_items", "pulse_definitions": "pulse_metrics"}
# What every entry of a file of documents says of the item.
ENTRY = {"kind", "id", "part", "contentType"}
OF_ID = re.compile("(?:id|luid)|(.+?)(?:Id|Luid|_id|_luid)")
EXTENSIONS = {"workbooks": {".twb", ".twbx"}, "datasources": {".tds", ".tdsx"}, "flows": {".tfl", ".tflx"}}
ALWAYS = ("README.txt", "index.csv", "report.html", "manifest.json")


@dataclasses.dataclass
class Difference:
    kind: str
    luid: str  # of the item it is about, or what else it is called
    words: str
    related: frozenset = frozenset()  # every id that the thing mentions
    content: bool = False  # it is about bytes, not about what is said of them

    def __str__(self):
        return f"{self.kind} {self.luid}: {self.words}"


class Judge:
    def __init__(self, site, snapshot, derived=(), signed_in=()):
        """derived: names of attributes that follow from other items (backup_compare.Comparison)."""
        self.site, self.snapshot, self.found = site, snapshot, []
        # whoever signs in, or made it so, has another lastLogin each time
        self.comparison = Comparison({site.user, *signed_in}, derived)
        self.keys = natural_keys(site)
        self.index, self.near, self.kept = self._index(), self._near(), {}

    def all(self):
        for part in (self.lists, self.details, self.documents, self.json, self.labels, self.content,
                     self.natural, self.entries_are_of_their_kind, self.secrets, self.manifest, self.folder):  # fmt: skip
            part()
        return self.found

    def differ(self, kind, luid, words, related=(), content=False):
        self.found.append(Difference(kind, luid, words, frozenset({luid, *related}), content))

    # --- metadata

    def items_of(self, kind):
        document = self.snapshot.metadata.get(kind, {})
        return document.get(kind, []) if isinstance(document, dict) else []

    def _index(self):
        """luid -> [(file, entry)]: in which entries an id stands near the top."""
        index = {}
        for kind, document in self.snapshot.metadata.items():
            entries = document.get(kind, [document]) if isinstance(document, dict) else document
            for entry in entries if isinstance(entries, list) else [entries]:
                for value in ids_near_top(entry):
                    index.setdefault(value, []).append((kind, entry))
        return index

    def lists(self):
        for kind, told in self.site.items.items():
            document = self.snapshot.metadata.get(kind)
            if isinstance(told, Refused):
                self.refused(kind, told)
            elif document is None:
                if told:
                    self.differ(kind, "-", f"there is no {kind}.json, the site has {len(told)}")
            else:
                self.list(kind, told, document)

    def refused(self, kind, told):
        document = self.snapshot.metadata.get(kind, {})
        gap = next((gap for gap in self.snapshot.manifest.get("gaps", []) if gap["kind"] == kind), {})
        if document.get("status") != "unavailable" or told.code not in (document.get("code"), gap.get("code")):
            self.differ(kind, "-", f"the site answers {told.code}; {kind}.json says {document.get('status')} {document.get('code')}")

    def list(self, kind, told, document):
        if document.get("kind") != kind or document.get("status") != "read":
            self.differ(kind, "-", f"{kind}.json says kind {document.get('kind')!r}, status {document.get('status')!r}")
        got = self.items_of(kind)
        inner = LISTS[kind][2]
        if document.get("seen") != len(got):
            self.differ(kind, "-", f"{kind}.json has {len(got)} items and says that {document.get('seen')} were seen")
        if inner is None:
            self.nameless(kind, told, got)
            return
        by_id = {}
        for item in got:
            luid = self.id_in(item, inner)
            if luid in by_id:
                self.differ(kind, luid, "is there twice", ids_in(item))
            by_id[luid] = item
        for luid in told.keys() - by_id.keys():
            self.differ(kind, luid, "is not in the metadata", ids_in(told[luid]))
        for luid in by_id.keys() - told.keys():
            self.differ(kind, luid, "is in the metadata, and not on the site", ids_in(by_id[luid]))
        for luid in told.keys() & by_id.keys():
            self.item(kind, luid, told[luid], by_id[luid])

    @staticmethod
    def id_in(item, inner):
        if inner and inner in item:
            item = item[inner]
        return item.get("id", "?")

    def item(self, kind, luid, element, item):
        inner = LISTS[kind][2]
        if inner and inner not in item:  # the task itself or what is in it
            element = element.find(NS + inner)
        for words in self.comparison.compare(element, item, more=self.merged(kind, luid)):
            self.differ(kind, luid, words, ids_in(element))

    def merged(self, kind, luid):
        """Keys that documents of the item may have brought into its entry."""
        more = set()
        for name, told in self.site.details.get((kind, luid), {}).items():
            if name == "document" and not isinstance(told, (list, Refused)):
                more |= {*attributes_of(told), *(child.tag.removeprefix(NS) for child in told)}
        return more

    def nameless(self, kind, told, got):
        if len(told) != len(got):
            self.differ(kind, "-", f"{len(told)} of them, not {len(got)}")
        for element in told.values():
            for words in self.comparison.somewhere(element, got):
                self.differ(kind, "-", words)

    def details(self):
        for (kind, luid), details in self.site.details.items():
            for name, told in details.items():
                self.detail(kind, luid, name, told)

    def entries(self, kind, luid, name):
        """The entries of an item that a document of it may stand in."""
        if name.startswith("default permissions of "):
            part = name.rpartition(" ")[2]
            return [entry for file, entry in self.index.get(luid, []) if file == "default_permissions" and part in entry.values()]
        file = FILES[name] or ("flow_details" if kind == "flows" else kind)
        return [entry for where, entry in self.index.get(luid, []) if where == file]

    def detail(self, kind, luid, name, told):
        entries = self.entries(kind, luid, name)
        if isinstance(told, Refused) or name == "warnings" and len(told) == 0:
            return
        if not entries and self.is_known_from_others(name, kind, luid, told):
            return
        if isinstance(told, list):
            self.listed_detail(kind, luid, name, told, entries)
            return
        listed = self.site.items.get(kind, {}).get(luid)
        more = ENTRY | ({*attributes_of(listed), *(child.tag.removeprefix(NS) for child in listed)} if name == "document" else set())
        if kind == "virtual_connections" and name == "document":
            told = without(told, "content")  # that is an object of its own
        for words in self.comparison.somewhere(told, entries, name, more=more):
            self.differ(kind, luid, words, ids_in(told))

    def listed_detail(self, kind, luid, name, told, entries):
        by_id = {}  # so that long lists are not gone through for each of their items
        for value in (value for entry in entries for values in entry.values() if isinstance(values, list) for value in values):
            for one in ids_near_top(value) if isinstance(value, dict) else ():
                by_id.setdefault(one, []).append(value)
        for element in told:
            near = [value for one in ids_in(element) for value in by_id.get(one, [])[:20]]
            where = f"{name}/{element.tag.removeprefix(NS)}"
            if near and not self.comparison.somewhere(element, near, where):
                continue
            for words in self.comparison.somewhere(element, near or entries, where):
                self.differ(kind, luid, words, ids_in(element))
        if told and told[0].get("id") and name != "document":
            wanted = {element.get("id") for element in told}
            for entry in entries:
                lists = [value for value in entry.values() if isinstance(value, list)]
                for value in (value for one in lists for value in one if isinstance(value, dict)):
                    if value.get("id", next(iter(wanted))) not in wanted:
                        self.differ(kind, luid, f"{name}: {value['id']} is there, and not on the site", ids_in(value))

    def is_known_from_others(self, name, kind, luid, told):
        """What need not be asked of each item: permissions that a locked project rules, a view's where its workbook shows
        tabs. (Those that rule are compared themselves.)"""
        if isinstance(told, list):
            return told == []
        if name == "permissions" or name.startswith("default permissions"):
            return told.find(f"{NS}parent") is not None or kind == "views" and self.shows_tabs(luid) or self.is_controlled(kind, luid)
        return False

    def is_controlled(self, kind, luid):
        return kind == "projects" and self.site.items[kind][luid].get("controllingPermissionsProjectId") is not None

    def shows_tabs(self, luid):
        workbook = self.site.items["views"][luid].find(f"{NS}workbook")
        found = self.site.items["workbooks"].get(workbook.get("id"))
        return found is not None and found.get("showTabs") == "true"

    def documents(self):
        for name, told in self.site.documents.items():
            if not isinstance(told, Refused):
                document = self.snapshot.metadata.get("site", {}).get("site", {}).get(name)
                for words in [f"there is no {name}"] if document is None else self.comparison.compare(told, document, name):
                    self.differ("site", name, words)

    def json(self):
        for key, told in self.site.json.items():
            kind, luid = key if isinstance(key, tuple) else (key, "")
            if isinstance(told, Refused):
                if not luid:
                    self.refused(kind, told)
                continue
            file = JSON_BELOW[kind] if luid else kind
            for item in told:
                about = luid or id_of_json(item)
                entries = [entry for where, entry in self.index.get(about, []) if where == file]
                for words in self.comparison.json_somewhere(item, entries, file):
                    self.differ(kind, about, words, ids_in(item) | {luid})

    def labels(self):
        for luid, label in self.site.labels.items():
            entries = [entry for one in ids_in(label) for file, entry in self.index.get(one, []) if file == "labels"]
            for words in self.comparison.somewhere(label, entries):
                self.differ("labels", luid, words, ids_in(label))

    def natural(self):
        """Beside every id that has a natural key it stands, and it is right."""
        for file, document in self.snapshot.metadata.items():
            for value in inside(document):
                if isinstance(value, dict):
                    self.natural_in(file, value)

    def natural_in(self, file, value):
        for key, luid in value.items():
            about = OF_ID.fullmatch(key)
            if about is None or not isinstance(luid, str):
                continue
            name = about.group(1) + "NaturalKey" if about.group(1) else "naturalKey"
            got, wanted = value.get(name), self.keys.get(luid)
            if wanted is None and got is not None and not about.group(1):
                wanted = value.get("name", got)  # "others: their name"
            if got != wanted:
                self.differ(file, luid, f"{name} is {got!r}, not {wanted!r}", ids_in(value) | self.kin(luid))

    def kin(self, luid):
        """What its natural key is made of: a custom view's view and its owner, a view's workbook, content's project."""
        found, waiting = set(), {luid}
        while waiting:
            near = {other for one in waiting for other in self.near.get(one, ())}
            found, waiting = found | waiting, near - found - waiting
        return found

    def _near(self):
        """{luid: ids that its element or its entry mentions}, of what natural keys are made of."""
        near = {}
        for kind in ("workbooks", "datasources", "flows", "views", "custom_views", "virtual_connections"):
            for item in self.items_of(kind):
                near[item.get("id")] = {value["id"] for value in item.values() if isinstance(value, dict) and "id" in value}
        return near

    def secrets(self):
        """The addresses of webhooks are nowhere."""
        webhooks = self.site.items["webhooks"]
        for luid, webhook in {} if isinstance(webhooks, Refused) else webhooks.items():
            for http in webhook.iter(f"{NS}webhook-destination-http"):
                secret = http.get("url").partition("key=")[2].partition("&")[0] or http.get("url")
                for key, body in {**self.snapshot.texts, "manifest.json": self.snapshot.manifest_bytes}.items():
                    if secret.encode() in body:
                        self.differ("webhooks", luid, f"its secret stands in {key}")

    # --- content

    def entries_of(self, kind):
        if kind not in self.kept:
            self.kept[kind] = self.snapshot.entries(kind)
        return self.kept[kind]

    def content(self):
        for (kind, luid), told in self.site.files.items():
            entry = self.entries_of(kind).get(luid)
            if isinstance(told, Refused):
                if entry and entry["status"] not in ("unavailable", "gone", "failed"):
                    self.differ(kind, luid, f"the site answers {told.code}, the manifest says {entry['status']}")
            elif entry is None:
                self.differ(kind, luid, "is not in the manifest")
            else:
                self.file(kind, luid, told, entry)
        for kind in FOLDERS:
            for luid in self.entries_of(kind).keys() - {of for what, of in self.site.files if what == kind}:
                self.differ(kind, luid, "is in the manifest, and not on the site", self.kin(luid))
        self.virtual_connections()

    def file(self, kind, luid, told, entry):
        key, name = entry.get("key", ""), self.snapshot.name
        if not key or self.snapshot.hashes.get(key) is None:
            self.differ(kind, luid, f"has no object ({entry['status']}: {entry.get('reason', '')})", content=True)
            return
        if not re.match(rf"backup_[^/]+/{FOLDERS[kind]}/{luid}_[^/]+$", key):
            self.differ(kind, luid, f"its key is {key}")
        if entry["status"] == "done" and not key.startswith(name + "/"):
            self.differ(kind, luid, f"was downloaded to another folder: {key}")
        if self.snapshot.hashes[key] != told.sha256:
            self.differ(kind, luid, f"has other bytes ({self.snapshot.sizes[key]}, the site {told.size})", content=True)
        if (entry.get("sha256"), entry.get("size_bytes")) != (self.snapshot.hashes[key], self.snapshot.sizes[key]):
            self.differ(kind, luid, "its sha256 or size in the manifest is another one")
        extension, wanted = pathlib.PurePath(key).suffix, pathlib.PurePath(told.filename).suffix
        if kind in EXTENSIONS and extension != wanted:
            self.differ(kind, luid, f"ends with {extension}, the site says {wanted}")
        if entry.get("natural_key") != self.keys.get(luid):
            self.differ(kind, luid, f"natural_key is {entry.get('natural_key')!r}, not {self.keys.get(luid)!r}", self.kin(luid))

    def virtual_connections(self):
        """The text of their content element, as bytes."""
        for (kind, luid), details in self.site.details.items():
            if kind != "virtual_connections" or isinstance(details["document"], Refused):
                continue
            text = details["document"].findtext(f"{NS}content")
            entry = self.entries_of(kind).get(luid)
            body = b"" if text is None else text.encode()
            if text is None:
                continue
            if not entry or self.snapshot.hashes.get(entry.get("key")) != hashlib.sha256(body).hexdigest():
                self.differ(kind, luid, "its content is not there, or another one", ids_in(details["document"]), True)

    # --- the snapshot itself

    def manifest(self):
        from backup_store import seal_of

        said, is_so = seal_of(self.snapshot.manifest_bytes)
        if said != is_so:
            self.differ("manifest", "-", "its own sha256 is not that of its bytes")
        for file in self.snapshot.manifest["files"]:
            key = file["key"]
            if (file["sha256"], file["size_bytes"]) != (self.snapshot.hashes.get(key), self.snapshot.sizes.get(key)):
                self.differ("manifest", key, "is not the file that it names")
        for kind, count in self.snapshot.manifest["counts"].items():
            if kind in LISTS and count != len(self.items_of(kind)):
                self.differ("manifest", kind, f"counts {count} {kind}, {kind}.json has {len(self.items_of(kind))}")

    def entries_are_of_their_kind(self):
        """Each entry about an item says what that item is."""
        kinds = {luid: kind for kind, items in self.site.items.items() if not isinstance(items, Refused) for luid in items}
        for kind in JSON_BELOW:
            items = self.site.json[kind]
            kinds |= {id_of_json(item): kind for item in (() if isinstance(items, Refused) else items)}
        for file in {*FILES.values(), *JSON_BELOW.values(), "default_permissions", "flow_details"} - {""}:
            for entry in self.items_of(file):
                luid, kind = entry.get("id", "?"), kinds.get(entry.get("id"))
                if kind is None:
                    self.differ(file, luid, "is about nothing that the site has", ids_in(entry) | self.kin(luid))
                elif entry.get("kind") != kind:
                    self.differ(file, luid, f"says that it is of {entry.get('kind')}, not {kind}")

    def folder(self):
        """Every object is named, once."""
        name = self.snapshot.name
        named = [item["key"] for item in self.snapshot.manifest["items"] if item.get("key")]
        named += [file["key"] for file in self.snapshot.manifest["files"]]
        for key in self.snapshot.objects:
            if key not in named and key != f"{name}/manifest.json":
                self.differ("folder", key, "is named by nothing")
        for one in ALWAYS:
            if f"{name}/{one}" not in self.snapshot.objects:
                self.differ("folder", one, "is not there")
        for key in {key for key in named if named.count(key) > 1} if len(named) != len(set(named)) else ():
            self.differ("folder", key, "is named twice")


def id_of_json(item):
    said = item.get("metadata", item)
    return said.get("luid") or said["id"]


def without(element, name):
    """A copy without the children of that name."""
    copied = copy.copy(element)
    for child in copied.findall(NS + name):
        copied.remove(child)
    return copied


def ids_near_top(entry):
    found = set()
    values = [entry] + ([value for value in entry.values() if isinstance(value, dict)] if isinstance(entry, dict) else [])
    for value in values:
        found |= {text for key, text in value.items() if isinstance(text, str) and not is_natural(key) and len(text) == 36}
    return found


def judge(site, snapshot, **more):
    """Every difference, in words."""
    return Judge(site, snapshot, **more).all()

