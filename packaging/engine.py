"""Tableau's extract engine out of the wheel tableauhyperapi, which scripts/bootstrap has downloaded by its hash.

Its licence (Apache 2.0, Salesforce) lets it be passed on with its notices; it is 260 MB, so it is a package of its own.
"""

import pathlib
import shutil
import zipfile

from dist import ROOT, Stop

PROGRAM = "tableauhyperapi/bin/hyper/hyperd"


def wheel():
    found = sorted((ROOT / ".deps" / "wheels").glob("tableauhyperapi-*.whl"))
    if len(found) != 1:
        raise Stop("no engine's wheel in .deps/wheels: remove .deps/stamps/engine and run scripts/bootstrap demo")
    return found[0]


def version(wheel_file):
    return pathlib.Path(wheel_file).name.split("-")[1]


def put(wheel_file, folder):
    """hyperd, and beside it LICENSE and the notices: what slims images down drops documents that lie elsewhere."""
    folder.mkdir(parents=True)
    with zipfile.ZipFile(wheel_file) as package:
        about = [name for name in package.namelist() if ".dist-info/" in name]
        papers = [name for name in about if name.endswith((".txt", "/LICENSE"))]
        if not any(name.endswith("/LICENSE") for name in papers):
            raise Stop(f"{wheel_file} holds no LICENSE: it is not passed on without")
        for name in (PROGRAM, *papers):
            if not name.endswith("top_level.txt"):
                with package.open(name) as source, open(folder / pathlib.Path(name).name, "wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
    (folder / "hyperd").chmod(0o755)
