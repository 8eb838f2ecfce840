"""Independent judges: what Tableau's own Python API reads from the published extract is what DuckDB reads from the CSV files."""
import datetime
import decimal
import random
import zipfile

import duckdb
import pytest

from ferry import Workshop, rows_of

# name -> (our type, DuckDB's type, a maker of CSV fields; "" unquoted is NULL, '""' is an empty text)
COLUMNS = {
    "small": ("smallint", "SMALLINT", lambda r: str(r.randint(-32768, 32767))),
    "number": ("int", "INTEGER", lambda r: str(r.randint(-2**31, 2**31 - 1))),
    "big": ("int64", "BIGINT", lambda r: str(r.choice([r.randint(-2**63, 2**63 - 1), 3_000_000_000, 0]))),
    "price": ("numeric(12,3)", "DECIMAL(12,3)", lambda r: f"{r.randint(-10**11, 10**11) / 1000:.3f}"),
    "ratio": ("double", "DOUBLE", lambda r: r.choice([repr(r.uniform(-1e9, 1e9)), "1e-7", "-0.5", "12", "1.5E+10"])),
    "flag": ("bool", "BOOLEAN", lambda r: r.choice(["true", "false", "t", "f"])),
    "day": ("date", "DATE", lambda r: str(datetime.date(1900, 1, 1) + datetime.timedelta(days=r.randint(0, 70000)))),
    "moment": ("timestamp", "TIMESTAMP", lambda r: str(datetime.datetime(2000, 1, 1) + datetime.timedelta(microseconds=r.randint(0, 10**15)))),
    "clock": ("time", "TIME", lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}.{r.randint(0, 999999):06}"),
    "text": ("text", "VARCHAR", lambda r: r.choice(['"a ""quoted"" word"', '"two\nlines"', '"with, comma"', "plain", '""', "東京 😀", "  blanks  ", "NULL", '"\r\n"', "'x'"])),
    "code": ("varchar(6)", "VARCHAR", lambda r: r.choice(["abc", "äöüß", '"a,b"', "123456"])),
}


def csv_text(random_source, count):
    lines = [",".join(COLUMNS)]
    for _ in range(count):
        lines.append(",".join("" if random_source.random() < 0.1 else make(random_source) for _, _, make in COLUMNS.values()))
    return "\n".join(lines) + "\n"


def by_duckdb(paths):
    """Every field as DuckDB's CSV reader splits it, cast by DuckDB. Unquoted empty is NULL, quoted empty is ''."""
    names = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    casts = ", ".join(f'CAST("{name}" AS {kind})' for name, (_, kind, _) in COLUMNS.items())
    rows = []
    for path in paths:
        rows += duckdb.sql(f"SELECT {casts} FROM read_csv('{path}', columns = {{{names}}}, header = true, delim = ',', quote = '\"', escape = '\"', "
                           "nullstr = '', allow_quoted_nulls = false, auto_detect = false, parallel = false, strict_mode = true)").fetchall()
    return rows


def plain(value):
    """Tableau's Date, Timestamp ... and DuckDB's Python values as one kind."""
    if hasattr(value, "to_datetime"):
        value = value.to_datetime()
    elif hasattr(value, "to_date"):
        value = value.to_date()
    elif hasattr(value, "to_time"):
        value = value.to_time()
    if isinstance(value, decimal.Decimal):
        return value.normalize() + 0
    return value


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_types_and_values_are_those_that_duckdb_reads(tmp_path, sim, seed):
    source = random.Random(seed)
    shop = Workshop(tmp_path, sim)
    paths = [shop.put(f"f/{index}.csv", csv_text(source, count)) for index, count in enumerate([700, 1, 0, 1500])]
    shop.table("facts", {name: ours for name, (ours, _, _) in COLUMNS.items()}, "data/f/*.csv", file_column="File Path")
    result = shop.write().publish()
    assert result.code == 0, result
    [item] = shop.published()
    members = shop.download(item)
    with zipfile.ZipFile(shop.template) as package:
        assert members["template.tds"] == package.read("template.tds"), "the document is unchanged"
    hyper = members["Data/Extracts/data.hyper"]

    expected = by_duckdb(paths)
    found = rows_of(hyper, "SELECT * FROM public.facts")
    assert len(found) == len(expected) == result.report["rows"] == 2201
    key = lambda row: [(value is not None, str(value)) for value in row]
    ours = sorted(([plain(value) for value in row[:-1]] for row in found), key=key)
    theirs = sorted(([plain(value) for value in row] for row in expected), key=key)
    assert ours == theirs
    counts = dict(rows_of(hyper, 'SELECT "File Path", count(*) FROM public.facts GROUP BY 1'))
    assert counts == {f"file://{paths[0]}": 700, f"file://{paths[1]}": 1, f"file://{paths[3]}": 1500}


def test_the_types_of_the_extract_are_those_of_the_config(tmp_path, sim):
    from tableauhyperapi import Connection, HyperProcess, TableName, Telemetry
    shop = Workshop(tmp_path, sim)
    shop.put("f/0.csv", csv_text(random.Random(0), 5))
    shop.table("facts", {name: ours for name, (ours, _, _) in COLUMNS.items()}, "data/f/*.csv", file_column="File Path")
    assert shop.write().publish("--no-publish", "-o", "out").code == 0
    with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": str(tmp_path)}) as engine:
        with Connection(engine.endpoint, str(tmp_path / "out/Sales.hyper")) as connection:
            columns = connection.catalog.get_table_definition(TableName("public", "facts")).columns
    assert [(column.name.unescaped, str(column.type)) for column in columns] == [
        ("small", "SMALL_INT"), ("number", "INT"), ("big", "BIG_INT"), ("price", "NUMERIC(12, 3)"), ("ratio", "DOUBLE"), ("flag", "BOOL"),
        ("day", "DATE"), ("moment", "TIMESTAMP"), ("clock", "TIME"), ("text", "TEXT"), ("code", "VARCHAR(6)"), ("File Path", "TEXT")]
