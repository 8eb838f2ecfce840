"""Databases, tables and data quality warnings by tableauserverclient; labels by plain requests."""

import functools

import pytest
import tableauserverclient as TSC
from sim_ask import ask
from sim_files import put_item
from sim_shelf import refused
from simulator import NOBODY, start_sim

DATABASE, TABLE = "d0000000-0000-4000-8000-00000000000", "e0000000-0000-4000-8000-00000000000"
COLUMN = "f0000000-0000-4000-8000-00000000000"


@pytest.fixture
def sim(tmp_path):
    """A simulator whose site holds three databases; the first one has two tables, with three columns each."""
    folder = tmp_path / "site"
    with start_sim(data=folder) as running:
        running.stop()
    for number in range(3):
        put_item(folder, "database", f"{DATABASE}{number}", {
            "name": f"shop {number}", "type": "DatabaseServer", "connectionType": "postgres",
            "hostName": "db.example.com", "port": "5432", "contentPermissions": "ManagedByOwner", "isEmbedded": "false",
            "isCertified": "false"})
    for number in range(2):
        put_item(folder, "table", f"{TABLE}{number}", {
            "database": f"{DATABASE}0", "name": f"orders & {number}", "schema": "public", "isEmbedded": "false",
            "isCertified": "false"})
        for column in range(3):
            put_item(folder, "column", f"{COLUMN}{3 * number + column}", {
                "table": f"{TABLE}{number}", "name": f"column {column}", "description": "", "remoteType": "I8"})
    with start_sim(data=folder) as running:
        yield running


told_by = functools.partial(ask, as_json=True)      # the requests in XML, the answers in JSON


# --- databases and tables ---


def test_databases_are_listed_described_and_certified(server):
    databases, page = server.databases.get()
    assert page.total_available == 3 and [one.name for one in databases] == ["shop 0", "shop 1", "shop 2"]
    one = server.databases.get_by_id(f"{DATABASE}1")
    assert (one.host_name, one.port, one.connection_type, one.certified) == ("db.example.com", 5432, "postgres", False)
    one.description, one.certified, one.certification_note, one.contact_id = "ours", True, "seen", server.user_id
    changed = server.databases.update(one)
    assert (changed.description, changed.certified, changed.certification_note, changed.contact_id) == (
        "ours", True, "seen", server.user_id)
    assert server.databases.get_by_id(one.id).description == "ours"


def test_tables_and_columns(server):
    tables, page = server.tables.get()
    assert page.total_available == 2 and [one.name for one in tables] == ["orders & 0", "orders & 1"]
    table = server.tables.get_by_id(tables[1].id)
    table.description, table.certified = "all of them", True
    assert (server.tables.update(table).description, server.tables.get_by_id(table.id).certified) == (
        "all of them", True)
    server.tables.populate_columns(table)
    columns = list(table.columns)
    assert [(one.name, one.remote_type) for one in columns] == [("column 0", "I8"), ("column 1", "I8"), (
        "column 2", "I8")]
    columns[1].description = "what it costs"
    assert server.tables.update_column(table, columns[1]).description == "what it costs"
    server.tables.populate_columns(table)
    assert [one.description or "" for one in table.columns] == ["", "what it costs", ""]
    columns[0]._id = f"{COLUMN}0"
    with refused(404001):
        server.tables.update_column(table, columns[0])


def test_a_database_goes_with_its_tables(server):
    server.tables.delete(f"{TABLE}1")
    assert server.tables.get()[1].total_available == 1
    server.databases.delete(f"{DATABASE}0")
    assert server.databases.get()[1].total_available == 2 and server.tables.get()[1].total_available == 0
    with refused(404001):
        server.databases.get_by_id(f"{DATABASE}0")


# --- data quality warnings ---


def warning(kind="WARNING", message="careful", severe=True):
    item = TSC.DQWItem(kind, message)
    item.active, item.severe = True, severe
    return item


def told(warnings):
    return [(one.warning_type, one.message, one.active, one.severe) for one in warnings]


def test_warnings_on_databases_tables_data_sources_and_flows(server, put):
    cases = [
        (server.databases, server.databases.get_by_id(f"{DATABASE}0")),
        (server.tables, server.tables.get_by_id(f"{TABLE}0")),
        (server.datasources, put.datasource()),
        (server.flows, put.flow())]
    for endpoint, item in cases:
        added = endpoint.add_dqw(item, warning())
        assert told(added) == [("WARNING", "careful", True, True)]
        assert (added[0].content_id, added[0].owner_id) == (item.id, server.user_id) and added[0].created_at is not None
        endpoint.populate_dqw(item)
        assert told(item.dqws) == [("WARNING", "careful", True, True)] and item.dqws[0].id == added[0].id
        assert told(endpoint.update_dqw(item, warning("STALE", "old", False))) == [("STALE", "old", True, False)]
        endpoint.populate_dqw(item)
        assert told(item.dqws) == [("STALE", "old", True, False)]
        endpoint.delete_dqw(item)
        endpoint.populate_dqw(item)
        assert list(item.dqws) == []


