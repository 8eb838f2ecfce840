"""The connections of workbooks, data sources and flows, and the credentials in them: judged by tableauserverclient."""

import pytest
import sim_files
import tableauserverclient as TSC
from sim_ask import get
from sim_shelf import refused
from simulator import NOBODY


def test_connections_are_the_documents(server, put):
    source = put.datasource("Sales")
    server.datasources.populate_connections(source)
    [one] = source.connections
    assert (one.connection_type, one.server_address, one.server_port, one.username) == (
        "sqlserver", "db.example.com", "1433", "reader")
    assert (one.datasource_id, one.datasource_name, one.embed_password) == (source.id, "Sales", False)
    book = put.workbook(
        content=sim_files.twbx(
            sim_files.twb(
                sources=[
                    sim_files.link("Sales"),
                    sim_files.source("Own", '<connection class="hyper" dbname="Data/x.hyper" port="" server=""/>')])))
    server.workbooks.populate_connections(book)
    linked, own = book.connections
    assert (linked.connection_type, linked.datasource_id, linked.datasource_name) == ("sqlproxy", source.id, "Sales")
    assert (own.connection_type, own.server_address, own.datasource_name) == ("hyper", "", "Own")
    flow = put.flow()
    server.flows.populate_connections(flow)
    assert [(one.connection_type, one.server_port) for one in flow.connections] == [("postgres", "5432")]
    answer = get(server, "datasources", fields="_all_")
    assert answer["datasources"]["datasource"][0]["connectedWorkbooksCount"] == "1"


@pytest.mark.parametrize("kind", ["workbook", "datasource", "flow"])
def test_changing_a_connection(server, put, kind):
    endpoint = {"workbook": server.workbooks, "datasource": server.datasources, "flow": server.flows}[kind]
    item = getattr(put, kind)()
    endpoint.populate_connections(item)
    [connection] = item.connections
    connection.server_address, connection.server_port, connection.username = "New.example.com", "1444", "writer"
    connection.password, connection.embed_password = "hush", True
    if kind == "workbook":
        connection.query_tagging = True
    endpoint.update_connection(item, connection)
    endpoint.populate_connections(item)
    [known] = item.connections
    assert (known.id, known.server_address, known.server_port) == (connection.id, "new.example.com", "1444")
    assert (known.username, known.embed_password, known.password) == ("writer", True, None)
    connection._id = NOBODY
    with refused(404020):
        endpoint.update_connection(item, connection)


@pytest.mark.parametrize("kind", ["workbook", "datasource"])
def test_changing_connections_together(server, put, kind):
    leaf = '<connection class="postgres" server="other" port="5432" dbname="d" username="u"/>'
    document = sim_files.twb(sources=[sim_files.source("A"), sim_files.source("B", leaf)])
    item = put.workbook(content=sim_files.twbx(document)) if kind == "workbook" else put.datasource()
    endpoint = server.workbooks if kind == "workbook" else server.datasources
    endpoint.populate_connections(item)
    ids = [one.id for one in item.connections]
    assert len(ids) == (2 if kind == "workbook" else 1)
    changed = endpoint.update_connections(
        item, ids, "auth-user-pass", username="all", password="hush", embed_password=True)
    assert sorted(changed if isinstance(changed[0], str) else [one.id for one in changed]) == sorted(ids)
    endpoint.populate_connections(item)
    assert {(one.username, one.embed_password) for one in item.connections} == {("all", True)}


def test_embedded_credentials_go_with_an_overwrite(server, put):
    credentials = TSC.ConnectionCredentials("writer", "hush", embed=True)
    source = put.datasource(connection_credentials=credentials)
    server.datasources.populate_connections(source)
    first = source.connections[0]
    assert (first.username, first.embed_password, first.password) == ("writer", True, None)
    source = put.datasource(mode="Overwrite")
    server.datasources.populate_connections(source)
    assert (source.connections[0].id, source.connections[0].embed_password) == (first.id, False)


def test_credentials_for_one_connection(server, put):
    leaf = '<connection class="postgres" server="Other.example.com" port="5432" dbname="d" username="u"/>'
    document = sim_files.twb(sources=[sim_files.source("A"), sim_files.source("B", leaf)])
    connection = TSC.ConnectionItem()
    connection.server_address, connection.server_port = "other.example.com", "5432"
    connection.connection_credentials = TSC.ConnectionCredentials("w", "hush", embed=True)
    book = put.workbook(content=sim_files.twbx(document), connections=[connection])
    server.workbooks.populate_connections(book)
    assert [(one.username, one.embed_password) for one in book.connections] == [("reader", False), ("w", True)]


def test_a_link_must_lead_somewhere(server, put):
    content = sim_files.twbx(sim_files.twb(sources=[sim_files.link("Sales")]))
    with refused(403132):
        put.workbook(content=content)
    assert server.workbooks.get()[1].total_available == 0
    assert put.workbook("Unchecked", content, skip_connection_check=True).name == "Unchecked"
    put.datasource("Sales")
    book = put.workbook(content=content)
    server.workbooks.populate_connections(book)
    assert book.connections[0].datasource_name == "Sales"
