"""A site as an independent reader sees it: tableauserverclient says what there is (every page of every list), plain requests
bring each answer as it was sent. The judge of backups (backup_judge.py) compares a snapshot with it.

    site = read_site(sim.url)          # signs in by password, which leaves the sessions of tokens alone; signs out
    site.items["workbooks"][luid]      # the element of the list, with all fields
    site.details["workbooks", luid]    # {"permissions": element, "connections": element, ...} and what was refused

Two readers must agree: where tableauserverclient lists other ids than the raw pages, read_site() fails.
"""

import concurrent.futures
import dataclasses
import hashlib
import http.client
import json
import threading
import urllib.parse
from xml.etree import ElementTree

import tableauserverclient as tsc
from simulator import SITE, USER

LANES = 8
PAGE = 1000
NS = "{http://tableau.com/api}"
CONTENT = {"workbooks": "workbook", "datasources": "datasource", "flows": "flow"}

# kind (the metadata file) -> path below the site ('/' first: below the API), the element of one item, where its id stands
LISTS = {
    "users": ("users?fields=_all_", "user", ""),
    "groups": ("groups?fields=_all_", "group", ""),
    "group_sets": ("groupsets", "groupSet", ""),
    "projects": ("projects?fields=_all_", "project", ""),
    "workbooks": ("workbooks?fields=_all_", "workbook", ""),
    "datasources": ("datasources?fields=_all_", "datasource", ""),
    "flows": ("flows?fields=_all_", "flow", ""),
    "views": ("views?fields=_all_&includeUsageStatistics=true", "view", ""),
    "custom_views": ("customviews?fields=_all_", "customView", ""),
    "virtual_connections": ("virtualconnections", "virtualConnection", ""),
    "schedules": ("/schedules", "schedule", ""),
    "extract_tasks": ("tasks/extractRefreshes", "task", "extractRefresh"),
    "flow_tasks": ("tasks/runFlow", "task", "runFlow"),
    "linked_tasks": ("tasks/linked", "linkedTasks/linkedTasks", ""),
    "subscriptions": ("subscriptions", "subscription", ""),
    "data_alerts": ("dataAlerts", "dataAlert", ""),
    "webhooks": ("webhooks", "webhook", ""),
    "label_values": ("labelValues", "labelValue", None),
    "label_categories": ("labelCategories", "labelCategory", None),
    "databases": ("databases", "database", ""),
    "tables": ("tables", "table", ""),
    "auth_configurations": ("site-auth-configurations", "siteAuthConfiguration", None),
    "connected_apps": ("connected-apps/direct-trust", "connectedApplication", None),
    "authorization_servers": ("connected-apps/external-authorization-servers", "externalAuthorizationServer", None),
}
UNPAGED = {
    "webhooks", "extract_tasks", "flow_tasks", "label_values", "label_categories", "auth_configurations",
    "connected_apps", "authorization_servers",
}  # fmt: skip

# What the library lists of each kind.
LISTED_BY_LIBRARY = {
    "users": "users", "groups": "groups", "group_sets": "group_sets", "projects": "projects", "workbooks": "workbooks",
    "datasources": "datasources", "flows": "flows", "views": "views", "custom_views": "custom_views",
    "virtual_connections": "virtual_connections", "schedules": "schedules", "extract_tasks": "tasks",
    "flow_tasks": "tasks", "linked_tasks": "linked_tasks", "subscriptions": "subscriptions",
    "data_alerts": "data_alerts", "webhooks": "webhooks", "databases": "databases", "tables": "tables",
}  # fmt: skip

DEFAULTS = ("workbooks", "datasources", "flows", "dataroles", "databases", "tables", "virtualconnections")
# kind -> {name: path below the site}; {} is the item's id. With '|ELEMENT' it is a list, all pages of it; with '|*' the
# answer has several elements.
DETAILS = {
    "groups": {"members": "groups/{}/users|user"},
    "group_sets": {"document": "groupsets/{}"},
    "projects": {"permissions": "projects/{}/permissions"}
    | {f"default permissions of {kind}": f"projects/{{}}/default-permissions/{kind}" for kind in DEFAULTS},
    "workbooks": {
        "document": "workbooks/{}",
        "permissions": "workbooks/{}/permissions",
        "connections": "workbooks/{}/connections",
    },
    "datasources": {
        "permissions": "datasources/{}/permissions",
        "connections": "datasources/{}/connections",
        "warnings": "dataQualityWarnings/datasource/{}",
    },
    "flows": {
        "document": "flows/{}|*",
        "permissions": "flows/{}/permissions",
        "connections": "flows/{}/connections",
        "warnings": "dataQualityWarnings/flow/{}",
    },
    "views": {"permissions": "views/{}/permissions"},
    "custom_views": {"default users": "customviews/{}/default/users|user"},
    "virtual_connections": {
        "document": "virtualconnections/{}",
        "permissions": "virtualconnections/{}/permissions",
        "connections": "virtualconnections/{}/connections|connection",
    },
    "schedules": {"document": "/schedules/{}"},
    "data_alerts": {"document": "dataAlerts/{}"},
    "databases": {
        "permissions": "databases/{}/permissions",
        "default permissions of tables": "databases/{}/default-permissions/tables",
        "warnings": "dataQualityWarnings/database/{}",
    },
    "tables": {
        "permissions": "tables/{}/permissions",
        "columns": "tables/{}/columns|column",
        "warnings": "dataQualityWarnings/table/{}",
    },
    "users": {"favorites": "favorites/{}|favorite"},
}
# name in site.json -> path
DOCUMENTS = {
    "site": "?includeUsage=true",
    "server": "/serverinfo",
    "embedding": "settings/embedding",
    "extensions": "settings/extensions",
    "mobile_security": "settings/mobilesecuritysettings",
    "notifications": "settings/notifications",
}
LABELLED = {
    "workbooks": "workbook", "views": "view", "datasources": "datasource", "flows": "flow", "databases": "database",
    "tables": "table", "virtual_connections": "virtualConnection",
}  # fmt: skip


