"""How tabferry-sim takes what clients publish: kinds of files, sessions, jobs, overwriting, refusals; by
tableauserverclient, and by plain requests where that client sends nothing of the kind."""

import io
import os
import pathlib
import xml.etree.ElementTree as ElementTree
import zipfile

import pytest
import sim_files
import tableauserverclient as TSC
from sim_ask import ask, get
from sim_shelf import Shelf, bytes_of, refused
from simulator import NOBODY, start_sim

MEGABYTE = 1024 * 1024
NS = "{http://tableau.com/api}"
SAMPLES = pathlib.Path(os.environ.get("TABFERRY_SHARED", "")) / "data" / "tds-samples" / "files"


def names_of(server, book):
    return [view.name for view in server.workbooks.get_by_id(book.id).views]


def send(server, kind, payload, query="", file=None, filename="f.twbx"):
    """A publishing request by hand; returns (status, code or "", document)."""
    parts = [("request_payload", "", payload.encode())] + (
        [(f"tableau_{kind}", filename, file)] if file is not None else [])
    body = b"".join(
        b'--b\r\nContent-Disposition: name="%s"; filename="%s"\r\n\r\n%s\r\n' % (
            name.encode(), shown.encode(), content) for name,
        shown, content in parts) + b"--b--\r\n"
    answer = ask(server, "POST", f"{kind}s{query}", body, headers={"Content-Type": "multipart/mixed; boundary=b"})
    document = ElementTree.fromstring(answer.content)
    error = document.find(f"{NS}error")
    return answer.status_code, "" if error is None else error.get("code"), document


# --- kinds of files ---------------------------------------------------------------------------------------------------


def test_a_bare_extract_becomes_a_package(server, put, tmp_path):
    content = sim_files.HYPER + sim_files.filler(5000)
    made = put.datasource("Raw rows", content, "hyper")
    item = server.datasources.get_by_id(made.id)
    assert (item.has_extracts, item.datasource_type) == (True, "hyper")
    saved = server.datasources.download(made.id, str(tmp_path / "saved"))
    assert saved.endswith(".tdsx")
    with zipfile.ZipFile(saved) as archive:
        assert archive.namelist() == ["Raw rows.tds", "Data/Extracts/Raw rows.hyper"]
        assert archive.read("Data/Extracts/Raw rows.hyper") == content
        document = ElementTree.fromstring(archive.read("Raw rows.tds"))
    assert document.find(".//named-connection/connection").get("dbname") == "Data/Extracts/Raw rows.hyper"


def test_live_and_extracted(server, put):
    live = server.datasources.get_by_id(put.datasource("Live", sim_files.tds(), "tds").id)
    assert (live.has_extracts, live.datasource_type) == (False, "sqlserver")
    assert server.datasources.get_by_id(put.datasource("Packed").id).has_extracts is True
    assert server.workbooks.get_by_id(put.workbook("Live", sim_files.twb(), "twb").id).has_extracts is False


@pytest.mark.parametrize("extension", ["tfl", "tflx"])
def test_flows_tell_their_type(server, put, extension):
    made = put.flow(extension=extension)
    answer = get(server, f"flows/{made.id}")["flow"]
    assert (answer["fileType"], answer["name"]) == (extension, "Clean")
    assert server.flows.get_by_id(made.id).project_name == "default"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the real packages of $TABFERRY_SHARED are not here")
