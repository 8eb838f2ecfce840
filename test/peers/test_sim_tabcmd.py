"""tabcmd 2, Tableau's own command line, judges tabferry-sim. Each command is a process and signs in with the one token.

It is found by the environment variable TABFERRY_TABCMD, in a virtual environment of its own (scripts/tabcmd.in).
"""

import os
import random
import subprocess
import zipfile

import pytest
from simulator import SITE, TOKEN_NAME, TOKEN_SECRET

TDS = b"<?xml version='1.0' encoding='utf-8' ?>\n<datasource formatted-name='Sales' version='18.1'/>\n"
TWB = b"""<?xml version='1.0' encoding='utf-8' ?>
<workbook version='18.1'><worksheets><worksheet name='Map'/><worksheet name='Table'/></worksheets></workbook>
"""


@pytest.fixture
def tabcmd(sim, tmp_path):
    """tabcmd("list", "projects"): what it says; fails where its exit code is not the one expected."""
    home, token = tmp_path / "home", tmp_path / "token"
    home.mkdir(mode=0o700)
    token.write_text(TOKEN_SECRET)
    token.chmod(0o600)
    program = os.environ.get("TABFERRY_TABCMD", "")
    assert os.access(program, os.X_OK), f"TABFERRY_TABCMD is {program!r}; to get tabcmd: scripts/bootstrap test"

    def run(*arguments, code=0, secret=token):
        signing = ["--server", sim.url, "--site", SITE, "--token-name", TOKEN_NAME, "--token-file", str(secret)]
        done = subprocess.run([program, *map(str, arguments), *signing], cwd=tmp_path, timeout=120, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              env={"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8", "NO_PROXY": "*"})
        assert done.returncode == code, done.stderr
        return done.stderr

    run.sim = sim
    return run


def package(path, document, content):
    """A zip with a document and 300 kB that do not compress."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(document, content)
        archive.writestr("Data/Extracts/x.hyper", random.Random(7).randbytes(300_000))
    return path


@pytest.fixture
def tdsx(tmp_path):
    return package(tmp_path / "Sales.tdsx", "Sales.tds", TDS)


@pytest.fixture
def twbx(tmp_path):
    return package(tmp_path / "Overview.twbx", "Overview.twb", TWB)


def test_sign_in(tabcmd, tmp_path):
    assert "Succeeded" in tabcmd("login")
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-secret")
    assert "401001" in tabcmd("login", code=1, secret=wrong)


def test_list_projects(tabcmd):
    said = tabcmd("list", "projects", "--name")
    with tabcmd.sim.client() as server:
        projects = server.projects.get()[0]
    assert len(projects) == 3
    for project in projects:
        assert f"ID: {project.id}" in said
        assert f"NAME: {project.name}" in said
    assert "3 total projects" in said


def test_a_data_source_comes_back_as_it_went(tabcmd, tdsx, tmp_path):
    where = ("--project", "Daily", "--parent-project-path", "Finance")
    assert "successfully published" in tabcmd("publish", tdsx, *where)
    said = tabcmd("list", "datasources", "--name", "--address")
    assert "NAME: Sales, Sales" in said
    assert "1 total datasources" in said
    tabcmd("get", "/datasources/Sales.tdsx", "--filename", tmp_path / "back.tdsx")
    assert (tmp_path / "back.tdsx").read_bytes() == tdsx.read_bytes()
    with tabcmd.sim.client() as server:
        [item] = server.datasources.get()[0]
        assert (item.name, item.project_name) == ("Sales", "Daily")


def test_a_data_source_is_overwritten_only_when_told(tabcmd, tdsx, tmp_path):
    tabcmd("publish", tdsx, "--project", "default")
    assert "403007" in tabcmd("publish", tdsx, "--project", "default", code=1)
    newer = package(tmp_path / "newer.tdsx", "Sales.tds", TDS.replace(b"18.1", b"18.2"))
    tabcmd("publish", newer, "--name", "Sales", "--overwrite", "--project", "default")
    tabcmd("get", "/datasources/Sales.tdsx", "--filename", tmp_path / "back.tdsx")
    assert (tmp_path / "back.tdsx").read_bytes() == newer.read_bytes()


def test_no_project_is_the_default_one(tabcmd, tdsx):
    tabcmd("publish", tdsx)  # asks for the project "Default", which every site has as "default"
    with tabcmd.sim.client() as server:
        assert [item.project_name for item in server.datasources.get()[0]] == ["default"]


def test_a_data_source_is_deleted(tabcmd, tdsx):
    tabcmd("publish", tdsx, "--project", "Daily", "--parent-project-path", "Finance")
    assert "404" in tabcmd("delete", "Sales", "--datasource", "--project", "default", code=1)
    tabcmd("delete", "Sales", "--datasource", "--project", "Daily", "--parent-project-path", "Finance")
    with tabcmd.sim.client() as server:
        assert server.datasources.get()[0] == []


def test_a_workbook_comes_back_as_it_went(tabcmd, twbx, tmp_path):
    where = ("--project", "Daily", "--parent-project-path", "Finance")
    assert "successfully published" in tabcmd("publish", twbx, *where)
    said = tabcmd("list", "workbooks", "--name", "--address", "--details")
    assert "NAME: Overview, Overview" in said
    assert "Map, Table" in said
    assert "1 total workbooks" in said
    tabcmd("get", "/workbooks/Overview.twbx", "--filename", tmp_path / "back.twbx")
    assert (tmp_path / "back.twbx").read_bytes() == twbx.read_bytes()
    tabcmd("delete", "Overview", "--workbook", *where)
    with tabcmd.sim.client() as server:
        assert server.workbooks.get()[0] == []


def test_projects(tabcmd):
    tabcmd("createproject", "--name", "Weekly", "--parent-project-path", "Finance/Daily", "--description", 'of "weeks"')
    assert "409006" in tabcmd("createproject", "--name", "weekly", "--parent-project-path", "Finance/Daily", code=1)
    with tabcmd.sim.client() as server:
        projects = {project.name: project for project in server.projects.get()[0]}
        assert projects["Weekly"].parent_id == projects["Daily"].id
        assert projects["Weekly"].description == 'of "weeks"'
        tabcmd("deleteproject", "Weekly", "--parent-project-path", "Finance/Daily")
        assert {project.name for project in server.projects.get()[0]} == {"default", "Finance", "Daily"}


def test_users_and_a_group(tabcmd, tmp_path):
    users = tmp_path / "users.csv"     # name, password, full name, license, administrator, publisher, e-mail
    users.write_text("ann,,Ann A,creator,none,yes,\nbob,,Bob B,viewer,none,no,\n")
    assert "Number of users added: 2" in tabcmd("createsiteusers", users)
    assert "Number of users added: 0" in tabcmd("createsiteusers", users)  # they are there already
    tabcmd("creategroup", "Readers")
    names = tmp_path / "names.csv"
    names.write_text("ann\nbob\n")
    tabcmd("addusers", "Readers", "--users", names)
    with tabcmd.sim.client() as server:
        roles = {user.name: user.site_role for user in server.users.get()[0]}
        assert (roles["ann"], roles["bob"]) == ("Creator", "Viewer")
        group = next(group for group in server.groups.get()[0] if group.name == "Readers")
        server.groups.populate_users(group)
        assert sorted(user.name for user in group.users) == ["ann", "bob"]
        names.write_text("bob\n")
        tabcmd("deletesiteusers", names)
        assert "bob" not in {user.name for user in server.users.get()[0]}
        tabcmd("deletegroup", "Readers")
        assert "Readers" not in {group.name for group in server.groups.get()[0]}
