"""The demo's input is what it says: 200,000 rows in 12 files, the same bytes each time, and a template that fits them."""
import csv
import io
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "demo"
TYPES = {"bigint": "integer", "integer": "integer", "numeric(10,2)": "real", "double": "real", "text": "string", "bool": "boolean",
         "date": "date", "timestamp": "datetime"}


def make(folder):
    subprocess.run([sys.executable, DEMO / "make_input.py", folder], check=True, timeout=120)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("demo"))


def records(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


def configured_columns(table):
    """The columns of a table in demo/tabferry.yaml, read by its indentation."""
    text = (DEMO / "tabferry.yaml").read_text(encoding="utf-8")
    block = re.search(rf"^      {table}:\n(?:        .*\n)*?        columns:\n((?:          .*\n)+)", text, re.M).group(1)
    return dict(line.split("#")[0].strip().split(": ") for line in block.splitlines())


def template_records():
    root = ElementTree.parse(DEMO / "sales.tds").getroot()
    found = {}
    for record in root.findall("connection/metadata-records/metadata-record"):
        found.setdefault(record.findtext("parent-name").strip("[]"), {})[record.findtext("remote-name")] = record.findtext("local-type")
    return found


def test_two_hundred_thousand_rows_in_twelve_files(made):
    tables = {name: records(content) for name, content in made.items() if name.endswith(".csv")}
    assert len(tables) == 12
    assert sum(len(rows) - 1 for rows in tables.values()) == 200_000
    assert sum(name.startswith("orders/dt=") for name in tables) == 11
    for name, rows in tables.items():
        assert {len(row) for row in rows} == {len(rows[0])}, name


def test_the_same_bytes_each_time(made, tmp_path):
    assert make(tmp_path) == made


def test_the_values_are_as_awkward_as_real_ones(made):
    text = made["customers.csv"].decode("utf-8") + made["orders/dt=2025-01-01/orders.csv"].decode("utf-8")
    for sight in ('""', "\nline two", "東京", "🎁", ",,", "O'Neill", "Smith, Jr.", ',""\n'):
        assert sight in text, sight


def test_every_order_has_its_customer_once(made):
    customers = [row[0] for row in records(made["customers.csv"])[1:]]
    assert len(set(customers)) == len(customers)     # the model says unique-key
    for name, content in made.items():
        if name.startswith("orders/"):
            assert {row[1] for row in records(content)[1:]} <= set(customers), name


@pytest.mark.parametrize("table, file, file_column", [("orders", "orders/dt=2025-01-01/orders.csv", {"File Path": "string"}),
                                                      ("customers", "customers.csv", {})])
def test_files_configuration_and_template_agree(made, table, file, file_column):
    columns = configured_columns(table)
    assert records(made[file])[0] == list(columns)
    assert {name: TYPES[kind] for name, kind in columns.items()} | file_column == template_records()[table]


def test_the_template_is_our_model_and_a_place_for_the_extract(made, tmp_path):
    (tmp_path / "sales.tdsx").write_bytes(made["sales.tdsx"])
    with zipfile.ZipFile(tmp_path / "sales.tdsx") as package:
        assert package.namelist() == ["sales.tds", "Data/Extracts/sales.hyper"]
        assert package.read("sales.tds") == (DEMO / "sales.tds").read_bytes()
    assert "dbname='Data/Extracts/sales.hyper'" in (DEMO / "sales.tds").read_text(encoding="utf-8")


def test_the_document_validator_finds_nothing(made, tmp_path):
    validator = pathlib.Path(os.environ.get("TABFERRY_SHARED", REPOSITORY.parent / "shared")) / "tools" / "tds_validate.py"
    if not validator.is_file():
        pytest.skip("the reference validator is not beside the repository")
    (tmp_path / "sales.tdsx").write_bytes(made["sales.tdsx"])
    result = subprocess.run([sys.executable, validator, tmp_path / "sales.tdsx"], capture_output=True, text=True, timeout=120,
                            env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
    assert result.returncode == 0 and result.stdout.startswith("ok"), result.stdout + result.stderr