def test_packages_that_tableau_wrote(server, put):
    book = put.workbook("Bridge", (SAMPLES / "logshark_Bridge.twbx").read_bytes())
    server.workbooks.populate_connections(book)
    assert len(book.connections) == 6 and {one.connection_type for one in book.connections} == {"hyper"}
    known = server.workbooks.get_by_id(book.id)
    assert known.has_extracts and known.sheet_count == len(known.views) > 5
    assert bytes_of(server.workbooks.download, book.id) == (SAMPLES / "logshark_Bridge.twbx").read_bytes()
    cache = put.workbook("Cache", (SAMPLES / "docapi_Cache.twbx").read_bytes())
    assert names_of(server, cache) == ["Sheet 21"]
    expected = {
        "docapi_TABLEAU_10_TDSX.tdsx": ("sqlserver", False), "hover_no_folder.tdsx": ("snowflake", True),
        "hover_test_live_data_source.tdsx": ("snowflake", False),
        "hyperapisamples_s3-to-hyper_test.tdsx": ("hyper", True),
        "hyperapisamples_hyper-to-tdsx_test.tdsx": ("hyper", True)}
    for name, (kind, has_extracts) in expected.items():
        made = put.datasource(name, (SAMPLES / name).read_bytes())
        item = server.datasources.get_by_id(made.id)
        assert (name, item.datasource_type, item.has_extracts) == (name, kind, has_extracts)
        assert bytes_of(server.datasources.download, made.id) == (SAMPLES / name).read_bytes()


def test_files_that_are_none(server, put):
    torn, two = sim_files.twbx()[:-30], sim_files.zipped({"a.twb": sim_files.twb(), "b.twb": sim_files.twb()})
    nested = sim_files.zipped({"folder/a.twb": sim_files.twb()})
    entity = b'<!DOCTYPE workbook [<!ENTITY a "b">]><workbook>&a;</workbook>'
    upward = sim_files.zipped({"a.twb": sim_files.twb(), "../b": "x"})
    for content in (
            b"", b"PK\x03\x04 no more", torn, two, nested, upward, sim_files.tdsx(),
            sim_files.zipped({"a.twb": "<datasource/>"}), sim_files.zipped({"a.twb": "<workbook>"})):
        with refused(400011):
            put.workbook(content=content or b" ")
    for content in (b"<workbook", sim_files.tds(), b"\xff\xfe", entity):
        with refused(400011):
            put.workbook(content=content, extension="twb")
    for content in (sim_files.twbx(), sim_files.zipped({"x": "y"})):
        with refused(400011):
            put.datasource(content=content)
    with refused(400011):
        put.datasource(content=b"Hyp no extract", extension="hyper")
    for content in (sim_files.zipped({"x": "{}"}), sim_files.zipped({"flow": "{"}), sim_files.zipped({"flow": "[]"})):
        with refused(400011):
            put.flow(content=content)
    assert [endpoint.get()[1].total_available for endpoint in (server.workbooks, server.datasources, server.flows)] == [
        0, 0, 0]


# --- sessions and jobs ------------------------------------------------------------------------------------------------


def test_seventy_megabytes_in_blocks(server, put):
    content = sim_files.twbx(size=70 * MEGABYTE)
    made = put.workbook("Large", content)
    assert server.workbooks.get_by_id(made.id).size == 70
    assert bytes_of(server.workbooks.download, made.id) == content


@pytest.mark.parametrize("kind", ["workbook", "datasource"])
def test_as_a_job(server, put, kind):
    endpoint = server.workbooks if kind == "workbook" else server.datasources
    job = getattr(put, kind)("Later", as_job=True)
    assert (job.type, job.completed_at) == ("PublishWorkbook" if kind == "workbook" else "PublishDatasource", None)
    assert endpoint.get()[1].total_available == 0
    assert server.jobs.wait_for_job(job, timeout=60).finish_code == 0
    [item] = endpoint.get()[0]
    assert (item.name, item.owner_id) == ("Later", server.user_id)
    server.jobs.wait_for_job(getattr(put, kind)("later", mode="Overwrite", as_job=True), timeout=60)
    assert endpoint.get()[1].total_available == 1


def test_sessions_that_are_none(server):
    payload = '<tsRequest><workbook name="x"/></tsRequest>'
    for query, code in (("?workbookType=twbx&uploadSessionId=1:ab-2:0", "404015"), (
            "?uploadSessionId=1:ab-2:0", "400035")):
        assert send(server, "workbook", payload, query)[1] == code
    session = server.fileuploads.initiate()
    assert send(server, "workbook", payload, f"?workbookType=twbx&uploadSessionId={session}")[1] == "400011"
    uploaded = server.fileuploads.upload(io.BytesIO(sim_files.twbx()))
    assert send(server, "workbook", payload, f"?workbookType=twbx&uploadSessionId={uploaded}")[0] == 201
    assert send(server, "workbook", payload, f"?workbookType=twbx&overwrite=true&uploadSessionId={uploaded}")[
        1] == "404015"


