"""Every bad input: a clear message with its place, and nothing published."""
import contextlib
import os
import re
import subprocess

import pytest

from ferry import Workshop, make_template

COLUMNS = {"id": "int", "amount": "numeric(6,2)", "day": "date", "at": "timestamp", "note": "varchar(5)", "ok": "bool", "x": "double"}
HEADER = "id,amount,day,at,note,ok,x\n"
GOOD = "1,1.50,2024-01-02,2024-01-02 03:04:05,abc,true,1e3\n"


@pytest.fixture
def shop(tmp_path, sim):
    workshop = Workshop(tmp_path, sim)
    workshop.put("orders/a.csv", HEADER + GOOD)
    workshop.table("orders", COLUMNS, "data/orders/*.csv")
    workshop.write()
    assert workshop.publish().code == 0   # what must stay as it is
    return workshop


def refused(shop, *expected, code=1, **more):
    """The run fails with a message that holds all of `expected`; the site and the disk are as before."""
    before = shop.site_state()
    result = shop.publish(**more)
    assert result.code == code, result
    for words in expected:
        assert words in result.message, (words, result.message)
    assert shop.site_state() == before, "the site changed"
    assert len(before) == 1 and shop.leftovers() == [], shop.leftovers()
    return result


def line(**changes):
    fields = dict(zip(COLUMNS, GOOD.strip().split(",")))
    return ",".join({**fields, **changes}.values()) + "\n"


# column -> a value that must not get through, and what the message says about it
BAD_VALUES = [
    ("id", "foo", "foo"), ("id", "1.7", "1.7"), ("id", '"1,234"', "1,234"), ("id", "(5)", "(5)"), ("id", "3000000000", "overflow"),
    ("amount", '"1,234.5"', "1,234.5"), ("amount", "99999.5", "overflow"), ("amount", "$5", "$5"),
    ("x", "5%", "5%"), ("x", "1e400", "1e400"), ("x", '"1,5"', "1,5"),
    ("day", "01/02/2024", "01/02/2024"), ("day", "20240102", "20240102"), ("day", "2024-02-30", "2024-02-30"), ("day", "2024-1-2", "2024-1-2"),
    ("day", "2024-01-02T10:00:00", "2024-01-02T10:00:00"), ("day", "infinity", "infinity"), ("day", "Jan 2 2024", "Jan 2 2024"),
    ("at", "01/02/2024 10:00", "01/02/2024 10:00"), ("at", "2024-01-02 10:00:00+02:00", "+02:00"), ("at", "2024-01-02 25:00:00", "25:00:00"),
    ("at", "2024-01-02 10:00 PM", "PM"), ("note", "abcdef", "too large"), ("ok", "maybe", "maybe"), ("id", '""', "id"),
]


@pytest.mark.parametrize("column, value, word", BAD_VALUES, ids=[f"{c}={v}" for c, v, _ in BAD_VALUES])
def test_a_bad_value_is_refused_with_its_place(shop, column, value, word):
    shop.put("orders/b.csv", HEADER + GOOD + '2,2.00,2024-01-02,2024-01-02 03:04,"a\nb",f,2\n' + "\n" + line(**{column: value}))
    number = list(COLUMNS).index(column) + 1
    refused(shop, f"file://{shop.folder}/data/orders/b.csv: line 6, column {number} ({column})", word)


def test_bad_utf8_is_refused(shop):
    shop.put("orders/b.csv", (HEADER + GOOD).encode() + b"2,2.00,2024-01-02,2024-01-02 03:04,a\xffb,f,2\n")
    refused(shop, "b.csv: line 3", "note", "UTF-8")


@pytest.mark.parametrize("text, words", [
    ("2,2.00\n", ["line 2", "2", "7"]), (GOOD.strip() + ",extra\n", ["line 2", "8", "7"]), ("1;1.5;2024-01-02;2024-01-02 10:00;a;t;1\n", ["line 2", "delimiter"]),
    ('1,1.5,2024-01-02,2024-01-02 10:00,"abc,t,1\n', ["line 2", "quote"]), ("1,1.5,2024-01-02,2024-01-02 10:00,a\0b,t,1\n", ["line 2", "NUL"]),
    ('1,1.5,2024-01-02,2024-01-02 10:00,a"b,t,1\n', ["line 2", "quote"]), (GOOD.strip() + "\r" + GOOD.strip() + "\r", ["line 2"])])