@dataclasses.dataclass
class Refused:
    status: int
    code: int


@dataclasses.dataclass
class File:
    sha256: str
    size: int
    filename: str  # what the header says
    head: bytes


@dataclasses.dataclass
class SiteReading:
    luid: str = ""
    user: str = ""  # the luid of who has read
    items: dict = dataclasses.field(default_factory=dict)  # kind -> {luid or number: element}; Refused where it is not to be had
    details: dict = dataclasses.field(default_factory=dict)  # (kind, luid) -> {name: element, [elements] or Refused}
    documents: dict = dataclasses.field(default_factory=dict)  # name -> element or Refused
    json: dict = dataclasses.field(default_factory=dict)  # "collections" ... -> [dict]
    labels: dict = dataclasses.field(default_factory=dict)  # luid of a label -> element
    files: dict = dataclasses.field(default_factory=dict)  # (kind, luid) -> File or Refused
    models: dict = dataclasses.field(default_factory=dict)  # kind -> [the library's objects]


class Wire:
    """GETs with the session of a signed-in library client, one kept connection a thread."""

    def __init__(self, server):
        address = urllib.parse.urlsplit(server.server_address)
        self.host, self.port = address.hostname, address.port
        self.token, self.version, self.site = server.auth_token, server.version, server.site_id
        self.kept = threading.local()

    def path(self, path):
        if path.startswith("-/"):
            return f"/api/{path}"
        if path.startswith("/"):
            return f"/api/{self.version}{path}"
        return f"/api/{self.version}/sites/{self.site}" + (path if path[:1] in ("", "?") else f"/{path}")

    def ask(self, path, method="GET", body=None, kind="application/xml", accept="application/xml"):
        """(status, headers, body)"""
        if not hasattr(self.kept, "connection"):
            self.kept.connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        headers = {"X-Tableau-Auth": self.token, "Accept": accept} | ({"Content-Type": kind} if body else {})
        self.kept.connection.request(method, self.path(path), body, headers)
        answer = self.kept.connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def get(self, path, **more):
        """The element below the answer's root (the last: pagination comes first), or Refused."""
        status, _, body = self.ask(path, **more)
        if status >= 300:
            return refused(status, body)
        root = ElementTree.fromstring(body)
        return root[-1] if len(root) else root

    def pages(self, path, element):
        """All items of a list; or Refused."""
        found, number = [], 1
        while True:
            separator = "&" if "?" in path else "?"
            status, _, body = self.ask(f"{path}{separator}pageSize={PAGE}&pageNumber={number}")
            if status >= 300:
                return refused(status, body)
            root = ElementTree.fromstring(body)
            found += root.findall(f"{NS}{root[-1].tag.removeprefix(NS)}/" + "/".join(NS + part for part in element.split("/")[-1:]))
            page = root.find(f"{NS}pagination")
            if page is None or number * PAGE >= int(page.get("totalAvailable")):
                return found
            number += 1

    def json(self, path, key):
        """All items of a list that speaks JSON alone; or Refused."""
        found, token, number = [], "", 1
        while True:
            more = f"?page_size={PAGE}" + (f"&page_token={token}" if token else "") if "pulse" in path else f"?pageSize=100&pageNumber={number}"
            status, _, body = self.ask(path + more, accept="application/json")
            if status >= 300:
                return refused(status, body)
            told = json.loads(body)
            found += told.get(key, [])
            token, number = told.get("next_page_token", ""), number + 1
            if not token and len(found) >= int(told.get("pagination", {}).get("totalAvailable", 0)):
                return found


