"""Small files that a Tableau site takes: workbooks, data sources, flows, bare and packaged; the same each time."""

import io
import json
import random
import zipfile
from xml.sax.saxutils import quoteattr

HYPER = b"Hyper" + bytes(11)
LIVE = ('<connection class="sqlserver" server="db.example.com" port="1433" dbname="shop" username="reader" '
        'authentication="sqlserver"/>')


def filler(size, seed=1):
    """Bytes that nothing makes smaller."""
    return random.Random(seed).randbytes(size)


def zipped(entries):
    """{name: bytes or text} as a zip; the times in it are fixed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def source(name="Orders", leaf=LIVE, extract=None):
    """A <datasource> with one named connection to `leaf`; with `extract` an entry that it reads instead."""
    extracted = ("" if extract is None else
                 f'<extract enabled="true"><connection class="hyper" dbname={quoteattr(extract)}/></extract>')
    return (f'<datasource caption={quoteattr(name)} inline="true" version="18.1"><connection class="federated">'
        f'<named-connections><named-connection caption="x" name="leaf">{leaf}</named-connection></named-connections>'
        f"</connection>{extracted}</datasource>")


def link(content_url, name="Linked"):
    """A <datasource> that is a link to a published one."""
    return (f'<datasource caption={quoteattr(name)} inline="true" version="18.1">'
            f'<connection class="sqlproxy" channel="https" dbname={quoteattr(content_url)} '
            'directory="/dataserver" port="443" server="tableau.example.com" username=""/>'
            "</datasource>")


def twb(sheets=("Sheet 1",), dashboards=(), stories=(), hidden=(), sources=None):
    def sheet(tag, name, more=""):
        return f"<{tag} name={quoteattr(name)}{more}/>"

    names = [*sheets, *dashboards, *stories]
    windows = "".join(sheet("window", name, ' class="worksheet"' + (' hidden="true"' if name in hidden else ""))
                      for name in names)
    return ('<?xml version="1.0" encoding="utf-8"?>\n<workbook version="18.1"><datasources>'
            '<datasource name="Parameters" hasconnection="false" inline="true" version="18.1"/>'
            + "".join(sources if sources is not None else [source()]) + "</datasources><worksheets>"
            + "".join(sheet("worksheet", name) for name in sheets) + "</worksheets><dashboards>"
            + "".join(sheet("dashboard", name) for name in dashboards)
            + "".join(sheet("dashboard", name, ' type="storyboard"') for name in stories)
            + f"</dashboards><windows>{windows}</windows></workbook>").encode()


def twbx(document=None, size=1000, seed=1):
    return zipped({"Book.twb": document or twb(), "Data/Extracts/x.hyper": filler(size, seed), "Image/a.png": b"image"})


def tds(**more):
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + source(**more)).encode()


def tdsx(size=1000, seed=1, document=None):
    extract = "Data/Extracts/x.hyper"
    return zipped({"Sales.tds": document or tds(extract=extract), extract: filler(size, seed)})


def flow(server="db.example.com", seed=1):
    """A .tfl (and .tflx: both are zip files)."""
    document = {"nodes": {}, "connections": {"c1": {"id": "c1", "name": server, "connectionAttributes": {
        "class": "postgres", "server": server, "port": "5432", "username": "reader", "dbname": "shop"}}}}
    return zipped({
        "flow": json.dumps(document), "maestroMetadata": "{}", "displaySettings": "{}", "x": filler(100, seed)})


def put_item(folder, kind, item_id, fields, parts=()):
    """Writes an item to the journal of a site that is not served now. A part: {"n": name, "a": {...}, "c": [...]}."""
    with open(folder / "site.jsonl", "a", encoding="utf-8") as journal:
        journal.write(json.dumps([["+", kind, item_id, fields, list(parts)]]) + "\n")
