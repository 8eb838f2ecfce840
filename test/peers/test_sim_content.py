"""Workbooks, views, data sources and flows of tabferry-sim, judged by tableauserverclient: what is listed, changed,
given back. How they get there: test_sim_publish_kinds.py."""

import io
import zipfile

import pytest
import sim_files
import tableauserverclient as TSC
from sim_ask import get
from sim_shelf import Shelf, bytes_of, refused
from simulator import NOBODY


# --- what is listed ---------------------------------------------------------------------------------------------------


def test_a_workbook_and_its_views(server, put):
    document = sim_files.twb(sheets=["Sheet 1", "Umsätze & mehr"], dashboards=["Über blick"], stories=["The story"],
                             hidden=["Sheet 1"])
    made = put.workbook("Book", sim_files.twbx(document))
    book = server.workbooks.get_by_id(made.id)
    assert (book.name, book.content_url, book.project_name, book.owner_id) == (
        "Book", "Book", "default", server.user_id)
    assert (book.size, book.sheet_count, book.has_extracts, book.show_tabs) == (1, 4, True, False)
    assert book.created_at == book.updated_at
    assert book.webpage_url.startswith(server.server_address + "/#/site/demo/workbooks/")
    assert [view.name for view in book.views] == ["Sheet 1", "Umsätze & mehr", "Über blick", "The story"]
    assert book.default_view_id == book.views[1].id

    server.workbooks.populate_views(book, usage=True)
    assert [(view.name, view.content_url, view.total_views) for view in book.views] == [
        ("Sheet 1", "Book/sheets/Sheet1", 0),
        ("Umsätze & mehr", "Book/sheets/Umstzemehr", 0),
        ("Über blick", "Book/sheets/berblick", 0),
        ("The story", "Book/sheets/Thestory", 0)]
    listed = {view.name: view for view in TSC.Pager(server.views)}
    assert set(listed) == {"Umsätze & mehr", "Über blick", "The story"}  # a hidden one is told with its workbook alone
    view = server.views.get_by_id(listed["The story"].id, usage=True)
    assert (view.workbook_id, view.owner_id, view.project_id) == (made.id, server.user_id, put.project())
    assert (view.view_url_name, view.sheet_type, view.total_views) == ("Thestory", "story", 0)
    server.workbooks.populate_preview_image(book)
    server.views.populate_preview_image(view)
    assert book.preview_image.startswith(b"\x89PNG") and view.preview_image == book.preview_image


@pytest.mark.parametrize("kind", ["workbook", "datasource", "flow"])
def test_a_pager_over_three_pages(server, put, kind):
    made = {getattr(put, kind)(f"N{number:02}").id for number in range(23)}
    endpoint = {"workbook": server.workbooks, "datasource": server.datasources, "flow": server.flows}[kind]
    options = TSC.RequestOptions(pagesize=10)
    items = list(TSC.Pager(endpoint, options))
    assert len(items) == 23 and {item.id for item in items} == made
    assert endpoint.get(options)[1].total_available == 23
    with refused(400006):
        endpoint.get(TSC.RequestOptions(pagenumber=4, pagesize=10))
    options = TSC.RequestOptions(pagesize=10)
    options.sort.add(TSC.Sort("name", "desc"))
    options.filter.add(TSC.Filter("name", "in", ["N03", "N17", "N99"]))
    assert [item.name for item in endpoint.get(options)[0]] == ["N17", "N03"]


def test_lists_by_filter_fields_and_user(server, put):
    put.workbook("One", project="Daily")
    put.workbook("One", project="default")
    put.workbook("Two", project="default")
    assert {book.project_name for book in server.workbooks.filter(name="One")} == {"Daily", "default"}
    assert [book.name for book in server.workbooks.filter(project_name="default", name="Two")] == ["Two"]
    assert len({book.content_url for book in TSC.Pager(server.workbooks)}) == 3
    user = server.users.get_by_id(server.user_id)
    server.users.populate_workbooks(user)
    assert sorted(book.name for book in user.workbooks) == ["One", "One", "Two"]
    options = TSC.RequestOptions()
    options.fields = {"name", "sheetCount"}
    books = server.workbooks.get(options)[0]
    assert sorted((book.name, book.sheet_count, book.content_url) for book in books) == [
        ("One", 1, None),
        ("One", 1, None),
        ("Two", 1, None)]


