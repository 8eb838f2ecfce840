"""Custom views, by tableauserverclient; what it has no call for by plain requests."""

import base64
import io
import json

import pytest
import sim_files
import tableauserverclient as TSC
from sim_ask import ask, get
from sim_shelf import Shelf, refused
from simulator import NOBODY

XML = "<customized-view name='S?>'><worksheet name='Sheet 1'/></customized-view>"  # its base64 holds - and _


def content(view="Sheet 1", xml=XML):
    return json.dumps(
        [{"isSourceView": True, "viewName": view, "tcv": base64.urlsafe_b64encode(xml.encode()).decode()}]).encode()


@pytest.fixture
def book(server, tmp_path):
    return Shelf(server, tmp_path).workbook("Book", sim_files.twbx(sim_files.twb(sheets=("Sheet 1", "Sheet 2"))))


def wanted(server, book, name="Mine", shared=False, owner=None):
    item = TSC.CustomViewItem(None, name)
    item.shared, item.workbook = shared, book
    item.owner = TSC.UserItem(None, None)
    item.owner._id = owner or server.user_id
    return item


def publish(server, book, name="Mine", body=None, **more):
    return server.custom_views.publish(wanted(server, book, name, **more), io.BytesIO(body or content()))


def person(sim, server, name, role="Viewer"):
    """A new user and his own client."""
    user = server.users.add(TSC.UserItem(name, role))
    server.users.update(user, password=name)
    return user, sim.client(name).server


def views_of(server, book):
    server.workbooks.populate_views(book)
    return {view.name: view.id for view in book.views}


def test_what_was_published_is_listed_and_downloaded(server, book):
    published = publish(server, book, shared=True)
    sheet = views_of(server, book)["Sheet 1"]
    assert (published.name, published.shared, published.owner.id) == ("Mine", True, server.user_id)
    listed, page = server.custom_views.get()
    assert page.total_available == 1 and [item.id for item in listed] == [published.id]
    one = server.custom_views.get_by_id(published.id)
    assert (one.view.id, one.view.name, one.workbook.id, one.workbook.name) == (sheet, "Sheet 1", book.id, "Book")
    assert one.created_at is not None and one.updated_at is not None
    into = io.BytesIO()
    server.custom_views.download(published, into)
    assert into.getvalue() == content()
    assert base64.urlsafe_b64decode(json.loads(into.getvalue())[0]["tcv"]) == XML.encode()


def test_the_versioned_path_gives_the_same_file(server, book):
    path = "customviews/%s/content" % publish(server, book, 'Ä "quoted"/view').id
    for version in ("exp", "3.27"):
        answer = ask(server, "GET", path, status=200, version=version)
        assert answer.content == content()
        assert answer.headers["Content-Disposition"].startswith('name="tableau_customview"')
    ask(server, "GET", path, status=404, version="3.20")


def test_a_large_one_comes_by_an_upload_session(server, book, monkeypatch):
    monkeypatch.setenv("TSC_FILESIZE_LIMIT_MB", "1")
    monkeypatch.setenv("TSC_CHUNK_SIZE_MB", "1")
    large = content(xml=XML + "<!--" + sim_files.filler(1_500_000).hex() + "-->")
    published = publish(server, book, body=large)
    into = io.BytesIO()
    server.custom_views.download(published, into)
    assert into.getvalue() == large


def test_the_sheet_that_it_was_made_of_is_its_view(server, book):
    both = json.loads(content("Sheet 1")) + json.loads(content("Sheet 2"))
    both[0]["isSourceView"] = False
    published = publish(server, book, body=json.dumps(both).encode())
    assert server.custom_views.get_by_id(published.id).view.id == views_of(server, book)["Sheet 2"]


def test_filters(server, sim, book, tmp_path):
    other = Shelf(server, tmp_path).workbook("Other")
    user, _ = person(sim, server, "anna", "Explorer")
    one, two = publish(server, book, "One"), publish(server, book, "Two", content("Sheet 2"), owner=user.id)
    three = publish(server, other, "Three")

    def ids(**filters):
        return {item.id for item in server.custom_views.filter(**filters)}

    assert ids(workbook_id=book.id) == {one.id, two.id}
    assert ids(view_id=views_of(server, book)["Sheet 2"]) == {two.id}
    assert ids(owner_id=server.user_id) == {one.id, three.id}
    assert [item.id for item in TSC.Pager(server.custom_views, TSC.RequestOptions(pagesize=1))] == sorted([
        one.id, two.id, three.id])


