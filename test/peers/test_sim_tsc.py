"""tableauserverclient, which is not ours, judges tabferry-sim: would a real client notice?"""

import io
import os
import random
import signal
import zipfile

import pytest
import schema
import tableauserverclient as TSC
from simulator import PASSWORD, SITE, TOKEN_NAME, TOKEN_SECRET, USER, start_sim

MEGABYTE = 1024 * 1024


def token():
    return TSC.PersonalAccessTokenAuth(TOKEN_NAME, TOKEN_SECRET, site_id=SITE)


def password():
    return TSC.TableauAuth(USER, PASSWORD, site_id=SITE)


def connect(sim, auth=None, version="3.27"):
    server = TSC.Server(sim.url, session_factory=schema.session)
    server.version = version
    server.auth.sign_in(auth or token())
    return server


@pytest.fixture
def server(sim):
    server = connect(sim)
    yield server
    server.auth.sign_out()


def package(seed=1, size=1000):
    """A data source with an extract of `size` incompressible bytes (which is none, but nobody looks)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.tds", "<?xml version='1.0'?><datasource/>")
        archive.writestr("Data/Extracts/x.hyper", random.Random(seed).randbytes(size))
    return buffer.getvalue()


@pytest.fixture
def tdsx(tmp_path):
    path = tmp_path / "sales.tdsx"
    path.write_bytes(package())
    return path


def project_id(server, name):
    return next(project.id for project in TSC.Pager(server.projects) if project.name == name)


def publish(server, path, name="Sales", mode="CreateNew", project="Daily", **more):
    return server.datasources.publish(TSC.DatasourceItem(project_id(server, project), name), str(path), mode, **more)


def downloaded(server, item_id):
    buffer = io.BytesIO()
    server.datasources.download(item_id, buffer)
    return buffer.getvalue()


def refused(code):
    kind = TSC.FailedSignInError if code // 1000 == 401 else TSC.ServerResponseError
    return pytest.raises(kind, match=f"\\s{code}: ")


# --- who are you --------------------------------------------------------------------------------------------------------


def test_server_info_needs_no_sign_in(sim):
    info = TSC.Server(sim.url, session_factory=schema.session).server_info.get()
    assert info.product_version == "2025.3.0"
    assert info.rest_api_version == "3.29"
    server = TSC.Server(sim.url)
    server.use_server_version()
    assert server.version == "3.29"


@pytest.mark.parametrize("auth", [token, password])
def test_sign_in_and_out(sim, auth):
    server = connect(sim, auth())
    assert server.is_signed_in()
    user = server.users.get_by_id(server.user_id)
    assert (user.name, user.site_role) == ("admin", "SiteAdministratorCreator")
    old_token, site_id, user_id = server.auth_token, server.site_id, server.user_id
    server.auth.sign_out()
    server._set_auth(site_id, user_id, old_token)
    with refused(401002):
        server.projects.get()


@pytest.mark.parametrize(
    "auth",
    [
        TSC.PersonalAccessTokenAuth(TOKEN_NAME, "wrong", site_id=SITE),
        TSC.PersonalAccessTokenAuth("wrong", TOKEN_SECRET, site_id=SITE),
        TSC.PersonalAccessTokenAuth(TOKEN_NAME, TOKEN_SECRET, site_id="wrong"),
        TSC.TableauAuth(USER, "wrong", site_id=SITE),
        TSC.TableauAuth(USER, "", site_id=SITE),
    ],
)
def test_wrong_credentials(sim, auth):
    with refused(401001):
        connect(sim, auth)


def test_a_second_sign_in_with_a_token_ends_the_first(sim):
    first = connect(sim)
    by_password = connect(sim, password())
    second = connect(sim)
    with refused(401002):
        first.projects.get()
    assert second.projects.get()[1].total_available == 3
    assert by_password.projects.get()[1].total_available == 3
    another_by_password = connect(sim, password())
    assert by_password.projects.get()[1].total_available == 3
    assert another_by_password.projects.get()[1].total_available == 3


def test_the_site(server):
    for site in (server.sites.get_by_id(server.site_id), server.sites.get_by_name("demo")):
        assert (site.id, site.name, site.content_url) == (server.site_id, "demo", "demo")
    with refused(404000):
        server.sites.get_by_name("other")


@pytest.mark.parametrize("version", ["2.4", "3.6", "3.27"])
def test_any_version_of_the_api(sim, version):
    server = connect(sim, password(), version)
    assert {project.name for project in TSC.Pager(server.projects)} == {"default", "Finance", "Daily"}


# --- projects -----------------------------------------------------------------------------------------------------------


def test_projects_are_nested(server):
    projects = {project.name: project for project in TSC.Pager(server.projects)}
    assert set(projects) == {"default", "Finance", "Daily"}
    assert projects["Daily"].parent_id == projects["Finance"].id
    assert projects["Finance"].parent_id is None
    assert projects["Finance"].owner_id == server.user_id


def test_a_pager_over_three_pages():
    names = [f"P{i:02}" for i in range(22)]
    with start_sim(*(f"--project={name}" for name in names)) as sim:
        server = connect(sim)
        options = TSC.RequestOptions(pagesize=10)
        found = [project.name for project in TSC.Pager(server.projects, options)]
        assert sorted(found) == sorted(names + ["default", "Finance", "Daily"])
        with refused(400006):
            server.projects.get(TSC.RequestOptions(pagenumber=4, pagesize=10))
        with refused(403014):
            server.projects.get(TSC.RequestOptions(pagesize=1001))


@pytest.mark.parametrize("version", ["3.6", "3.27"])  # before 3.7 the client sends the delimiters as they are
def test_projects_with_odd_names_are_found_by_filter(version):
    odd = 'Finance/Daily "Q1"; 100% + [x] 売上'
    with start_sim("--project", odd, "--project", r"A\/B/C") as sim:
        server = connect(sim, version=version)
        names = {project.name for project in TSC.Pager(server.projects)}
        assert names == {"default", "Finance", "Daily", 'Daily "Q1"; 100% + [x] 売上', "A/B", "C"}

        def by(field, value, operator=TSC.RequestOptions.Operator.Equals):
            options = TSC.RequestOptions()
            options.filter.add(TSC.Filter(field, operator, value))
            return {project.name for project in server.projects.get(options)[0]}

        fields = TSC.RequestOptions.Field
        assert by(fields.ParentProjectId, project_id(server, "A/B")) == {"C"}
        assert by(fields.TopLevelProject, "true") == {"default", "Finance", "A/B"}
        assert by(fields.Name, "nothing") == set()
        if version == "3.27":
            assert by(fields.Name, 'Daily "Q1"; 100% + [x] 売上') == {'Daily "Q1"; 100% + [x] 売上'}
            assert by(fields.Name, ["C", "Daily"], TSC.RequestOptions.Operator.In) == {"C", "Daily"}


# --- publishing ---------------------------------------------------------------------------------------------------------


def test_publish_get_download_delete(server, tdsx):
    made = publish(server, tdsx)
    assert made.name == "Sales"
    listed, page = server.datasources.get()
    assert (page.total_available, [item.id for item in listed]) == (1, [made.id])
    item = server.datasources.get_by_id(made.id)
    assert (item.name, item.project_name, item.owner_id) == ("Sales", "Daily", server.user_id)
    assert item.project_id == project_id(server, "Daily")
    assert (item.content_url, item.has_extracts, item.size) == ("Sales", True, 1)
    assert item.created_at == item.updated_at
    assert item.webpage_url.startswith(server.server_address + "/#/site/demo/datasources/")
    assert downloaded(server, made.id) == tdsx.read_bytes()
    server.datasources.delete(made.id)
    assert server.datasources.get()[0] == []
    with refused(404004):
        server.datasources.get_by_id(made.id)
    with refused(404004):
        server.datasources.delete(made.id)
    with refused(404004):
        downloaded(server, made.id)


@pytest.mark.parametrize("name", ['A/B "test"; 100%', "売上 – Umsätze", "it's ]]> <&>", "a+b c", "x" * 200])
def test_names_survive(server, tdsx, tmp_path, name):
    made = publish(server, tdsx, name)
    assert server.datasources.get_by_id(made.id).name == name
    saved = server.datasources.download(made.id, str(tmp_path / "saved"))
    assert saved.endswith(".tdsx")
    assert open(saved, "rb").read() == tdsx.read_bytes()


def test_the_filename_of_a_download(server, tdsx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    saved = server.datasources.download(publish(server, tdsx, "Sales 100%").id)
    assert os.path.basename(saved) == "Sales 100.tdsx"  # what the client makes of "Sales 100%.tdsx"


def test_data_sources_are_found_by_filter(server, tdsx):
    publish(server, tdsx, "One", project="Daily")
    publish(server, tdsx, "One", project="default")
    publish(server, tdsx, "Two", project="default")
    fields, equals = TSC.RequestOptions.Field, TSC.RequestOptions.Operator.Equals
    options = TSC.RequestOptions()
    options.filter.add(TSC.Filter(fields.Name, equals, "One"))
    assert len(server.datasources.get(options)[0]) == 2
    options.filter.add(TSC.Filter(fields.ProjectName, equals, "Daily"))
    assert [item.project_name for item in server.datasources.get(options)[0]] == ["Daily"]
    options = TSC.RequestOptions()
    options.sort.add(TSC.Sort(fields.Name, TSC.RequestOptions.Direction.Desc))
    assert [item.name for item in server.datasources.get(options)[0]] == ["Two", "One", "One"]


def test_overwriting(server, tdsx, tmp_path):
    made = publish(server, tdsx)
    with refused(403007):
        publish(server, tdsx, "SALES")
    newer = tmp_path / "newer.tdsx"
    newer.write_bytes(package(seed=2))
    again = publish(server, newer, mode="Overwrite")
    assert again.id == made.id
    assert downloaded(server, made.id) == newer.read_bytes()
    assert server.datasources.get()[1].total_available == 1
    elsewhere = publish(server, tdsx, project="default")
    assert elsewhere.id != made.id
    assert elsewhere.content_url != again.content_url


def test_overwriting_what_does_not_exist_creates(server, tdsx):
    publish(server, tdsx, mode="Overwrite")
    assert server.datasources.get()[1].total_available == 1


def test_an_unknown_project(server, tdsx):
    with refused(404005):
        server.datasources.publish(TSC.DatasourceItem("00000000-0000-4000-8000-000000000000", "x"), str(tdsx), "CreateNew")
    assert server.datasources.get()[0] == []


def test_no_project_is_the_default_one(server, tdsx):
    made = server.datasources.publish(TSC.DatasourceItem(None, "x"), str(tdsx), "CreateNew")
    assert made.project_name == "default"


def test_publishing_in_chunks(server, tmp_path, monkeypatch):
    monkeypatch.setenv("TSC_FILESIZE_LIMIT_MB", "1")
    monkeypatch.setenv("TSC_CHUNK_SIZE_MB", "1")
    path = tmp_path / "large.tdsx"
    path.write_bytes(package(size=5 * MEGABYTE + 12345))
    made = publish(server, path)
    item = server.datasources.get_by_id(made.id)
    assert item.size == 5
    assert downloaded(server, made.id) == path.read_bytes()


@pytest.mark.parametrize("chunked", [False, True])
def test_publishing_as_a_job(server, tdsx, tmp_path, monkeypatch, chunked):
    path = tdsx
    if chunked:
        monkeypatch.setenv("TSC_FILESIZE_LIMIT_MB", "1")
        monkeypatch.setenv("TSC_CHUNK_SIZE_MB", "1")
        path = tmp_path / "large.tdsx"
        path.write_bytes(package(size=2 * MEGABYTE))
    job = publish(server, path, as_job=True)
    assert (job.type, job.mode, job.completed_at) == ("PublishDatasource", "Asynchronous", None)
    assert server.datasources.get()[0] == []
    running = server.jobs.get_by_id(job.id)
    assert running.completed_at is None
    done = server.jobs.wait_for_job(job, timeout=60)
    assert (done.finish_code, done.notes) == (0, [])
    assert done.completed_at >= done.created_at
    [item] = server.datasources.get()[0]
    assert downloaded(server, item.id) == path.read_bytes()


def test_an_unknown_job(server):
    with refused(404018):
        server.jobs.get_by_id("00000000-0000-4000-8000-000000000000")


def test_a_file_that_is_no_package(server, tmp_path):
    for content in (b"", b"PK\x03\x04 but that is all", package()[:-30], b"<datasource/>"):
        path = tmp_path / "bad.tdsx"
        path.write_bytes(content)
        with refused(400011):
            publish(server, path)
    assert server.datasources.get()[0] == []


def test_a_bare_tds(server, tmp_path):
    path = tmp_path / "live.tds"
    path.write_text("<?xml version='1.0'?><datasource/>")
    made = publish(server, path)
    assert downloaded(server, made.id) == path.read_bytes()
    assert server.datasources.get_by_id(made.id).has_extracts is False


# --- faults -------------------------------------------------------------------------------------------------------------


def test_fault_denied(tdsx):
    with start_sim("--deny-publish") as sim:
        server = connect(sim)
        with refused(403007) as caught:
            publish(server, tdsx)
        assert caught.value.summary == "Forbidden"
        assert server.datasources.get()[0] == []
        code, errors = sim.stop()
        assert code == 0
        assert b"1 publish denied" in errors


def test_fault_job_fails(tdsx):
    with start_sim("--fail-job", 'The disk is "full" & done') as sim:
        server = connect(sim)
        job = publish(server, tdsx, as_job=True)
        with pytest.raises(TSC.JobFailedException) as caught:
            server.jobs.wait_for_job(job, timeout=60)
        assert caught.value.job.finish_code == 1
        assert caught.value.notes == ['The disk is "full" & done']
        assert server.datasources.get()[0] == []
        assert publish(server, tdsx).name == "Sales"  # only jobs fail


def test_fault_session_expires(sim):
    with start_sim("--expire-session-at", "2") as sim:
        server = connect(sim)
        assert server.projects.get()[1].total_available == 3
        for _ in range(2):
            with refused(401002):
                server.projects.get()
        server.auth.sign_in(token())
        for _ in range(3):
            assert server.projects.get()[1].total_available == 3
        assert b"1 session expired" in sim.stop()[1]


# --- the folder ---------------------------------------------------------------------------------------------------------


def test_the_site_survives_restarts_and_kills(tdsx, tmp_path):
    data = tmp_path / "site"
    with start_sim("--project", "Extra", data=data) as sim:
        server = connect(sim)
        made = publish(server, tdsx)
        pending = publish(server, tdsx, "Later", as_job=True)
        site_id = server.site_id
        sim.stop(signal.SIGKILL)
    with start_sim(data=data) as sim:
        server = connect(sim)
        assert server.site_id == site_id
        assert project_id(server, "Extra")
        assert downloaded(server, made.id) == tdsx.read_bytes()
        server.jobs.wait_for_job(pending.id, timeout=60)
        assert {item.name for item in server.datasources.get()[0]} == {"Sales", "Later"}
        assert sim.stop()[0] == 0
    assert len(list((data / "content").iterdir())) == 2


def test_leftovers_go_and_two_sims_do_not_share(tdsx, tmp_path):
    data = tmp_path / "site"
    with start_sim(data=data):
        with pytest.raises(RuntimeError, match="another tabferry-sim"):
            with start_sim(data=data):
                pass
    (data / "content" / "left.bin").write_bytes(b"x")
    with start_sim(data=data) as sim:
        assert list((data / "content").iterdir()) == []
        server = connect(sim)
        made = publish(server, tdsx)
        publish(server, tdsx, mode="Overwrite")
        assert len(list((data / "content").iterdir())) == 2  # the older one is a revision now
        server.datasources.delete(made.id)
        assert list((data / "content").iterdir()) == []
