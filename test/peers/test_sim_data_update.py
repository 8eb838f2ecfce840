"""update_hyper_data of tableauserverclient: the real engine changes rows of a published extract; they are read back."""

import contextlib
import json
import os
import threading
import uuid
import zipfile

import pytest
import schema
import sim_files
import tableauserverclient as TSC
from sim_shelf import Shelf, refused
from tableauhyperapi import (
    Connection,
    CreateMode,
    HyperProcess,
    Inserter,
    SchemaName,
    SqlType,
    TableDefinition,
    TableName,
    Telemetry,
    escape_name,
)

EXTRACT = TableName("Extract", "Extract")
NAME = 'the "na;me'  # a column whose name has to be quoted
ORDERS = [(1, "apple", 1.5), (2, "it's", 2.5), (3, None, 3.5)]


@pytest.fixture(scope="module")
def hyper(tmp_path_factory):
    logs = tmp_path_factory.mktemp("hyper")
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": str(logs)}) as process:
        yield process


@pytest.fixture
def extract(hyper, tmp_path):
    """extract({TableName: (columns, rows)}): the path of a new .hyper."""

    def make(tables):
        path = tmp_path / f"{uuid.uuid4()}.hyper"
        with Connection(hyper.endpoint, path, CreateMode.CREATE_AND_REPLACE) as connection:
            for name, (columns, rows) in tables.items():
                if name.schema_name:
                    connection.catalog.create_schema_if_not_exists(SchemaName(str(name.schema_name.name.unescaped)))
                table = TableDefinition(name, [TableDefinition.Column(*column) for column in columns])
                connection.catalog.create_table(table)
                with Inserter(connection, table) as inserter:
                    inserter.add_rows(rows)
                    inserter.execute()
        return path

    return make


COLUMNS = [("id", SqlType.big_int()), (NAME, SqlType.text()), ("amount", SqlType.double())]


@pytest.fixture
def server(sim):
    with sim.client() as client:
        yield client


@pytest.fixture
def put(server, tmp_path):
    return Shelf(server, tmp_path)


def package(extract_file, table="[Extract].[Extract]"):
    entry = "Data/Extracts/x.hyper"
    document = (
        sim_files.tds(extract=entry)
        .decode()
        .replace(
            f'dbname="{entry}"/>',
            f'dbname="{entry}"><relation name="Extract" table="{table}" type="table"/></connection>',
        )
    )
    return sim_files.zipped({"Sales.tds": document, entry: extract_file.read_bytes()})


@pytest.fixture
def orders(put, extract):
    """A published packaged data source with three orders in it."""
    return put.datasource("Orders", package(extract({EXTRACT: (COLUMNS, ORDERS)})))


@pytest.fixture
def rows_of(server, hyper, tmp_path):
    """The rows that a download of the data source holds."""

    def read(datasource, table=EXTRACT):
        folder = tmp_path / str(uuid.uuid4())
        folder.mkdir()
        path = server.datasources.download(datasource.id, str(folder))
        with zipfile.ZipFile(path) as archive:
            entry = next(name for name in archive.namelist() if name.endswith(".hyper"))
            archive.extract(entry, folder)
        with Connection(hyper.endpoint, folder / entry) as connection:
            return sorted(map(tuple, connection.execute_list_query(f"SELECT * FROM {table}")))

    return read


def update(server, datasource, actions, payload=None, request=None):
    """Waits for the job and returns it."""
    job = server.datasources.update_hyper_data(
        datasource,
        request_id=request or str(uuid.uuid4()),
        actions=actions,
        payload=None if payload is None else str(payload),
    )
    assert job.type == "UpdateUploadedFile" and job.mode == "Asynchronous"
    return server.jobs.wait_for_job(job, timeout=60)


def action(name, source="new", condition=None, **more):
    wanted = {"action": name, "target-schema": "Extract", "target-table": "Extract", **more}
    if source:
        wanted |= {"source-schema": "Extract", "source-table": source}
    return wanted | ({} if condition is None else {"condition": condition})


def same(column):
    return {"op": "eq", "source-col": column, "target-col": column}


@pytest.fixture
def new_rows(extract):
    """New rows in the table "new" of a payload: id, name, amount."""
    return lambda rows, columns=COLUMNS: extract({TableName("Extract", "new"): (columns, rows)})


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


