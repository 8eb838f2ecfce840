"""Our parser reads what real sites answered: nothing is lost, and the values are those of tableauserverclient's own objects."""
import datetime
from xml.etree import ElementTree

import pytest
import tableauserverclient as TSC
from assets import bytes_of, json_paths, parsed, recorded

NAMES = {"t": "http://tableau.com/api"}


@pytest.fixture(scope="module")
def ours():
    return parsed(recorded())


def tree(name):
    try:
        return ElementTree.fromstring(bytes_of(name))
    except ElementTree.ParseError:
        return None


def test_nothing_of_any_recorded_answer_is_lost(ours):
    trees = {name: tree(name) for name in ours}
    readable = [name for name, root in trees.items() if root is not None]
    assert len(readable) >= 200
    wrong = {name: ours[name].get("error") or json_paths(trees[name], ours[name]["json"]) for name in readable}
    assert {name: faults for name, faults in wrong.items() if faults} == {}


def test_what_is_no_xml_is_an_error_and_not_an_answer(ours):
    for name in ours:
        if tree(name) is None:
            assert "error" in ours[name], name


def test_the_judge_sees_what_is_lost():
    root = ElementTree.fromstring('<a x="1"><bs><b y="2">t</b><b/></bs><c>z</c></a>')
    good = {"x": "1", "bs": {"b": [{"y": "2", "value": "t"}, {}]}, "c": "z"}
    assert json_paths(root, good) == []
    for spoil in (lambda j: j.pop("x"), lambda j: j.pop("c"), lambda j: j["bs"]["b"].pop(), lambda j: j.update(d=1),
                  lambda j: j["bs"]["b"][0].update(y="3"), lambda j: j["bs"]["b"][0].pop("value"),
                  lambda j: j.update(c={})):
        bad = {"x": "1", "bs": {"b": [{"y": "2", "value": "t"}, {}]}, "c": "z"}
        spoil(bad)
        assert json_paths(root, bad), bad


# --- values

def at(item, path):
    """The text at "project/id"; None where there is none."""
    for part in path.split("/"):
        item = item.get(part) if isinstance(item, dict) else None
    return item


def value_of(model, name):
    """The model's property of that name, else its private field."""
    value = model
    for part in name.split("."):
        value = getattr(value, part) if hasattr(value, part) else getattr(value, "_" + part)
    return value


def same(theirs, text):
    if isinstance(theirs, bool):
        return (text or "false").lower() == str(theirs).lower()
    if isinstance(theirs, datetime.datetime):
        return text == theirs.strftime("%Y-%m-%dT%H:%M:%SZ")
    return (theirs in (None, "") and text in (None, "")) or str(theirs) == text


