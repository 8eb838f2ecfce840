"""Debian packages by dpkg-deb: `tabferry`, on Debian's libraries, and `tabferry-engine`, Tableau's extract engine."""

import gzip
import hashlib
import os
import pathlib
import shutil
import tempfile

import engine
from bundle import put_program
from dist import ROOT, built, epoch, files_of, pages, run
from notices import COMPILED_IN_PACKAGES, DOCUMENTS, sources

MAINTAINER = "The tabferry authors <tabferry@localhost>"
UNITS = (".service", ".timer", ".path", ".target")
COPYRIGHT = """tabferry

Copyright the tabferry authors.
Licensed under the Apache License, Version 2.0: /usr/share/common-licenses/Apache-2.0.

Compiled in, under the same licence, copyright Amazon.com, Inc. or its affiliates:

{sources}
Compiled in, from Debian's packages, whose own words follow: {packages}.
"""
ABOUT = """Description: {summary}
{text}
"""


def depends(*programs):
    """What dpkg-shlibdeps finds; it wants to stand beside a debian/control."""
    with tempfile.TemporaryDirectory(prefix="tabferry-deb-") as folder:
        control = pathlib.Path(folder) / "debian" / "control"
        control.parent.mkdir()
        control.write_text("Source: tabferry\n\nPackage: tabferry\nArchitecture: amd64\n", encoding="utf-8")
        told = run("dpkg-shlibdeps", "--warnings=0", "-O", *(f"-e{program}" for program in programs), cwd=folder)
    return told.strip().removeprefix("shlibs:Depends=")


def write_control(folder, fields, summary, text):
    installed = sum(path.lstat().st_size for path in files_of(folder)) // 1024
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files_of(folder)]
    fields = {**fields, "Architecture": "amd64", "Maintainer": MAINTAINER, "Installed-Size": installed}
    lines = [f"{name}: {value}\n" for name, value in {**fields, "Priority": "optional"}.items()]
    control = folder / "DEBIAN"
    control.mkdir()
    (control / "control").write_text("".join(lines) + ABOUT.format(summary=summary, text=text), encoding="utf-8")
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")


def settle(folder):
    """Modes that do not depend on who builds: all may read, owners write."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def build(folder, target, *compression):
    settle(folder)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch())}
    run("dpkg-deb", "--root-owner-group", *compression, "--build", folder, target, env=environment)
    return target


def copyright_text():
    text = COPYRIGHT.format(sources=sources(), packages=", ".join(COMPILED_IN_PACKAGES))
    for name in COMPILED_IN_PACKAGES:
        text += f"\n\n=== {name}\n\n{(DOCUMENTS / name / 'copyright').read_text(encoding='utf-8')}"
    return text


def put_documents(folder):
    documents = folder / "usr" / "share" / "doc" / "tabferry"
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(copyright_text(), encoding="utf-8")
    with gzip.GzipFile(documents / "changelog.gz", "wb", 9, mtime=epoch()) as log:
        log.write((ROOT / "CHANGELOG.md").read_bytes())
    for page in pages():
        shutil.copyfile(page, documents / page.name)


def put_units(folder):
    """Units of systemd, none of them enabled."""
    units = [path for path in sorted((ROOT / "packaging" / "systemd").glob("*")) if path.suffix in UNITS]
    target = folder / "usr" / "lib" / "systemd" / "system"
    for unit in units:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(unit, target / unit.name)


def make(build_folder, out, version):
    with tempfile.TemporaryDirectory(prefix="tabferry-deb-") as folder:
        folder = pathlib.Path(folder)
        put_program(built(build_folder, "tabferry"), folder / "usr" / "bin" / "tabferry")
        put_documents(folder)
        put_units(folder)
        needed = f"{depends(built(build_folder, 'tabferry'))}, ca-certificates"
        fields = {
            "Package": "tabferry", "Version": version, "Section": "admin",
            "Depends": needed, "Suggests": "tabferry-engine",
        }  # fmt: skip
        write_control(folder, fields, "data from S3 to Tableau, and whole Tableau sites to S3",
                      " tabferry publishes CSV files as data sources and backs up Tableau Cloud and Server sites:\n"
                      " whole or nothing, and always told. Publishing needs the extract engine: tabferry-engine.")
        return build(folder, out / f"tabferry_{version}_amd64.deb")


def make_engine(wheel, out):
    """Not compressed hard: it would take minutes for a tenth of its size."""
    with tempfile.TemporaryDirectory(prefix="tabferry-deb-") as folder:
        folder = pathlib.Path(folder)
        engine.put(wheel, folder / "usr" / "lib" / "tabferry" / "hyper")
        documents = folder / "usr" / "share" / "doc" / "tabferry-engine"
        documents.mkdir(parents=True)
        shutil.copyfile(folder / "usr" / "lib" / "tabferry" / "hyper" / "LICENSE", documents / "copyright")
        fields = {
            "Package": "tabferry-engine", "Version": engine.version(wheel), "Section": "non-free/admin",
            "Depends": depends(folder / "usr/lib/tabferry/hyper/hyperd"), "Enhances": "tabferry",
        }  # fmt: skip
        write_control(folder, fields, "Tableau's extract engine (hyperd), for tabferry publish",
                      " The program hyperd out of the wheel tableauhyperapi on PyPI, as Salesforce delivers it there,\n"
                      " under the Apache License, Version 2.0.")
        return build(folder, out / f"tabferry-engine_{engine.version(wheel)}_amd64.deb", "-Zgzip", "-z1")
