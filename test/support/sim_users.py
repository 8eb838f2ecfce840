"""A site of tabferry-sim with people on it: an administrator makes projects, others see their part."""

import tableauserverclient as TSC

USERS = ("--user", "vera=Viewer", "--user", "cora=Creator", "--user", "dora=Creator")
PEOPLE = ("--user", "root=ServerAdministrator", "--user", "vera=Viewer")


def make(server, name, parent=None, **more):
    return server.projects.create(TSC.ProjectItem(name, parent_id=parent.id if parent else None, **more))


def by_name(server):
    return {project.name: project for project in TSC.Pager(server.projects)}


def user_named(server, name):
    [user] = server.users.filter(name=name)
    return user


def user_id(server, name):
    return user_named(server, name).id