def refused(status, body):
    try:
        error = ElementTree.fromstring(body).find(f"{NS}error")
        return Refused(status, int(error.get("code")))
    except (ElementTree.ParseError, AttributeError):
        try:
            return Refused(status, int(json.loads(body)["error"]["code"]))
        except (ValueError, KeyError, TypeError):
            return Refused(status, 0)


def id_of(item, inside):
    return (item.find(NS + inside) if inside else item).get("id")


def read_list(wire, kind):
    path, element, inside = LISTS[kind]
    if kind in UNPAGED:
        told = wire.get(path)
        found = told if isinstance(told, Refused) else list(told.findall(NS + element))
    else:
        found = wire.pages(path, element)
    if isinstance(found, Refused):
        return found
    if inside is None:
        return dict(enumerate(found))
    return {id_of(item, inside): item for item in found}


def read_detail(wire, kind, luid, name):
    path, _, element = DETAILS[kind][name].partition("|")
    if element == "*":
        status, _, body = wire.ask(path.format(luid))
        return refused(status, body) if status >= 300 else list(ElementTree.fromstring(body))
    return wire.pages(path.format(luid), element) if element else wire.get(path.format(luid))


def read_file(wire, path):
    status, headers, body = wire.ask(path)
    if status >= 300:
        return refused(status, body)
    return File(hashlib.sha256(body).hexdigest(), len(body), filename_of(headers["Content-Disposition"]), body[:64])


def filename_of(disposition):
    from email.message import Message

    told = Message()
    told["Content-Disposition"] = disposition or ""
    return told.get_filename("")


def read_by_library(server, site):
    """What the library makes of the lists; its ids must be those of the raw pages."""
    for kind, name in LISTED_BY_LIBRARY.items():
        if isinstance(site.items[kind], Refused):
            continue
        endpoint, options = getattr(server, name), tsc.RequestOptions(pagesize=PAGE)
        more = {"task_type": tsc.TaskItem.Type.RunFlow} if kind == "flow_tasks" else {}
        models = list(tsc.Pager(endpoint, options, **more))
        site.models[kind] = models
        ids = {model.id for model in models}
        if ids != set(site.items[kind]):
            raise RuntimeError(f"the library lists {len(ids)} {kind}, the raw pages {len(site.items[kind])}: the judge is wrong")


def read_labels(wire, site):
    for kind, type_name in LABELLED.items():
        luids = [] if isinstance(site.items[kind], Refused) else list(site.items[kind])
        for first in range(0, len(luids), 500):
            contents = "".join(f'<content contentType="{type_name}" id="{luid}"/>' for luid in luids[first : first + 500])
            body = f"<tsRequest><contentList>{contents}</contentList></tsRequest>"
            told = wire.get("labels", method="POST", body=body)
            if isinstance(told, Refused):
                return
            site.labels |= {label.get("id"): label for label in told}


def read_json(wire, site):
    site.json["collections"] = wire.json("-/collections", "items")
    site.json["pulse_definitions"] = wire.json("-/pulse/definitions", "definitions")
    site.json["pulse_subscriptions"] = wire.json("-/pulse/subscriptions", "subscriptions")
    for kind, key, below in (("collections", "luid", "items"), ("pulse_definitions", None, "metrics")):
        items = site.json[kind]
        if isinstance(items, Refused):
            continue
        for item in items:
            luid = item[key] if key else item["metadata"]["id"]
            site.json[kind, luid] = wire.json(f"-/{kind.replace('_', '/')}/{luid}/{below}", below)
            if kind == "collections":
                site.details[kind, luid] = {"permissions": wire.get(f"collections/{luid}/permissions")}


def read_site(url, name=USER, password=None, content=True):
    server = tsc.Server(url, use_server_version=True)
    with server.auth.sign_in(tsc.TableauAuth(name, password or name, SITE)):
        wire, site = Wire(server), SiteReading(luid=server.site_id, user=server.user_id)
        with concurrent.futures.ThreadPoolExecutor(LANES) as lanes:
            site.items = dict(zip(LISTS, lanes.map(lambda kind: read_list(wire, kind), LISTS)))
            asked = [
                (kind, luid, detail)
                for kind, details in DETAILS.items()
                if not isinstance(site.items[kind], Refused)
                for luid in site.items[kind]
                for detail in details
            ]
            for (kind, luid, detail), told in zip(asked, lanes.map(lambda one: read_detail(wire, *one), asked)):
                site.details.setdefault((kind, luid), {})[detail] = told
            if content:
                paths = {(kind, luid): f"{kind}/{luid}/content" for kind in CONTENT for luid in site.items[kind]}
                paths |= {("custom_views", luid): f"customviews/{luid}/content" for luid in site.items["custom_views"]}
                site.files = dict(zip(paths, lanes.map(lambda path: read_file(wire, path), paths.values())))
            site.documents = dict(zip(DOCUMENTS, lanes.map(wire.get, DOCUMENTS.values())))
        read_labels(wire, site)
        read_json(wire, site)
        read_by_library(server, site)
    return site
