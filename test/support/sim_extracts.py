"""Extracts for tests of update_hyper_data: the real engine writes them, and reads what has become of them. Fixtures,
which a test's file imports by name.
"""

import uuid
import zipfile

import pytest
import sim_files
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
)

EXTRACT = TableName("Extract", "Extract")
NAME = 'the "na;me'  # a column whose name has to be quoted
COLUMNS = [("id", SqlType.big_int()), (NAME, SqlType.text()), ("amount", SqlType.double())]
ORDERS = [(1, "apple", 1.5), (2, "it's", 2.5), (3, None, 3.5)]
CONDITION = {"op": "eq", "target-col": "id", "const": {"type": "integer", "v": 1}}


def package(extract_file, table="[Extract].[Extract]"):
    """A .tdsx of one table with that extract."""
    entry = "Data/Extracts/x.hyper"
    relation = f'<relation name="Extract" table="{table}" type="table"/></connection>'
    document = sim_files.tds(extract=entry).decode().replace(f'dbname="{entry}"/>', f'dbname="{entry}">{relation}')
    return sim_files.zipped({"Sales.tds": document, entry: extract_file.read_bytes()})


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


@pytest.fixture
def orders(put, extract):
    """A published packaged data source with three orders in it."""
    return put.datasource("Orders", package(extract({EXTRACT: (COLUMNS, ORDERS)})))


@pytest.fixture
def new_rows(extract):
    """New rows in the table "new" of a payload: id, name, amount."""
    return lambda rows, columns=COLUMNS: extract({TableName("Extract", "new"): (columns, rows)})


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
        datasource, request_id=request or str(uuid.uuid4()), actions=actions,
        payload=None if payload is None else str(payload))
    assert job.type == "UpdateUploadedFile" and job.mode == "Asynchronous"
    return server.jobs.wait_for_job(job, timeout=60)


def action(name, source="new", condition=None, **more):
    wanted = {"action": name, "target-schema": "Extract", "target-table": "Extract", **more}
    if source:
        wanted |= {"source-schema": "Extract", "source-table": source}
    return wanted | ({} if condition is None else {"condition": condition})


def same(column):
    return {"op": "eq", "source-col": column, "target-col": column}
