"""update_hyper_data of tableauserverclient: the real engine changes rows of a published extract; they are read back."""

import datetime
import threading
import uuid
import zipfile

import pytest
from sim_extracts import COLUMNS, EXTRACT, NAME, ORDERS, action, package, same, update
from sim_extracts import extract, hyper, new_rows, orders, rows_of  # noqa: F401 (fixtures)
from sim_shelf import Shelf
from tableauhyperapi import Connection, SqlType, escape_name


def test_inserted_rows_are_there_afterwards(server, orders, new_rows, rows_of):
    assert rows_of(orders) == sorted(ORDERS)
    job = update(server, orders, [action("insert")], new_rows([(4, "dröge", 4.5), (5, "x", None)]))
    assert job.finish_code == 0 and job.progress == "100"
    assert rows_of(orders) == sorted([*ORDERS, (4, "dröge", 4.5), (5, "x", None)])


def test_update_upsert_and_delete_find_rows_by_a_key(server, orders, new_rows, rows_of):
    update(server, orders, [action("update", condition=same("id"))], new_rows([(1, "pear", 9.0), (7, "nobody", 7.0)]))
    assert rows_of(orders) == [(1, "pear", 9.0), (2, "it's", 2.5), (3, None, 3.5)]
    update(server, orders, [action("upsert", condition=same("id"))], new_rows([(2, "plum", 8.0), (7, "new", 7.0)]))
    assert rows_of(orders) == [(1, "pear", 9.0), (2, "plum", 8.0), (3, None, 3.5), (7, "new", 7.0)]
    gone = new_rows([(1,), (7,), (70,)], [("id", SqlType.big_int())])
    update(server, orders, [action("delete", condition=same("id"))], gone)
    assert rows_of(orders) == [(2, "plum", 8.0), (3, None, 3.5)]


def test_replace_leaves_the_new_rows_alone(server, orders, new_rows, rows_of):
    update(server, orders, [action("replace")], new_rows([(9, "only", 0.5)]))
    assert rows_of(orders) == [(9, "only", 0.5)]


def holds(op, column, kind, value):
    return {"op": op, "target-col": column, "const": {"type": kind, "v": value}}


@pytest.mark.parametrize("condition, left", [
    (holds("gt", "amount", "double", 2.0), [1]),
    (holds("eq", NAME, "string", "it's"), [1, 3]),
    (holds("is", NAME, "string", None), [1, 2]),
    ({"op": "or", "args": [holds("eq", "id", "integer", 1),
                           {"op": "not", "args": [holds("neq", "id", "integer", 3)]}]}, [2]),
    ({"op": "and", "args": [holds("gte", "id", "integer", 2), holds("lt", "id", "integer", 3)]}, [1, 3]),
    (holds("eq", NAME, "string", "'; DROP TABLE x; --"), [1, 2, 3])])
def test_rows_are_deleted_by_constants_without_a_payload(server, orders, rows_of, condition, left):
    update(server, orders, [action("delete", source=None, condition=condition)])
    assert [row[0] for row in rows_of(orders)] == left


def test_times_are_compared(server, put, extract, rows_of):
    import datetime

    columns = [("id", SqlType.big_int()), ("at", SqlType.timestamp())]
    rows = [(1, datetime.datetime(2018, 1, 31, 23, 59)), (2, datetime.datetime(2018, 2, 1))]
    datasource = put.datasource("Times", package(extract({EXTRACT: (columns, rows)})))
    condition = holds("lt", "at", "datetime", "2018-02-01T00:00:00Z")
    update(server, datasource, [action("delete", source=None, condition=condition)])
    assert [row[0] for row in rows_of(datasource)] == [2]


def test_several_actions_are_done_in_order(server, orders, new_rows, rows_of):
    everything = holds("gt", "id", "integer", 0)
    update(
        server, orders,
        [action("delete", source=None, condition=everything), action("insert"), action("upsert", condition=same("id"))],
        new_rows([(6, "six", 6.0)]))
    assert rows_of(orders) == [(6, "six", 6.0)]