def test_json_says_the_same(server, put):
    made = put.workbook("Book")
    answer = get(server, f"workbooks/{made.id}")["workbook"]
    assert (answer["name"], answer["showTabs"], answer["size"], answer["hasExtracts"]) == ("Book", "false", "1", True)
    assert answer["views"]["view"][0]["viewUrlName"] == "Sheet1"
    listed = get(server, "workbooks")
    assert listed["pagination"]["totalAvailable"] == "1"
    assert [book["id"] for book in listed["workbooks"]["workbook"]] == [made.id]


def test_what_is_not_there(server):
    for endpoint, code in ((server.workbooks, 404006), (server.datasources, 404004), (server.flows, 404027)):
        for act in (endpoint.get_by_id, endpoint.delete, lambda luid, by=endpoint: bytes_of(by.download, luid)):
            with refused(code):
                act(NOBODY)
    with refused(404011):
        server.views.get_by_id(NOBODY)


# --- giving back ------------------------------------------------------------------------------------------------------


def test_downloads_are_the_same_bytes(server, put, tmp_path):
    book, source, flow = sim_files.twbx(size=300_000), sim_files.tdsx(size=300_000), sim_files.flow()
    made = put.workbook(content=book), put.datasource(content=source), put.flow(content=flow)
    assert bytes_of(server.workbooks.download, made[0].id) == book
    assert bytes_of(server.datasources.download, made[1].id) == source
    assert bytes_of(server.flows.download, made[2].id) == flow
    assert server.workbooks.download(made[0].id, str(tmp_path / "a")).endswith("a.twbx")
    assert server.flows.download(made[2].id, str(tmp_path / "a")).endswith("a.tflx")
    bare = put.workbook("Bare", sim_files.twb(), "twb")
    assert server.workbooks.download(bare.id, str(tmp_path / "b")).endswith("b.twb")
    assert bytes_of(server.workbooks.download, bare.id) == sim_files.twb()


def test_downloads_without_extracts(server, put):
    book = put.workbook()
    source = put.datasource()
    with zipfile.ZipFile(io.BytesIO(bytes_of(server.workbooks.download, book.id, include_extract=False))) as archive:
        assert archive.namelist() == ["Book.twb", "Image/a.png"]
        assert archive.read("Book.twb") == sim_files.twb() and archive.testzip() is None
    with zipfile.ZipFile(
            io.BytesIO(bytes_of(server.datasources.download, source.id, include_extract=False))) as archive:
        assert archive.namelist() == ["Sales.tds"]
    live = sim_files.zipped({"Live.tds": sim_files.tds()})
    assert bytes_of(server.datasources.download, put.datasource("Live", live).id, include_extract=False) == live


# --- changing ---------------------------------------------------------------------------------------------------------


def test_changing_a_workbook(server, put):
    book = put.workbook()
    book.name, book.show_tabs, book.description, book.project_id = "Other", True, 'a "b" & <c>\nd', put.project("Daily")
    book.data_freshness_policy = TSC.DataFreshnessPolicyItem(TSC.DataFreshnessPolicyItem.Option.FreshEvery)
    book.data_freshness_policy.fresh_every_schedule = TSC.DataFreshnessPolicyItem.FreshEvery(
        TSC.DataFreshnessPolicyItem.FreshEvery.Frequency.Hours, 10)
    server.workbooks.update(book)
    known = server.workbooks.get_by_id(book.id)
    assert (known.name, known.show_tabs, known.description) == ("Other", True, 'a "b" & <c>\nd')
    assert (known.project_name, known.content_url) == ("Daily", "Book")
    assert known.data_freshness_policy.option == "FreshEvery"
    assert known.data_freshness_policy.fresh_every_schedule.value == 10
    assert [view.project_id for view in server.views.get()[0]] == [put.project("Daily")]
    put.workbook("other", project="default")
    known.project_id = put.project("default")
    with refused(403007):
        server.workbooks.update(known)
    known.project_id = NOBODY
    with refused(404005):
        server.workbooks.update(known)
    assert server.workbooks.get_by_id(book.id).project_name == "Daily"


def test_changing_a_data_source(server, put):
    source = put.datasource()
    source.name, source.certified, source.certification_note = "Other", True, "by \"Finance\""
    source.description, source.use_remote_query_agent, source.encrypt_extracts = "text", True, True
    changed = server.datasources.update(source)
    known = server.datasources.get_by_id(source.id)
    for one in (changed, known):
        assert (one.name, one.certified, one.certification_note) == ("Other", True, "by \"Finance\"")
        assert (one.description, one.use_remote_query_agent) == ("text", True)
    put.datasource("Third")
    known.name = "THIRD"
    with refused(409015):
        server.datasources.update(known)