# --- overwriting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, code", [("workbook", 403007), ("datasource", 403007), ("flow", 409041)])
def test_overwriting(server, put, kind, code):
    endpoint = {"workbook": server.workbooks, "datasource": server.datasources, "flow": server.flows}[kind]
    made = getattr(put, kind)("Sales")
    with refused(code):
        getattr(put, kind)("SALES")
    newer = {"workbook": sim_files.twbx, "datasource": sim_files.tdsx, "flow": sim_files.flow}[kind](seed=2)
    again = getattr(put, kind)("SALES", newer, mode="Overwrite")
    assert (again.id, again.name, again.created_at) == (made.id, "Sales", made.created_at)
    assert bytes_of(endpoint.download, made.id) == newer
    elsewhere = getattr(put, kind)("Sales", mode="Overwrite", project="Daily")
    assert elsewhere.id != made.id
    if kind != "flow":
        assert elsewhere.content_url.startswith("Sales_") and again.content_url == "Sales"


def test_views_keep_their_ids_by_name(server, put):
    book = put.workbook(content=sim_files.twbx(sim_files.twb(sheets=["A", "B", "C"])))
    before = {view.name: view.id for view in server.workbooks.get_by_id(book.id).views}
    put.workbook(content=sim_files.twbx(sim_files.twb(sheets=["D", "B", "A"])), mode="Overwrite")
    after = {view.name: view.id for view in server.workbooks.get_by_id(book.id).views}
    assert list(after) == ["D", "B", "A"]
    assert (after["A"], after["B"]) == (before["A"], before["B"]) and after["D"] not in before.values()
    for copy in range(2):   # equal content URLs inside of one workbook
        twice = put.workbook(f"Twice{copy}", sim_files.twbx(sim_files.twb(sheets=["S 1", "S1", "売上"])))
        urls = [view.content_url for view in server.workbooks.get_by_id(twice.id).views]
        assert len(set(urls)) == 3 and all(url.startswith(f"Twice{copy}/sheets/") for url in urls)


def test_hidden_views(server, put):
    content = sim_files.twbx(sim_files.twb(sheets=["A", "B", "C"]))
    item = TSC.WorkbookItem(put.project(), "Book", show_tabs=True)
    item.hidden_views = ["A", "C", "no such sheet"]
    book = put.workbook(content=content, item=item)
    assert server.workbooks.get_by_id(book.id).show_tabs is True
    assert {view.name for view in TSC.Pager(server.views)} == {"B"}
    assert names_of(server, book) == ["A", "B", "C"]
    put.workbook(content=content, mode="Overwrite")
    assert {view.name for view in TSC.Pager(server.views)} == {"A", "B", "C"}


def test_the_publisher_becomes_the_owner(server, put):
    book = put.workbook()
    ann = server.users.add(TSC.UserItem("ann", "Creator"))
    book.owner_id = ann.id
    assert server.workbooks.update(book).owner_id == ann.id
    assert put.workbook(mode="Overwrite").owner_id == server.user_id


# --- appending --------------------------------------------------------------------------------------------------------