def test_name_and_owner_change_and_deletion(sim, server, book):
    user, _ = person(sim, server, "anna", "Explorer")
    item = publish(server, book)
    item.name, item.owner = "Renamed", TSC.UserItem(None, None)
    item.owner._id = user.id
    changed = server.custom_views.update(item)
    assert (changed.name, changed.owner.id) == ("Renamed", user.id)
    assert server.custom_views.get_by_id(item.id).name == "Renamed"
    server.custom_views.delete(item.id)
    with refused(404011):
        server.custom_views.get_by_id(item.id)
    assert server.custom_views.get()[1].total_available == 0


def test_a_name_is_taken_once_for_a_view_and_an_owner(sim, server, book):
    publish(server, book)
    with refused(403166):
        publish(server, book)
    publish(server, book, body=content("Sheet 2"))
    user, _ = person(sim, server, "anna", "Explorer")
    publish(server, book, owner=user.id)
    assert server.custom_views.get()[1].total_available == 3


def test_what_does_not_exist_and_what_is_no_file(server, book):
    with refused(404011):
        publish(server, book, body=content("No such sheet"))
    with refused(404002):
        publish(server, book, owner=NOBODY)
    missing = TSC.WorkbookItem(None)
    missing._id = NOBODY
    with refused(404006):
        publish(server, missing)
    for body in (b"no json", b"[]", b"{}", b'[{"viewName": "Sheet 1"}]', b'[{"viewName": "Sheet 1", "tcv": "a+/b"}]'):
        with refused(400011):
            publish(server, book, body=body)


def test_others_see_what_is_shared_and_change_nothing(sim, server, book):
    _, client = person(sim, server, "anna", "Explorer")
    shared, private = publish(server, book, "Shared", shared=True), publish(server, book, "Private")
    own = publish(client, book, "Own")
    assert {item.id for item in client.custom_views.get()[0]} == {shared.id, own.id}
    assert {item.id for item in server.custom_views.get()[0]} == {shared.id, private.id, own.id}
    with refused(403004):
        client.custom_views.get_by_id(private.id)
    for forbidden in (
            lambda: client.custom_views.delete(shared.id),
            lambda: publish(client, book, "For another", owner=server.user_id)):
        with refused(403004):
            forbidden()


def test_it_goes_with_its_workbook(server, book):
    item = publish(server, book)
    server.workbooks.delete(book.id)
    with refused(404011):
        server.custom_views.get_by_id(item.id)


def defaults(server, item, users=None):
    path = f"customviews/{item.id}/default/users"
    if users is None:
        return get(server, path)
    body = "<users>" + "".join(f'<user id="{user}"/>' for user in users) + "</users>"
    answer = ask(server, "POST", path, body, 200, as_json=True)
    return answer["customViewAsUserDefaultResults"]["customViewAsUserDefaultViewResult"]


def test_default_users_are_set_one_by_one(sim, server, book):
    anna, _ = person(sim, server, "anna", "Explorer")
    bob, _ = person(sim, server, "bob", "Explorer")
    item, other = publish(server, book, shared=True), publish(server, book, "Other", shared=True)
    results = defaults(server, item, [anna.id, NOBODY, bob.id])
    assert [one["success"] for one in results] == [True, False, True]
    assert results[1]["error"]["code"] == "404002" and results[1]["user"]["id"] == NOBODY
    listed = defaults(server, item)
    assert listed["pagination"]["totalAvailable"] == "2"
    assert {(one["id"], one["name"]) for one in listed["users"]["user"]} == {(anna.id, "anna"), (bob.id, "bob")}
    defaults(server, other, [anna.id])
    assert [one["id"] for one in defaults(server, item)["users"]["user"]] == [bob.id]
    private = publish(server, book, "Private")
    assert defaults(server, private, [anna.id])[0]["success"] is False


def test_the_picture_is_a_picture(server, book):
    item = publish(server, book)
    server.custom_views.populate_image(item)
    assert item.image.startswith(b"\x89PNG")


def test_old_servers_have_none(make_sim):
    with make_sim("--api", "3.17") as sim, sim.client(version="3.17") as server:
        ask(server, "GET", "customviews", status=404)