def test_a_broken_record_is_refused_with_its_line(shop, text, words):
    shop.put("orders/b.csv", HEADER + text)
    refused(shop, "b.csv: ", *words)


@pytest.mark.parametrize("header, word", [
    ("amount,id,day,at,note,ok,x\n", "order"), ("id,amount,day,at,remark,ok,x\n", "remark"), (GOOD, "header: false"), ("id,amount\n", "id,amount")])
def test_a_header_that_is_not_the_columns_is_refused(shop, header, word):
    shop.put("orders/b.csv", header + GOOD)
    refused(shop, "b.csv", word)


def test_no_match_is_refused(shop):
    os.remove(shop.folder / "data/orders/a.csv")
    refused(shop, "no file matches", "data/orders/*.csv")


def test_no_rows_in_total_is_refused(shop):
    shop.put("orders/a.csv", HEADER)
    shop.put("orders/b.csv", "")
    refused(shop, "'orders'", "no row at all", code=5)


def test_an_empty_file_among_good_ones_is_no_rows_and_named(shop):
    empty, only_header = shop.put("orders/b.csv", ""), shop.put("orders/c.csv", HEADER)
    result = shop.publish()
    assert result.code == 0 and result.report["rows"] == 1, result
    assert result.report["tables"][0]["empty_files"] == [f"file://{empty}", f"file://{only_header}"]


def test_messy_but_right_files_load(shop):
    shop.put("orders/b.csv", b"\xef\xbb\xbf" + (HEADER + GOOD + GOOD.strip()).replace("\n", "\r\n").encode())
    shop.put("orders/c.csv", "\n" + HEADER + "\n\n" + GOOD + "\n")
    result = shop.publish()
    assert result.code == 0 and result.report["rows"] == 4, result
    assert result.report["tables"][0]["blank_lines"] == 4


@pytest.mark.parametrize("text, word", [
    ("id,amount\nint,decimall(5)\n", "decimall"), ("id,amount\nint\n", "header.csv"), ("id,ID\nint,int\n", "twice"), ("", "header.csv")])
def test_a_bad_header_file_is_refused(shop, text, word):
    shop.put("header.csv", text)
    del shop.tables["orders"]["columns"]
    shop.tables["orders"]["header_file"] = "data/header.csv"
    shop.write()
    refused(shop, word, code=2)


def test_an_unknown_type_is_refused(shop):
    shop.tables["orders"]["columns"] = {**COLUMNS, "id": "integr"}
    before = shop.site_state()
    result = shop.write().publish()
    assert result.code == 2 and "integr" in result.err and "did you mean integer" in result.err, result
    assert shop.site_state() == before


def refused_when_changed_in_mid_load(shop, change, word):
    """The second of two files is changed while the first one, which takes a while, is being loaded."""
    shop.put("orders/a.csv", HEADER + GOOD * 400_000)
    second = shop.put("orders/z.csv", HEADER + GOOD)
    before = shop.site_state()
    process = shop.start("publish")
    try:
        for text in process.stderr:   # the files are listed before this line
            if "loading" in text:
                break
        change(second)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 1 and "z.csv" in err and word in err, err
    assert shop.site_state() == before


def test_a_file_replaced_between_listing_and_reading_is_refused(shop):
    def replace(path):
        path.with_suffix(".new").write_text(HEADER + GOOD + GOOD)
        path.with_suffix(".new").rename(path)
    refused_when_changed_in_mid_load(shop, replace, "replaced")


def test_a_file_deleted_between_listing_and_reading_is_refused(shop):
    refused_when_changed_in_mid_load(shop, lambda path: path.unlink(), "deleted")


# --- templates

