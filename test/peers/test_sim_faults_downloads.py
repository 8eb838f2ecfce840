"""Bad weather over downloads: files cut, forbidden, oddly named, and items that change between list and download."""

import io
import re
import subprocess
import zipfile

import pytest
import sim_files
from programs import program
from sim_storm import code, first, one_entry, package


@pytest.mark.parametrize("value, left", [
    ("", len(package()) // 2),
    ("=100", 100),
    ("=0", 0),
    ("=999999", len(package()) - 1)])
def test_a_file_is_cut_and_nothing_says_so(stormy, value, left):
    sim, client = stormy(f"truncate{value}@1")
    luid = client.made()
    answer = client.content(luid)
    assert answer.status_code == 200 and answer.headers["Content-Length"] == str(left)
    assert answer.content == package()[:left]
    assert client.content(luid).content == package()
    one_entry(sim, "truncate", kind="datasource", id=luid, done=f"sent {left} of {len(package())} bytes")


FORMS = {
    "plain": 'name="tableau_datasource"; filename="Q 1.tdsx"',
    "quoted-ext": "name=\"tableau_datasource\"; filename*=UTF-8''\"Q 1.tdsx\"",
    "ext": "name=\"tableau_datasource\"; filename*=UTF-8''Q%201.tdsx",
    "unquoted": 'name="tableau_datasource"; filename=Q 1.tdsx',
    "plus": 'name="tableau_datasource"; filename="Q+1.tdsx"',
    "percent": 'name="tableau_datasource"; filename="Q%201.tdsx"',
    "slash": 'name="tableau_datasource"; filename="A/B Q 1.tdsx"',
    "japanese": "name=\"tableau_datasource\"; filename*=UTF-8''%E5%A3%B2%E4%B8%8A%20Q%201.tdsx",
    "japanese-raw": 'name="tableau_datasource"; filename="売上 Q 1.tdsx"',
    "question": 'name="tableau_datasource"; filename="What? Q 1.tdsx"',
    "attachment": 'attachment; filename="Q 1.tdsx"',
    "no-filename": 'name="tableau_datasource"',
    "none": None,
}


def test_every_form_of_content_disposition(stormy):
    sim, client = stormy()
    luid = client.made("Q 1")
    for form, expected in FORMS.items():
        sim.control.add(f"disposition={form}@1")
        answer = client.content(luid)
        value = answer.headers.get("Content-Disposition")
        assert (value and value.encode("latin-1").decode()) == expected
        assert answer.content == package()
        sim.control.clear()
    assert [entry["fault"] for entry in sim.control.log("disposition")] == [f"disposition={form}@1" for form in FORMS]
    words = subprocess.run(
        [program("TABFERRY_SIM"), "serve", "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.search(r"disposition=WORD\s+WORD: (.*?)\s+that form of the header", words, re.DOTALL).group(1)
    assert listed.split() == list(FORMS)


@pytest.mark.parametrize("form", ["plain", "quoted-ext", "ext", "plus", "percent", "japanese"])
def test_a_real_client_takes_the_usual_forms(stormy, form, tmp_path):
    sim, client = stormy(f"disposition={form}@1")
    luid = client.made("Q 1")
    path = sim.client().server.datasources.download(luid, filepath=str(tmp_path))
    assert open(path, "rb").read() == package() and path.endswith(".tdsx")
    one_entry(sim, "disposition", id=luid)


@pytest.mark.parametrize("value, expected", [("", "403028"), ("=403004", "403004")])
def test_a_forbidden_download(stormy, value, expected):
    sim, client = stormy(f"forbid{value}@1")
    luid = client.made()
    assert code(client.content(luid)) == expected
    assert client.content(luid).status_code == 200
    one_entry(sim, "forbid", id=luid, done=f"answered {expected}")


@pytest.mark.parametrize("kind, content, expected", [("workbook", sim_files.twb(), "403019"), ("flow", None, "403097")])
def test_each_kind_is_forbidden_in_its_own_words(stormy, kind, content, expected):
    sim, client = stormy("forbid@1")
    if content is None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("flow", '{"initialNodes": [], "nodes": {}, "connections": {}}')
        content = buffer.getvalue()
    file_type = {"workbook": "twb", "flow": "tfl"}[kind]
    made = client.send_parts("POST", f"{client.site}/{kind}s?{kind}Type={file_type}", [
        ("request_payload", f'<tsRequest><{kind} name="X"/></tsRequest>'.encode()),
        (f"tableau_{kind}", content)])
    luid = first(made, kind).get("id")
    assert code(client.get(f"{kind}s/{luid}/content")) == expected
    assert client.get(f"{kind}s/{luid}/content").content == content
    one_entry(sim, "forbid", kind=kind, id=luid)


def test_an_item_is_deleted_between_list_and_download(stormy):
    sim, client = stormy("delete-after-list@2")
    kept, gone = client.made("Kept"), client.made("Gone")
    assert sorted(client.names()) == ["Gone", "Kept"]
    assert client.content(kept).status_code == 200
    assert code(client.content(gone)) == "404004"
    assert client.names() == ["Kept"]
    one_entry(sim, "delete-after-list", kind="datasource", id=gone, done="deleted it: Gone")


def test_an_item_is_renamed_between_list_and_download(stormy):
    sim, client = stormy("rename-after-list@1", "rename-after-list=Other@1 on GET **/datasources/*")
    luid = client.made("Old")
    assert "Old (renamed).tdsx" in client.content(luid).headers["Content-Disposition"]
    assert client.datasource(luid).get("name") == "Other"
    assert client.names() == ["Other"]
    assert [entry["id"] for entry in sim.control.log("rename-after-list")] == [luid, luid]


@pytest.mark.parametrize("kind", ["refresh", "refresh-silent"])
def test_an_extract_is_refreshed_before_the_download(stormy, kind):
    sim, client = stormy(f"{kind}@2")
    luid = client.made()
    assert client.content(luid).content == package()
    before = client.datasource(luid)
    changed = client.content(luid).content
    assert changed != package()
    assert zipfile.ZipFile(io.BytesIO(changed)).testzip() is None and zipfile.ZipFile(
        io.BytesIO(changed)).namelist() == ["x.tds", "Data/x.hyper"]
    after = client.datasource(luid)
    assert (after.get("updatedAt") > before.get("updatedAt")) == (kind == "refresh")
    assert client.content(luid).content == changed
    one_entry(sim, kind, id=luid, done="changed its content")