def test_a_warning_by_its_own_id(server, put):
    item = put.datasource()
    added = server.datasources.add_dqw(item, warning())[0]
    shown = told_by(server, "GET", f"dataQualityWarnings/{added.id}")["dataQualityWarning"]
    assert (shown["contentId"], shown["contentType"], shown["isSevere"]) == (item.id, "datasource", True)
    changed = told_by(
        server, "PUT", f"dataQualityWarnings/{added.id}", '<dataQualityWarning message="new" isActive="false"/>')
    assert (changed["dataQualityWarning"]["message"], changed["dataQualityWarning"]["isActive"]) == ("new", False)
    server.datasources.delete(item.id)
    told_by(server, "GET", f"dataQualityWarnings/{added.id}", status=404)


def test_warnings_that_cannot_be(server, put):
    item = put.datasource()
    with refused(400003):
        server.datasources.add_dqw(item, warning("NONSENSE"))
    item._id = NOBODY
    with refused(404004):
        server.datasources.add_dqw(item, warning())


# --- labels ---


def contents(*pairs):
    return ("<contentList>" + "".join(f'<content contentType="{kind}" id="{luid}"/>' for kind, luid in pairs)
        + "</contentList>")


def labels_of(server, *pairs, **more):
    return told_by(server, "POST", "labels", contents(*pairs), **more)["labelList"].get("label", [])


def test_labels_are_put_on_several_assets_and_asked_for(server, put):
    source = put.datasource()
    both = [("datasource", source.id), ("table", f"{TABLE}0")]
    added = told_by(
        server, "PUT", "labels",
        contents(*both) + '<label value="deprecated" message="old &lt;1&gt;" elevated="true"/>')
    assert [(one["contentId"], one["value"], one["category"], one["message"], one["active"], one["elevated"])
        for one in added["labelList"]["label"]] == [(source.id, "deprecated", "warning", "old <1>", True, True),
        (f"{TABLE}0", "deprecated", "warning", "old <1>", True, True)]
    told_by(server, "PUT", "labels", contents(both[0]) + '<label value="certification"/>')
    assert len(labels_of(server, *both)) == 3
    assert [one["value"] for one in labels_of(server, both[0], categories="certification,none")] == ["certification"]
    again = told_by(
        server, "PUT", "labels", contents(both[0]) + '<label value="deprecated" message="new" active="false"/>')
    assert again["labelList"]["label"][0]["id"] == added["labelList"]["label"][0]["id"]
    assert {one["message"] for one in labels_of(server, both[0]) if one["value"] == "deprecated"} == {"new"}
    one = told_by(server, "GET", f"labels/{added['labelList']['label'][1]['id']}")["label"]
    assert one["contentType"] == "table" and one["owner"]["id"] == server.user_id
    told_by(server, "DELETE", f"labels/{one['id']}", status=204)
    told_by(server, "DELETE", "labels", contents(both[0]), status=204, categories="warning")
    assert [label["value"] for label in labels_of(server, *both)] == ["certification"]


def test_label_values_and_categories(server):
    built_in = told_by(server, "GET", "labelValues")["labelValueList"]["labelValue"]
    assert ("warning", "deprecated", True) in [(one["category"], one["name"], one["builtIn"]) for one in built_in]
    told_by(server, "PUT", "labelCategories", '<labelCategory name="Layer" description="where it lies"/>')
    told_by(
        server, "PUT", "labelValues",
        '<labelValue name="Gold" category="Layer" description="checked" elevatedDefault="true"/>')
    gold = told_by(server, "GET", "labelValues/Gold")["labelValue"]
    assert (gold["category"], gold["description"], gold["elevatedDefault"], gold["builtIn"]) == (
        "Layer", "checked", True, False)
    assert len(told_by(server, "GET", "labelCategories")["labelCategoryList"]["labelCategory"]) == 4
    told_by(server, "PUT", "labels", contents(("table", f"{TABLE}0")) + '<label value="Gold"/>')
    told_by(server, "DELETE", "labelCategories/Layer", status=403)
    told_by(server, "DELETE", "labelValues/Gold", status=204)
    assert labels_of(server, ("table", f"{TABLE}0")) == []
    told_by(server, "DELETE", "labelCategories/Layer", status=204)
    told_by(server, "DELETE", "labelValues/deprecated", status=403)
    told_by(server, "PUT", "labels", contents(("table", f"{TABLE}0")) + '<label value="Gold"/>', status=400)
    told_by(server, "GET", "labelValues/Gold", status=404)


def test_without_the_licence_there_is_no_catalog(make_sim):
    with make_sim("--without", "data-management") as sim, sim.client() as server:
        for call in (server.databases.get, server.tables.get):
            with refused(403157):
                call()
        told_by(server, "GET", "labelValues", status=403)
