"""A site of tabferry-sim with people on it: an administrator makes projects, others see their part."""

import contextlib

import schema
import tableauserverclient as TSC
from simulator import SITE

USERS = ("--user", "vera=Viewer", "--user", "cora=Creator", "--user", "dora=Creator")


@contextlib.contextmanager
def signed_in(sim, name, version="3.27"):
    server = TSC.Server(sim.url, session_factory=schema.session)
    server.version = version
    server.auth.sign_in(TSC.TableauAuth(name, name, SITE))
    yield server


def make(server, name, parent=None, **more):
    return server.projects.create(TSC.ProjectItem(name, parent_id=parent.id if parent else None, **more))


def by_name(server):
    return {project.name: project for project in TSC.Pager(server.projects)}


def user_id(server, name):
    return next(user.id for user in TSC.Pager(server.users) if user.name == name)


def plain(server):
    """A session of requests, judged, with the client's token, and the URL of the site."""
    session = schema.session()
    session.headers["x-tableau-auth"] = server.auth_token
    return session, f"{server.baseurl}/sites/{server.site_id}"
