"""Content and people on a running tabferry-sim for tests of what happens by itself: tasks, subscriptions, alerts, jobs."""

import json

import schema
import sim_files
import tableauserverclient as TSC
from simulator import SITE

NOBODY = "00000000-0000-4000-8000-000000000000"


class Stage:
    """A signed-in client and what it has published: .workbook, .view, .datasource, .flow.

    With request(): plain requests for what the client has no call for, judged by the schema all the same.
    """

    def __init__(self, sim, server, folder):
        self.sim, self.server, self.folder = sim, server, folder
        self.project = next(one.id for one in TSC.Pager(server.projects) if one.name == "default")
        self.datasource = self.publish(server.datasources, TSC.DatasourceItem(self.project, "Sales"), sim_files.tdsx(), "s.tdsx")
        self.workbook = self.publish(server.workbooks, TSC.WorkbookItem(self.project, "Book"), sim_files.twbx(), "b.twbx")
        self.flow = self.publish(server.flows, TSC.FlowItem(self.project, "Clean"), sim_files.flow(), "f.tflx")
        server.workbooks.populate_views(self.workbook)
        self.view = self.workbook.views[0]

    def publish(self, endpoint, item, content, name):
        path = self.folder / name
        path.write_bytes(content)
        return endpoint.publish(item, str(path), "CreateNew")

    def user(self, name, role="Viewer", email=True):
        """A new user, who can sign in by `name` as password."""
        user = self.server.users.add(TSC.UserItem(name, role))
        user.fullname, user.email = name.title(), f"{name}@example.com" if email else None
        return self.server.users.update(user, password=name)

    def signed_in(self, name, password=None):
        server = TSC.Server(self.sim.url, use_server_version=True, session_factory=schema.session)
        server.auth.sign_in(TSC.TableauAuth(name, password or name, SITE))
        return server

    def request(self, method, path, body=None, server=None, version=None, site=True, headers=None, **query):
        """Below the site, or below the API where site is False."""
        server = server or self.server
        base = f"{self.sim.url}/api/{version or server.version}" + (f"/sites/{server.site_id}" if site else "")
        if body is not None and not body.startswith("{"):
            body = f"<tsRequest>{body}</tsRequest>"
        return schema.session().request(method, f"{base}/{path}", data=body, params=query, timeout=30,
                                        headers={"X-Tableau-Auth": server.auth_token, **(headers or {})})


def put_item(folder, kind, item_id, fields, parts=()):
    """Writes an item to the journal of a site that is not served now. A part: {"n": name, "a": {...}, "c": [...]}."""
    with open(folder / "site.jsonl", "a", encoding="utf-8") as journal:
        journal.write(json.dumps([["+", kind, item_id, fields, list(parts)]]) + "\n")