@pytest.mark.parametrize(
    "condition, left",
    [
        ({"op": "gt", "target-col": "amount", "const": {"type": "double", "v": 2.0}}, [1]),
        ({"op": "eq", "target-col": NAME, "const": {"type": "string", "v": "it's"}}, [1, 3]),
        ({"op": "is", "target-col": NAME, "const": {"type": "string", "v": None}}, [1, 2]),
        (
            {
                "op": "or",
                "args": [
                    {"op": "eq", "target-col": "id", "const": {"type": "integer", "v": 1}},
                    {"op": "not", "args": [{"op": "neq", "target-col": "id", "const": {"type": "integer", "v": 3}}]},
                ],
            },
            [2],
        ),
        (
            {
                "op": "and",
                "args": [
                    {"op": "gte", "target-col": "id", "const": {"type": "integer", "v": 2}},
                    {"op": "lt", "target-col": "id", "const": {"type": "integer", "v": 3}},
                ],
            },
            [1, 3],
        ),
        ({"op": "eq", "target-col": NAME, "const": {"type": "string", "v": "'; DROP TABLE x; --"}}, [1, 2, 3]),
    ],
)
def test_rows_are_deleted_by_constants_without_a_payload(server, orders, rows_of, condition, left):
    update(server, orders, [action("delete", source=None, condition=condition)])
    assert [row[0] for row in rows_of(orders)] == left


def test_times_are_compared(server, put, extract, rows_of):
    import datetime

    columns = [("id", SqlType.big_int()), ("at", SqlType.timestamp())]
    rows = [(1, datetime.datetime(2018, 1, 31, 23, 59)), (2, datetime.datetime(2018, 2, 1))]
    datasource = put.datasource("Times", package(extract({EXTRACT: (columns, rows)})))
    condition = {"op": "lt", "target-col": "at", "const": {"type": "datetime", "v": "2018-02-01T00:00:00Z"}}
    update(server, datasource, [action("delete", source=None, condition=condition)])
    assert [row[0] for row in rows_of(datasource)] == [2]


def test_several_actions_are_done_in_order(server, orders, new_rows, rows_of):
    everything = {"op": "gt", "target-col": "id", "const": {"type": "integer", "v": 0}}
    update(
        server,
        orders,
        [action("delete", source=None, condition=everything), action("insert"), action("upsert", condition=same("id"))],
        new_rows([(6, "six", 6.0)]),
    )
    assert rows_of(orders) == [(6, "six", 6.0)]


def test_columns_are_matched_by_name_and_may_be_missing(server, orders, new_rows, rows_of):
    update(
        server,
        orders,
        [action("insert")],
        new_rows([(4.5, 4)], [("amount", SqlType.double()), ("id", SqlType.big_int())]),
    )
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
        before.content_url,
        before.created_at,
        before.owner_id,
    )


def test_a_request_of_the_same_id_is_done_once(server, orders, new_rows, rows_of):
    request = str(uuid.uuid4())
    first = update(server, orders, [action("insert")], new_rows([(4, "four", 4.0)]), request)
    again = update(server, orders, [action("insert")], new_rows([(4, "four", 4.0)]), request)
    assert again.id == first.id and len(rows_of(orders)) == 4


def test_the_connection_can_be_named(server, orders, new_rows, rows_of):
    server.datasources.populate_connections(orders)
    job = update(server, orders.connections[0], [action("insert")], new_rows([(4, "four", 4.0)]))
    assert job.finish_code == 0 and len(rows_of(orders)) == 4