def test_a_template_that_does_not_fit_is_refused_before_any_data_is_read(shop):
    shop.put("orders/a.csv", "broken")
    for tables, word in [({"orders": {**COLUMNS, "gone": "text"}}, "gone"), ({"orders": {**COLUMNS, "day": "text"}}, "day"), ({"other": COLUMNS}, "other")]:
        shop.template.unlink()
        make_template(shop.template, tables)
        refused(shop, "does not fit", word, code=2)


def test_a_widening_is_accepted_and_a_new_column_is_said(shop):
    shop.template.unlink()
    make_template(shop.template, {"orders": {k: v for k, v in COLUMNS.items() if k != "x"}})
    result = shop.publish()
    assert result.code == 0 and any("x" in note for note in result.report["notes"]), result


def test_a_template_without_metadata_is_compared_by_name_with_a_warning(shop):
    shop.template.unlink()
    make_template(shop.template, {"orders": COLUMNS}, metadata=False)
    result = shop.publish()
    assert result.code == 0 and result.report["notes"], result


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty", "no document", "dot dot"])
def test_a_torn_template_is_refused(shop, damage):
    whole = shop.template.read_bytes()
    shop.template.unlink()
    if damage == "cut":
        shop.template.write_bytes(whole[: len(whole) // 2])
    elif damage == "garbage":
        shop.template.write_bytes(os.urandom(5000))
    elif damage == "empty":
        shop.template.write_bytes(b"")
    elif damage == "no document":
        import zipfile
        with zipfile.ZipFile(shop.template, "w") as package:
            package.writestr("Data/Extracts/data.hyper", b"x")
    else:
        make_template(shop.template, {"orders": COLUMNS}, extra=[("../evil", b"x")])
    torn = shop.template.read_bytes()
    before = shop.site_state()
    result = shop.publish()
    assert result.code in (1, 2) and "template.tdsx" in result.message, result
    assert shop.site_state() == before and shop.template.read_bytes() == torn


def test_several_extracts_without_a_choice_are_refused_with_the_list(shop):
    import zipfile
    from ferry import tds
    first, second = (tds({"orders": COLUMNS}, f"Data/Extracts/{n}.hyper").decode() for n in "ab")
    both = first.replace("</named-connection></named-connections>", "</named-connection><named-connection caption='two' name='hyper.2'>" +
                         second.split("name='hyper.1'>", 1)[1].split("</named-connection>", 1)[0] + "</named-connection></named-connections>")
    shop.template.unlink()
    with zipfile.ZipFile(shop.template, "w") as package:
        package.writestr("template.tds", both)
        package.writestr("Data/Extracts/a.hyper", b"x")
        package.writestr("Data/Extracts/b.hyper", b"x")
    refused(shop, "Data/Extracts/a.hyper", "Data/Extracts/b.hyper", "extract:", code=2)
    shop.settings["extract"] = "Data/Extracts/a.hyper"
    assert shop.write().publish().code == 0


# --- the disk

@contextlib.contextmanager
def small_disk(folder, megabytes):
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here: " + mounted.stderr.strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


# Noise that an extract cannot make smaller: it fills the disk before, in, or behind the load.
@pytest.mark.parametrize("disk_megabytes, noise_megabytes, words", [
    (12, 1, "needs at least"), (48, 80, "loading|disk|space|engine"), (44, 24, "packag|swap|disk|space")])
def test_a_full_disk_is_told(shop, tmp_path, disk_megabytes, noise_megabytes, words):
    noise = os.urandom(noise_megabytes << 19).hex()
    shop.put("noise/a.csv", "id,note\n" + "".join(f"{at},{noise[at:at + 64]}\n" for at in range(0, len(noise), 64)))
    shop.tables = {"noise": {"files": "data/noise/*.csv", "columns": {"id": "bigint", "note": "text"}}}
    shop.template.unlink()
    before = shop.site_state()
    shop.write()
    with small_disk(tmp_path / "small", disk_megabytes) as small:
        result = shop.publish(env={"TMPDIR": str(small)})
        assert result.code == 1 and re.search(words, result.message), result
        assert "TMPDIR" in result.message, result
        assert list(small.iterdir()) == []
    assert shop.site_state() == before
