"""What the end-to-end tests share: a workshop with files, a template, a config and a site, and runs of the real program."""
import csv
import hashlib
import io
import json
import os
import subprocess
import tempfile
import time
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

import tableauserverclient as tsc

TABFERRY = os.environ["TABFERRY"]
HYPERD = os.environ["TABFERRY_HYPERD"]
SECRET = "demo-secret"

LOCAL = {"bigint": ("integer", 20), "int64": ("integer", 20), "int": ("integer", 3), "smallint": ("integer", 2), "double": ("real", 5), "text": ("string", 129),
         "bool": ("boolean", 11), "date": ("date", 133), "timestamp": ("datetime", 135), "timestamptz": ("datetime", 135), "time": ("datetime", 134)}


def local_type(kind):
    base = kind.split("(")[0]
    if base in ("varchar", "char"):
        return "string", 129
    if base == "numeric":
        return "real", 131
    return LOCAL[base]


def bracketed(name):
    return "[" + name.replace("]", "]]") + "]"


def tds(tables, hyper="Data/Extracts/data.hyper", metadata=True, schema="public"):
    """A data source document for {table: {column: type}}, as Tableau Desktop writes it for a .hyper."""
    def relation(name):
        return f"<relation connection='hyper.1' name={quoteattr(name)} table={quoteattr(bracketed(schema) + '.' + bracketed(name))} type='table' />"
    relations = "".join(relation(name) for name in tables)
    if len(tables) > 1:
        relations = f"<relation type='collection'>{relations}</relation>"
    records, ordinal = "", 0
    for table, columns in tables.items():
        for column, kind in columns.items():
            local, remote = local_type(kind)
            records += (f"<metadata-record class='column'><remote-name>{xml(column)}</remote-name><remote-type>{remote}</remote-type>"
                        f"<local-name>{xml(bracketed(column))}</local-name><parent-name>{xml(bracketed(table))}</parent-name>"
                        f"<remote-alias>{xml(column)}</remote-alias><ordinal>{ordinal}</ordinal><local-type>{local}</local-type>"
                        "<aggregation>Count</aggregation><contains-null>true</contains-null></metadata-record>")
            ordinal += 1
    records = f"<metadata-records>{records}</metadata-records>" if metadata else ""
    return ("<?xml version='1.0' encoding='utf-8' ?>\r\n\r\n<!-- build 20243.24.1010.1014                               -->\r\n"
            "<datasource formatted-name='template' inline='true' version='18.1' xmlns:user='http://www.tableausoftware.com/xml/user'>"
            "<connection class='federated'><named-connections><named-connection caption='data' name='hyper.1'>"
            f"<connection authentication='auth-none' author-locale='en_US' class='hyper' dbname={quoteattr(hyper)} default-settings='yes' "
            "server='' sslmode='' username='tableau_internal_user' /></named-connection></named-connections>"
            f"{relations}{records}</connection><aliases enabled='yes' /></datasource>\r\n").encode()


def xml(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def make_template(path, tables, hyper="Data/Extracts/data.hyper", extra=(), **more):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("template.tds", tds(tables, hyper, **more))
        package.writestr(hyper, b"the old extract")
        for name, data in extra:
            package.writestr(name, data)


class Workshop:
    """A folder with data/, a template and tabferry.yaml; `site` is a running simulator (see simulator.py)."""

    def __init__(self, folder, site):
        self.folder = Path(folder)
        self.site = site
        self.temp = self.folder / "tmp"
        self.temp.mkdir(exist_ok=True)
        self.tables = {}
        self.settings = {"name": "Sales", "project": "Finance/Daily"}
        self.template = self.folder / "template.tdsx"

    def put(self, key, text):
        path = self.folder / "data" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def put_rows(self, key, header, rows):
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
        return self.put(key, text.getvalue())

    def table(self, name, columns, files, **more):
        self.tables[name] = {"files": files, "columns": columns, **more}

    def config(self):
        return {"sites": {"demo": {"server": self.site.url if self.site else "http://127.0.0.1:1", "site": "demo",
                                   "auth": {"pat_name": "demo", "pat_secret": "env:PAT_SECRET"}}},
                "datasources": {"sales": {**self.settings, "tables": self.tables}}}

    def write(self, template=True):
        """Writes the config (JSON is YAML, and keeps odd names safe) and a template that fits the tables."""
        if template and not self.template.exists():
            columns = {name: {**table.get("columns", {}), **({table["file_column"]: "text"} if "file_column" in table else {})}
                       for name, table in self.tables.items()}
            make_template(self.template, columns)
        if template:
            self.settings.setdefault("template", self.template.name)
        (self.folder / "tabferry.yaml").write_text(json.dumps(self.config(), ensure_ascii=False))
        return self

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "TABFERRY_HYPERD": HYPERD, "PAT_SECRET": SECRET, "TMPDIR": str(self.temp), "LANG": "C.UTF-8", **more}

    def start(self, *words, env=None, **popen):
        return subprocess.Popen([TABFERRY, *map(str, words)], cwd=self.folder, env=self.environment(**(env or {})), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **popen)

    def run(self, *words, env=None, timeout=120, **popen):
        process = self.start(*words, env=env, **popen)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"tabferry {words} hangs: {process.communicate()}")
        return Result(process.returncode, out, err)

    def publish(self, *words, **more):
        return self.run("publish", "--json", *words, **more)

    # --- what is on the site

    def client(self):
        return self.site.client()

    def published(self, name=None):
        """The data sources on the site with that name, as tableauserverclient sees them."""
        with self.client() as server:
            return [item for item in tsc.Pager(server.datasources) if item.name == (name or self.settings["name"])]

    def download(self, item):
        """The members of a published package."""
        with self.client() as server, tempfile.TemporaryDirectory() as folder:
            with zipfile.ZipFile(server.datasources.download(item.id, filepath=folder)) as package:
                return {entry: package.read(entry) for entry in package.namelist()}

    def site_state(self):
        """Everything that a failed publish must leave as it is: id, time and bytes of each data source."""
        with self.client() as server:
            items = sorted(tsc.Pager(server.datasources), key=lambda item: item.id)
        return [(item.id, item.name, str(item.updated_at), {name: hashlib.sha256(data).hexdigest() for name, data in self.download(item).items()})
                for item in items]

    def leftovers(self):
        return sorted(path.name for path in self.temp.iterdir())


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def reports(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def report(self):
        assert len(self.reports) == 1, self
        return self.reports[0]

    @property
    def message(self):
        return self.report["error"]["message"] if self.out else self.err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


def processes(needle):
    """The pids whose command line holds these bytes."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and needle.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def until(condition, seconds=20, what="it"):
    """Waits for a condition; what it returned."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def rows_of(hyper_bytes, sql):
    """The rows of an extract, read by Tableau's own Python API."""
    from tableauhyperapi import Connection, HyperProcess, Telemetry
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.hyper"
        path.write_bytes(hyper_bytes)
        with HyperProcess(Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_dir": folder}) as engine:
            with Connection(engine.endpoint, str(path)) as connection:
                return connection.execute_list_query(sql)