BAD = {
    "no such table": (action("insert", source="other"), "source table"),
    "no such column in the condition": (action("update", condition=same("nothing")), "has no column"),
    "a column that the target does not have": (action("insert", source="wider"), "has no column 'extra'"),
    "a delete with more than its keys": (action("delete", condition=same("id")), "its condition does not use"),
    "a text for a number": (action("insert", source="texts"), ""),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_fails_in_the_job_and_changes_nothing(server, orders, extract, rows_of, name):
    wider = [*COLUMNS, ("extra", SqlType.text())]
    texts = [("id", SqlType.text())]
    payload = extract(
        {
            TableName("Extract", "new"): (COLUMNS, [(1, "x", 1.0)]),
            TableName("Extract", "wider"): (wider, [(1, "x", 1.0, "y")]),
            TableName("Extract", "texts"): (texts, [("abc",)]),
        }
    )
    wanted, words = BAD[name]
    with pytest.raises(TSC.JobFailedException) as failed:
        update(server, orders, [wanted], payload)
    assert failed.value.job.finish_code == 1 and words in failed.value.notes[0] and failed.value.notes[0]
    assert rows_of(orders) == sorted(ORDERS)


def test_a_payload_that_is_no_extract_fails_in_the_job(server, orders, put, rows_of):
    with pytest.raises(TSC.JobFailedException):
        update(server, orders, [action("insert")], put.file(b"no extract at all", "hyper"))
    assert rows_of(orders) == sorted(ORDERS)


def test_a_live_data_source_has_no_rows_to_change(server, put):
    live = put.datasource("Live", sim_files.tds(), "tds")
    with pytest.raises(TSC.JobFailedException) as failed:
        update(server, live, [action("delete", source=None, condition=CONDITION)])
    assert failed.value.notes == ["There is no extract in the file to be worked on."]


def test_a_planned_failure_changes_nothing(make_sim, extract, tmp_path):
    with make_sim("--fail-job", "Disk is full") as sim, sim.client() as server:
        orders = Shelf(server, tmp_path).datasource("Orders", package(extract({EXTRACT: (COLUMNS, ORDERS)})))
        before = server.datasources.get_by_id(orders.id)
        everything = {"op": "gt", "target-col": "id", "const": {"type": "integer", "v": 0}}
        with pytest.raises(TSC.JobFailedException) as failed:
            update(server, orders, [action("delete", source=None, condition=everything)])
        assert failed.value.notes == ["Disk is full"]
        assert server.datasources.get_by_id(orders.id).updated_at == before.updated_at


def patch(sim, server, datasource, body, request=None):
    headers = {"X-Tableau-Auth": server.auth_token, "Content-Type": "application/json"}
    if request:
        headers["RequestID"] = request
    url = f"{sim.url}/api/3.27/sites/{server.site_id}/datasources/{datasource.id}/data"
    return schema.session().patch(url, data=body, headers=headers)


CONDITION = {"op": "eq", "target-col": "id", "const": {"type": "integer", "v": 1}}


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "{}",
        '{"actions": []}',
        '{"actions": [{"action": "truncate"}]}',
        json.dumps({"actions": [action("insert")]}),  # no payload
        json.dumps({"actions": [action("delete", source=None)]}),  # no condition
        json.dumps({"actions": [action("delete", source=None, condition=CONDITION, why="not")]}),  # an unknown key
        json.dumps({"actions": [action("delete", source=None, condition=CONDITION | {"op": "like"})]}),
        json.dumps(
            {"actions": [action("delete", source=None, condition=CONDITION | {"const": {"type": "integer", "v": "1"}})]}
        ),
        json.dumps({"actions": [action("delete", source=None, condition=CONDITION | {"source-col": "id"})]}),
        json.dumps(
            {
                "actions": [
                    action("delete", source=None, condition=CONDITION | {"const": {"type": "datetime", "v": "now()"}})
                ]
            }
        ),
    ],
)
def test_malformed_requests_are_refused_at_once(sim, server, orders, body):
    answer = patch(sim, server, orders, body, str(uuid.uuid4()))
    assert answer.status_code == 400 and 'code="400000"' in answer.text


def test_a_request_needs_an_id(sim, server, orders):
    good = json.dumps({"actions": [action("delete", source=None, condition=CONDITION)]})
    assert patch(sim, server, orders, good).status_code == 400
    assert patch(sim, server, orders, good, "r-1").status_code == 202


def test_an_unknown_upload_or_data_source_is_not_found(server, orders, new_rows):
    with refused(404004):
        server.datasources.update_hyper_data(
            str(uuid.uuid4()), request_id="r", actions=[action("delete", None, CONDITION)]
        )
    with refused(404020):
        update(server, unknown_connection(server, orders), [action("insert")], new_rows([(1, "x", 1.0)]))


def unknown_connection(server, orders):
    server.datasources.populate_connections(orders)
    connection = orders.connections[0]
    connection._id = str(uuid.uuid4())
    return connection


def test_updates_of_one_data_source_do_not_lose_each_other(server, orders, new_rows, rows_of):
    payloads = [new_rows([(number, "p", 0.0)]) for number in range(100, 104)]
    jobs = []

    def one(payload):
        jobs.append(
            server.datasources.update_hyper_data(
                orders, request_id=str(uuid.uuid4()), actions=[action("insert")], payload=str(payload)
            )
        )

    threads = [threading.Thread(target=one, args=[payload]) for payload in payloads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for job in jobs:
        assert server.jobs.wait_for_job(job, timeout=60).finish_code == 0
    assert [row[0] for row in rows_of(orders)] == [1, 2, 3, 100, 101, 102, 103]


@contextlib.contextmanager
def environment(**more):
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_without_an_engine_it_says_so(make_sim, tmp_path):
    with environment(TABFERRY_HYPERD=str(tmp_path / "nothing")), make_sim() as sim, sim.client() as server:
        datasource = Shelf(server, tmp_path).datasource()
        with refused(403157):
            server.datasources.update_hyper_data(
                datasource, request_id="r", actions=[action("delete", None, CONDITION)]
            )


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