def test_columns_are_matched_by_name_and_may_be_missing(server, orders, new_rows, rows_of):
    update(
        server, orders, [action("insert")],
        new_rows([(4.5, 4)], [("amount", SqlType.double()), ("id", SqlType.big_int())]))
    assert (4, None, 4.5) in rows_of(orders)


def test_a_bare_extract_is_updated_too(server, put, extract, new_rows, rows_of):
    datasource = put.datasource("Bare", extract({EXTRACT: (COLUMNS, ORDERS)}).read_bytes(), "hyper")
    update(server, datasource, [action("insert")], new_rows([(4, "four", 4.0)]))
    assert (4, "four", 4.0) in rows_of(datasource)


def test_a_table_may_be_left_out_where_there_is_one(server, orders, new_rows, rows_of):
    update(server, orders, [{"action": "insert", "source-table": "new"}], new_rows([(4, "four", 4.0)]))
    assert (4, "four", 4.0) in rows_of(orders)


def test_the_rest_of_the_package_keeps_its_bytes(server, put, extract, new_rows, tmp_path):
    content = package(extract({EXTRACT: (COLUMNS, ORDERS)}))
    datasource = put.datasource("Orders", content)
    before = server.datasources.get_by_id(datasource.id)
    update(server, datasource, [action("insert")], new_rows([(4, "four", 4.0)]))
    path = server.datasources.download(datasource.id, str(tmp_path / "after.tdsx"))
    with zipfile.ZipFile(put.file(content, "tdsx")) as old, zipfile.ZipFile(path) as new:
        assert new.namelist() == old.namelist() and new.read("Sales.tds") == old.read("Sales.tds")
    after = server.datasources.get_by_id(datasource.id)
    assert (after.content_url, after.created_at, after.owner_id) == (
        before.content_url, before.created_at, before.owner_id)


def test_a_request_of_the_same_id_is_done_once(server, orders, new_rows, rows_of):
    request = str(uuid.uuid4())
    first = update(server, orders, [action("insert")], new_rows([(4, "four", 4.0)]), request)
    again = update(server, orders, [action("insert")], new_rows([(4, "four", 4.0)]), request)
    assert again.id == first.id and len(rows_of(orders)) == 4


def test_the_connection_can_be_named(server, orders, new_rows, rows_of):
    server.datasources.populate_connections(orders)
    job = update(server, orders.connections[0], [action("insert")], new_rows([(4, "four", 4.0)]))
    assert job.finish_code == 0 and len(rows_of(orders)) == 4


def test_updates_of_one_data_source_do_not_lose_each_other(server, orders, new_rows, rows_of):
    payloads = [new_rows([(number, "p", 0.0)]) for number in range(100, 104)]
    jobs = []

    def one(payload):
        jobs.append(
            server.datasources.update_hyper_data(
                orders, request_id=str(uuid.uuid4()), actions=[action("insert")], payload=str(payload)))

    threads = [threading.Thread(target=one, args=[payload]) for payload in payloads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for job in jobs:
        assert server.jobs.wait_for_job(job, timeout=60).finish_code == 0
    assert [row[0] for row in rows_of(orders)] == [1, 2, 3, 100, 101, 102, 103]


def test_the_site_keeps_it_over_a_restart(make_sim, extract, new_rows, tmp_path, hyper):
    folder = tmp_path / "site"
    with make_sim(data=folder) as sim:
        with sim.client() as server:
            orders = Shelf(server, tmp_path).datasource("Orders", package(extract({EXTRACT: (COLUMNS, ORDERS)})))
            update(server, orders, [action("insert")], new_rows([(4, "four", 4.0)]))
        sim.stop()
    with make_sim(data=folder) as sim, sim.client() as server:
        path = server.datasources.download(orders.id, str(tmp_path / "again.tdsx"))
        with zipfile.ZipFile(path) as archive:
            archive.extract("Data/Extracts/x.hyper", tmp_path)
        with Connection(hyper.endpoint, tmp_path / "Data/Extracts/x.hyper") as connection:
            assert connection.execute_scalar_query(f"SELECT {escape_name(NAME)} FROM {EXTRACT} WHERE id = 4") == "four"