def test_changing_a_flow(server, put):
    flow = put.flow()
    flow.project_id = put.project("Daily")
    assert server.flows.update(flow).project_name == "Daily"
    put.flow()
    flow.project_id = put.project("default")
    with refused(409041):
        server.flows.update(flow)


def test_owners(server, put):
    ann = server.users.add(TSC.UserItem("ann", "Creator"))
    for endpoint, item in ((server.workbooks, put.workbook()), (server.datasources, put.datasource()),
                           (server.flows, put.flow())):
        item.owner_id = ann.id
        assert endpoint.update(item).owner_id == ann.id
        item.owner_id = NOBODY
        with refused(404002):
            endpoint.update(item)
        assert endpoint.get_by_id(item.id).owner_id == ann.id
    assert {view.owner_id for view in TSC.Pager(server.views)} == {ann.id}


def test_deleting(server, put):
    book, source, flow = put.workbook(), put.datasource(), put.flow()
    for endpoint, item in ((server.workbooks, book), (server.datasources, source), (server.flows, flow)):
        endpoint.delete(item.id)
        assert endpoint.get()[1].total_available == 0
    assert server.views.get()[1].total_available == 0


def test_deleting_a_view(server, put):
    book = put.workbook(content=sim_files.twbx(sim_files.twb(sheets=["A", "B"])))
    first, second = server.workbooks.get_by_id(book.id).views
    server.views.delete(first.id)
    left = server.workbooks.get_by_id(book.id)
    assert ([view.id for view in left.views], left.sheet_count, left.default_view_id) == ([second.id], 1, second.id)
    with refused(403004):
        server.views.delete(second.id)
    assert server.workbooks.get_by_id(book.id).views[0].id == second.id


# --- tags, which the client sends with every change -------------------------------------------------------------------


def test_a_view_keeps_its_tags_over_an_overwrite(server, put):
    put.workbook(content=sim_files.twbx(sim_files.twb(sheets=["A", "B"])))
    views = {view.name: view for view in TSC.Pager(server.views)}
    views["A"].tags = {"keep"}
    server.views.update(views["A"])
    put.workbook(content=sim_files.twbx(sim_files.twb(sheets=["C", "A"])), mode="Overwrite")
    now = {view.name: view for view in TSC.Pager(server.views)}
    assert set(now) == {"A", "C"} and now["A"].id == views["A"].id and now["A"].tags == {"keep"}
    with refused(404011):
        server.views.get_by_id(views["B"].id)


# --- who may what -----------------------------------------------------------------------------------------------------


def signed_in_as(sim, server, name, role):
    user = server.users.add(TSC.UserItem(name, role))
    server.users.update(user, "hush")
    return sim.client(name, "hush").server


def test_a_viewer_may_not(sim, server, put):
    book, source, flow = put.workbook(), put.datasource(), put.flow()
    viewer = signed_in_as(sim, server, "vi", "Viewer")
    for endpoint, item, code in ((viewer.workbooks, book, 403019), (viewer.datasources, source, 403028),
                                 (viewer.flows, flow, 403097)):
        with refused(code):
            bytes_of(endpoint.download, item.id)
        with refused(403004):
            endpoint.delete(item.id)
    for change, code in (
            (lambda: viewer.workbooks.update(book), 403030),
            (lambda: viewer.datasources.update(source), 403032),
            (lambda: Shelf(viewer, put.folder).workbook("New"), 403007),
            (lambda: Shelf(viewer, put.folder).workbook("Book", mode="Overwrite"), 403007),
            (lambda: viewer.users.populate_workbooks(server.users.get_by_id(server.user_id)), None)):
        if code is not None:
            with refused(code):
                change()
    assert server.workbooks.get()[1].total_available == 1
    user = server.users.get_by_id(server.user_id)
    viewer.users.populate_workbooks(user)
    with refused(403004):
        list(user.workbooks)


def test_a_publisher_owns_what_he_publishes(sim, server, put):
    creator = signed_in_as(sim, server, "cy", "Creator")
    own = Shelf(creator, put.folder).workbook("Own")
    assert own.owner_id == creator.user_id
    assert bytes_of(creator.workbooks.download, own.id) == sim_files.twbx()
    own.owner_id = server.user_id
    assert creator.workbooks.update(own).owner_id == server.user_id
    own.owner_id = creator.user_id
    with pytest.raises(TSC.ServerResponseError, match=r"\s(403027|403030): "):
        creator.workbooks.update(own)
