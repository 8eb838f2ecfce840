"""What a backup would do of a simulated site: survey_tool's answer, and the same read by hand."""
import json
import os
import pathlib
import subprocess
import tempfile
from xml.etree import ElementTree

import requests
from programs import program
from simulator import SITE, TOKEN_NAME, TOKEN_SECRET

SPACE = "{http://tableau.com/api}"


def survey(sim, *flags):
    """The tool's JSON; "files" are the bytes of all that it wrote to its folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [program("TABFERRY_SURVEY_TOOL"), sim.url, SITE, folder, *flags], capture_output=True, timeout=120,
            env=os.environ | {"SIM_TOKEN_NAME": TOKEN_NAME, "SIM_TOKEN_SECRET": TOKEN_SECRET})
        assert done.returncode == 0, done.stderr.decode()
        files = b"".join(path.read_bytes() for path in pathlib.Path(folder).iterdir())
    return json.loads(done.stdout) | {"files": files, "stdout": done.stdout}


def element_at(server, path, below="site"):
    """The root of the XML answer; None where the site refuses."""
    base = f"{server.server_address}/api/{server.version}" + (f"/sites/{server.site_id}" if below == "site" else "")
    answer = requests.get(f"{base}/{path}", headers={"X-Tableau-Auth": server.auth_token}, timeout=60)
    return ElementTree.fromstring(answer.content) if answer.ok else None


def elements_of(server, path, wrapper, item, below="site"):
    """All pages of a list, as ElementTree has them."""
    found, number = [], 1
    while True:
        root = element_at(server, f"{path}{'&' if '?' in path else '?'}pageSize=40&pageNumber={number}", below)
        page = root.findall(f"{SPACE}{wrapper}/{SPACE}{item}")
        found += page
        pagination = root.find(f"{SPACE}pagination")
        if pagination is None or len(found) >= int(pagination.get("totalAvailable")) or not page:
            return found
        number += 1