KINDS = {
    "users": ("user_get.xml", "users/user", TSC.UserItem.from_response, {
        "id": "id", "name": "name", "site_role": "siteRole", "last_login": "lastLogin", "email": "email",
        "fullname": "fullName", "external_auth_user_id": "externalAuthUserId", "domain_name": "domain/name"}),
    "users, all fields": ("user_get_all_fields.xml", "users/user", TSC.UserItem.from_response, {
        "id": "id", "name": "name", "auth_setting": "authSetting", "locale": "locale", "language": "language",
        "idp_configuration_id": "idpConfigurationId"}),
    "groups": ("group_get.xml", "groups/group", TSC.GroupItem.from_response, {
        "id": "id", "name": "name", "domain_name": "domain/name", "license_mode": "import/grantLicenseMode"}),
    "projects": ("project_get_all_fields.xml", "projects/project", TSC.ProjectItem.from_response, {
        "id": "id", "name": "name", "description": "description", "parent_id": "parentProjectId",
        "content_permissions": "contentPermissions", "owner_id": "owner/id", "top_level_project": "topLevelProject",
        "writeable": "writeable", "workbook_count": "contentsCounts/workbookCount"}),
    "workbooks": ("workbook_get.xml", "workbooks/workbook", TSC.WorkbookItem.from_response, {
        "id": "id", "name": "name", "content_url": "contentUrl", "webpage_url": "webpageUrl", "show_tabs": "showTabs",
        "size": "size", "created_at": "createdAt", "updated_at": "updatedAt", "project_id": "project/id",
        "project_name": "project/name", "owner_id": "owner/id", "description": "description"}),
    "workbooks, all fields": ("workbook_get_all_fields.xml", "workbooks/workbook", TSC.WorkbookItem.from_response, {
        "id": "id", "location.id": "location/id", "location.type": "location/type", "sheet_count": "sheetCount",
        "has_extracts": "hasExtracts", "default_view_id": "defaultViewId", "last_published_at": "lastPublishedAt"}),
    "data sources": ("datasource_get.xml", "datasources/datasource", TSC.DatasourceItem.from_response, {
        "id": "id", "name": "name", "content_url": "contentUrl", "datasource_type": "type", "created_at": "createdAt",
        "updated_at": "updatedAt", "certified": "isCertified", "certification_note": "certificationNote",
        "project_id": "project/id", "owner_id": "owner/id", "use_remote_query_agent": "useRemoteQueryAgent"}),
    "flows": ("flow_get.xml", "flows/flow", TSC.FlowItem.from_response, {
        "id": "id", "name": "name", "description": "description", "webpage_url": "webpageUrl",
        "created_at": "createdAt", "updated_at": "updatedAt", "project_id": "project/id", "owner_id": "owner/id"}),
    "views": ("view_get_usage.xml", "views/view", TSC.ViewItem.from_response, {
        "id": "id", "name": "name", "content_url": "contentUrl", "created_at": "createdAt", "updated_at": "updatedAt",
        "sheet_type": "sheetType", "total_views": "usage/totalViewCount", "workbook_id": "workbook/id"}),
    "subscriptions": ("subscription_get.xml", "subscriptions/subscription", TSC.SubscriptionItem.from_response, {
        "id": "id", "subject": "subject", "message": "message", "attach_image": "attachImage",
        "attach_pdf": "attachPdf", "page_orientation": "pageOrientation", "page_size_option": "pageSizeOption",
        "suspended": "suspended", "send_if_view_empty": "content/sendIfViewEmpty", "target.id": "content/id",
        "target.type": "content/type", "schedule_id": "schedule/id", "user_id": "user/id"}),
    "schedules": ("schedule_get.xml", "schedules/schedule", TSC.ScheduleItem.from_response, {
        "id": "id", "name": "name", "state": "state", "priority": "priority", "created_at": "createdAt",
        "updated_at": "updatedAt", "schedule_type": "type", "next_run_at": "nextRunAt"}),
    "data alerts": ("data_alerts_get.xml", "dataAlerts/dataAlert", TSC.DataAlertItem.from_response, {
        "id": "id", "subject": "subject", "creatorId": "creatorId", "createdAt": "createdAt", "frequency": "frequency",
        "public": "public", "owner_id": "owner/id", "owner_name": "owner/name", "view_id": "view/id",
        "workbook_id": "view/workbook/id", "project_name": "view/project/name"}),
    "webhooks": ("webhook_get.xml", "webhooks/webhook", TSC.WebhookItem.from_response, {
        "id": "id", "name": "name", "url": "webhook-destination/webhook-destination-http/url",
        "owner_id": "owner/id"}),
    "virtual connections": ("virtual_connections_get.xml", "virtualConnections/virtualConnection",
                            TSC.VirtualConnectionItem.from_response, {
        "id": "id", "name": "name", "webpage_url": "webpageUrl", "has_extracts": "hasExtracts",
        "is_certified": "isCertified", "project_id": "project/id", "owner_id": "owner/id"}),
    "connections": ("datasource_populate_connections.xml", "connections/connection", TSC.ConnectionItem.from_response, {
        "id": "id", "connection_type": "type", "server_address": "serverAddress", "server_port": "serverPort",
        "username": "userName", "embed_password": "embedPassword"}),
    "revisions": ("workbook_revision.xml", "revisions/revision",
                  lambda response, names: TSC.RevisionItem.from_response(response, names, TSC.WorkbookItem()), {
        "revision_number": "revisionNumber", "current": "current", "deleted": "deleted", "created_at": "publishedAt",
        "user_id": "publisher/id", "user_name": "publisher/name"}),
    "tasks": ("tasks_with_workbook_and_datasource.xml", "tasks/task", TSC.TaskItem.from_response, {
        "id": "extractRefresh/id", "priority": "extractRefresh/priority",
        "consecutive_failed_count": "extractRefresh/consecutiveFailedCount",
        "schedule_item.id": "extractRefresh/schedule/id", "schedule_item.name": "extractRefresh/schedule/name"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_those_of_the_librarys_own_objects(ours, kind):
    asset, path, from_response, fields = KINDS[kind]
    items = at(ours[asset]["json"], path)
    items = items if isinstance(items, list) else [items]
    models = list(from_response(bytes_of(asset), NAMES))
    assert models and len(models) == len(items)
    wrong = [(index, name, value_of(model, name), at(item, fields[name]))
             for index, (model, item) in enumerate(zip(models, items)) for name in fields
             if not same(value_of(model, name), at(item, fields[name]))]
    assert wrong == []


def test_permissions_are_those_of_the_librarys_own_rules(ours):
    asset = "workbook_populate_permissions.xml"
    rules = TSC.PermissionsRule.from_response(bytes_of(asset), NAMES)
    said = at(ours[asset]["json"], "permissions/granteeCapabilities")
    assert [(rule.grantee.tag_name, rule.grantee.id, rule.capabilities) for rule in rules] == [
        (kind, one[kind]["id"], {cap["name"]: cap["mode"] for cap in one["capabilities"]["capability"]})
        for one in said for kind in ("user", "group") if kind in one]
    assert len(rules) == 2


def test_favorites_are_those_of_the_librarys_own_lists(ours):
    theirs = TSC.FavoriteItem.from_response(bytes_of("favorites_get.xml"), NAMES)
    said = at(ours["favorites_get.xml"]["json"], "favorites/favorite")
    for kind, models in theirs.items():
        assert [model.id for model in models] == [one[kind[:-1]]["id"] for one in said if kind[:-1] in one], kind
    assert sum(map(len, theirs.values())) == len(said) > 0
