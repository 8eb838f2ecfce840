"""Rules of permissions as plain values, and who they are about."""

import tableauserverclient as TSC
from sim_users import user_id


def user(server, name):
    return TSC.UserItem.as_reference(user_id(server, name))


def everyone(server):
    return TSC.GroupItem.as_reference(next(group.id for group in TSC.Pager(server.groups) if group.name == "All Users"))


def rules(items):
    """{(tag, id): {capability: mode}}"""
    return {(rule.grantee.tag_name, rule.grantee.id): rule.capabilities for rule in items}


def told(endpoint, item):
    endpoint.populate_permissions(item)
    return rules(item.permissions)


def cleared(endpoint, item):
    """The item, from which all rules are taken."""
    endpoint.populate_permissions(item)
    for rule in item.permissions:
        endpoint.delete_permission(item, rule)
    assert told(endpoint, item) == {}
    return item
