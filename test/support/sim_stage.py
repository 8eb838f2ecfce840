"""Content and people on a running tabferry-sim for tests of what happens by itself: tasks, alerts, jobs."""

import sim_ask
import tableauserverclient as TSC
from sim_shelf import Shelf


class Stage:
    """A signed-in client and what it has published by .shelf: .workbook, .view, .datasource, .flow."""

    def __init__(self, sim, server, folder):
        self.sim, self.server, self.shelf = sim, server, Shelf(server, folder)
        self.project = self.shelf.project()
        self.datasource, self.workbook, self.flow = self.shelf.datasource(), self.shelf.workbook(), self.shelf.flow()
        server.workbooks.populate_views(self.workbook)
        self.view = self.workbook.views[0]

    def user(self, name, role="Viewer", email=True):
        """A new user, who can sign in by `name` as password."""
        user = self.server.users.add(TSC.UserItem(name, role))
        user.fullname, user.email = name.title(), f"{name}@example.com" if email else None
        return self.server.users.update(user, password=name)

    def request(self, method, path, body=None, server=None, **more):
        """sim_ask.ask, for what the client has no call for."""
        return sim_ask.ask(server or self.server, method, path, body, **more)
