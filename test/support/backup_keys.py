"""Natural keys, computed from what tableauserverclient says of a site: what each id is called where ids differ."""

from backup_site import NS, Refused


def safe(name):
    return name.replace("/", "\\/")


def of_person(element):
    """A user's or a group's: its name, behind its domain where that is not the site's own."""
    domain = element.find(f"{NS}domain")
    domain = "" if domain is None else domain.get("name", "")
    return element.get("name") if domain in ("", "local") else f"{domain}\\{element.get('name')}"


def project_paths(projects):
    """{luid: path}; of a project whose parent is not there, from itself on."""
    by_id, paths = {project.id: project for project in projects}, {}

    def path(project):
        if project.id not in paths:
            parent = by_id.get(project.parent_id)
            paths[project.id] = (path(parent) + "/" if parent else "") + safe(project.name)
        return paths[project.id]

    for project in projects:
        path(project)
    return paths


def of_content(item, paths, people):
    """PROJECT PATH/NAME, or Personal Space/OWNER/NAME."""
    project = item.find(f"{NS}project")
    if project is not None and project.get("id") in paths:
        return f"{paths[project.get('id')]}/{safe(item.get('name'))}"
    owner = item.find(f"{NS}owner")
    return f"Personal Space/{safe(people.get(owner.get('id'), ''))}/{safe(item.get('name'))}"


def natural_keys(site):
    """{luid: natural key} of people, projects, content and views; of the rest that has a name, the name."""
    there = {kind: {} if isinstance(items, Refused) else items for kind, items in site.items.items()}
    people = {luid: of_person(user) for luid, user in there["users"].items()}
    groups = {luid: of_person(group) for luid, group in there["groups"].items()}
    paths = project_paths(site.models["projects"])
    content = {
        luid: of_content(item, paths, people)
        for kind in ("workbooks", "datasources", "flows", "virtual_connections")
        for luid, item in there[kind].items()
    }
    views = {}
    for view in site.models["views"]:
        element = there["views"][view.id]
        views[view.id] = f"{content.get(view.workbook_id, '')}/{safe(element.get('viewUrlName'))}"
    custom = {
        luid: "/".join((views.get(id_in(item, "view"), ""), safe(people.get(id_in(item, "owner"), "")), safe(item.get("name"))))
        for luid, item in there["custom_views"].items()
    }
    named = {
        luid: item.get("name")
        for kind in ("group_sets", "schedules", "webhooks", "databases", "tables")
        for luid, item in there[kind].items()
    }
    named |= {app.get("clientId"): app.get("name") for app in there["connected_apps"].values()}
    for kind in ("collections", "pulse_definitions"):
        for item in [] if isinstance(site.json[kind], Refused) else site.json[kind]:
            said = item.get("metadata", item)
            named[said.get("luid", said.get("id"))] = said["name"]
    return named | people | groups | paths | content | views | custom


def id_in(item, child):
    return item.find(NS + child).get("id")
