"""A site for tests of what a backup does rather than of what it saves: thirty-one items of content, a backup of a second."""

from backup_shop import SMALL

TINY = SMALL | {
    "users": 4, "workbooks": 12, "datasources": 9, "flows": 4, "groups": 2, "members": 2, "projects": 5, "custom-views": 3,
    "tasks": 2, "subscriptions": 2, "favorites": 1, "collections": 1, "databases": 1, "personal": 0, "group-sets": 1, "revisions": 0,
}  # fmt: skip
ITEMS = sum(TINY[kind] for kind in ("workbooks", "datasources", "flows", "custom-views", "virtual-connections"))