@pytest.fixture
def rows(tmp_path):
    """rows(first, last): an extract that the real engine wrote; rows.of(package): the numbers in that one's."""
    api = pytest.importorskip("tableauhyperapi")
    with api.HyperProcess(
            api.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": str(tmp_path)}) as process:
        table = api.TableDefinition(
            api.TableName("Extract", "Extract"), [api.TableDefinition.Column("n", api.SqlType.big_int())])

        def make(first, last):
            with api.Connection(
                    process.endpoint, tmp_path / "rows.hyper", api.CreateMode.CREATE_AND_REPLACE) as connection:
                connection.catalog.create_schema("Extract")
                connection.catalog.create_table(table)
                connection.execute_command(
                    f"INSERT INTO {table.table_name} SELECT * FROM generate_series({first}, {last})")
            return (tmp_path / "rows.hyper").read_bytes()

        def of(package):
            with zipfile.ZipFile(io.BytesIO(package)) as archive:
                entry = next(name for name in archive.namelist() if name.endswith(".hyper"))
                (tmp_path / "read.hyper").write_bytes(archive.read(entry))
            with api.Connection(process.endpoint, tmp_path / "read.hyper") as connection:
                return sorted(row[0] for row in connection.execute_list_query(f"SELECT n FROM {table.table_name}"))

        make.of = of
        yield make


def test_rows_are_appended(server, put, rows):
    with refused(404004):
        put.datasource("Rows", rows(1, 3), "hyper", mode="Append")
    made = put.datasource("Rows", rows(1, 3), "hyper")
    again = put.datasource("rows", rows(4, 6), "hyper", mode="Append")
    assert (again.id, again.name) == (made.id, "Rows")
    assert rows.of(bytes_of(server.datasources.download, made.id)) == [1, 2, 3, 4, 5, 6]
    server.datasources.populate_revisions(made)
    assert [one.revision_number for one in made.revisions] == ["1", "2"]
    assert rows.of(bytes_of(server.datasources.download_revision, made.id, "1")) == [1, 2, 3]
    with refused(400011):
        put.flow(mode="Append")


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, query, filename, payload, code", [
    ("workbook", "", "f", '<workbook name="x"/>', "400035"),
    ("workbook", "?workbookType=tdsx", "f", '<workbook name="x"/>', "400020"),
    ("datasource", "?datasourceType=xlsx", "f", '<datasource name="x"/>', "400010"),
    ("flow", "?flowType=twbx", "f", '<flow name="x"/>', "400087"),
    ("flow", "", "f", '<flow name="x"/>', "400086"),
    ("workbook", "?workbookType=twbx", "f", '<workbook name="x" size="3"/>', "400000"),
    ("workbook", "?workbookType=twbx", "f", '<workbook name="x"><owner id="y"/></workbook>', "400000"),
    ("workbook", "?workbookType=twbx", "f", '<workbook name=" "/>', "400000"),
    ("workbook", "?workbookType=twbx", "f", '<datasource name="x"/>', "400000"),
    ("workbook", "?workbookType=twbx", "f", f'<workbook name="x"><project id="{NOBODY}"/></workbook>', "404005"),
    ("workbook", "?workbookType=twbx", "f", f'<workbook name="x" thumbnailsUserId="{NOBODY}"/>', "404002"),
    ("workbook", "?workbookType=twbx&overwrite=maybe", "f", '<workbook name="x"/>', "400008"),
    ("datasource", "?datasourceType=tdsx&append=true&overwrite=true", "f", '<datasource name="x"/>', "400055"),
])
def test_refusals(server, kind, query, filename, payload, code):
    answer = send(server, kind, f"<tsRequest>{payload}</tsRequest>", query, sim_files.twbx(), filename)
    assert answer[:2] == (int(code[:3]), code)


def test_the_type_may_be_the_names(server):
    answer = send(
        server, "workbook", '<tsRequest><workbook name="x" showTabs="true"/></tsRequest>', "", sim_files.twbx(),
        "a.TWBX")
    assert answer[0] == 201
    assert answer[2].find(f"{NS}workbook").get("showTabs") == "true"


def test_a_payload_in_json(server, put):
    payload = '{"workbook": {"name": "x", "description": "d", "project": {"id": "%s"}}}' % put.project("Daily")
    assert send(server, "workbook", payload, "", sim_files.twbx())[0] == 201
    assert server.workbooks.get()[0][0].project_name == "Daily"


def test_without_flows(tmp_path):
    with start_sim("--without", "flows") as sim, sim.client() as server:
        with refused(403157):
            Shelf(server, tmp_path).flow()
