"""Publishing data sources by tableauserverclient, in one request and in blocks; faults; what a restart finds."""

import os
import signal

import pytest
import sim_files
import tableauserverclient as TSC
from sim_shelf import bytes_of, project_id, refused
from simulator import NOBODY, PASSWORD, SITE, USER, start_sim

MEGABYTE = 1024 * 1024


@pytest.fixture
def tdsx(tmp_path):
    path = tmp_path / "sales.tdsx"
    path.write_bytes(sim_files.tdsx())
    return path


def publish(server, path, name="Sales", mode="CreateNew", project="Daily", **more):
    return server.datasources.publish(TSC.DatasourceItem(project_id(server, project), name), str(path), mode, **more)


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
    assert bytes_of(server.datasources.download, made.id) == tdsx.read_bytes()
    server.datasources.delete(made.id)
    assert server.datasources.get()[0] == []
    with refused(404004):
        server.datasources.get_by_id(made.id)
    with refused(404004):
        server.datasources.delete(made.id)
    with refused(404004):
        bytes_of(server.datasources.download, made.id)


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
    newer.write_bytes(sim_files.tdsx(seed=2))
    again = publish(server, newer, mode="Overwrite")
    assert again.id == made.id
    assert bytes_of(server.datasources.download, made.id) == newer.read_bytes()
    assert server.datasources.get()[1].total_available == 1
    elsewhere = publish(server, tdsx, project="default")
    assert elsewhere.id != made.id
    assert elsewhere.content_url != again.content_url


def test_overwriting_what_does_not_exist_creates(server, tdsx):
    publish(server, tdsx, mode="Overwrite")
    assert server.datasources.get()[1].total_available == 1


def test_an_unknown_project(server, tdsx):
    with refused(404005):
        server.datasources.publish(TSC.DatasourceItem(NOBODY, "x"), str(tdsx), "CreateNew")
    assert server.datasources.get()[0] == []


def test_no_project_is_the_default_one(server, tdsx):
    made = server.datasources.publish(TSC.DatasourceItem(None, "x"), str(tdsx), "CreateNew")
    assert made.project_name == "default"


def test_publishing_in_chunks(server, tmp_path, monkeypatch):
    monkeypatch.setenv("TSC_FILESIZE_LIMIT_MB", "1")
    monkeypatch.setenv("TSC_CHUNK_SIZE_MB", "1")
    path = tmp_path / "large.tdsx"
    path.write_bytes(sim_files.tdsx(size=5 * MEGABYTE + 12345))
    made = publish(server, path)
    item = server.datasources.get_by_id(made.id)
    assert item.size == 5
    assert bytes_of(server.datasources.download, made.id) == path.read_bytes()


@pytest.mark.parametrize("chunked", [False, True])
def test_publishing_as_a_job(server, tdsx, tmp_path, monkeypatch, chunked):
    path = tdsx
    if chunked:
        monkeypatch.setenv("TSC_FILESIZE_LIMIT_MB", "1")
        monkeypatch.setenv("TSC_CHUNK_SIZE_MB", "1")
        path = tmp_path / "large.tdsx"
        path.write_bytes(sim_files.tdsx(size=2 * MEGABYTE))
    job = publish(server, path, as_job=True)
    assert (job.type, job.mode, job.completed_at) == ("PublishDatasource", "Asynchronous", None)
    assert server.datasources.get()[0] == []
    running = server.jobs.get_by_id(job.id)
    assert running.completed_at is None
    done = server.jobs.wait_for_job(job, timeout=60)
    assert (done.finish_code, done.notes) == (0, [])
    assert done.completed_at >= done.created_at
    [item] = server.datasources.get()[0]
    assert bytes_of(server.datasources.download, item.id) == path.read_bytes()


def test_an_unknown_job(server):
    with refused(404018):
        server.jobs.get_by_id(NOBODY)


def test_a_file_that_is_no_package(server, tmp_path):
    for content in (b"", b"PK\x03\x04 but that is all", sim_files.tdsx()[:-30], b"<datasource/>"):
        path = tmp_path / "bad.tdsx"
        path.write_bytes(content)
        with refused(400011):
            publish(server, path)
    assert server.datasources.get()[0] == []


def test_a_bare_tds(server, tmp_path):
    path = tmp_path / "live.tds"
    path.write_text("<?xml version='1.0'?><datasource/>")
    made = publish(server, path)
    assert bytes_of(server.datasources.download, made.id) == path.read_bytes()
    assert server.datasources.get_by_id(made.id).has_extracts is False


# --- faults -----------------------------------------------------------------------------------------------------------


def test_fault_denied(tdsx):
    with start_sim("--deny-publish") as sim:
        server = sim.client().server
        with refused(403007) as caught:
            publish(server, tdsx)
        assert caught.value.summary == "Forbidden"
        assert server.datasources.get()[0] == []
        code, errors = sim.stop()
        assert code == 0
        assert b"1 publish denied" in errors


def test_fault_job_fails(tdsx):
    with start_sim("--fail-job", 'The disk is "full" & done') as sim:
        server = sim.client().server
        job = publish(server, tdsx, as_job=True)
        with pytest.raises(TSC.JobFailedException) as caught:
            server.jobs.wait_for_job(job, timeout=60)
        assert caught.value.job.finish_code == 1
        assert caught.value.notes == ['The disk is "full" & done']
        assert server.datasources.get()[0] == []
        assert publish(server, tdsx).name == "Sales"  # only jobs fail


def test_fault_session_expires(sim):
    with start_sim("--expire-session-at", "2") as sim:
        server = sim.client().server
        assert server.projects.get()[1].total_available == 3
        for _ in range(2):
            with refused(401002):
                server.projects.get()
        server.auth.sign_in(TSC.TableauAuth(USER, PASSWORD, SITE))
        for _ in range(3):
            assert server.projects.get()[1].total_available == 3
        assert b"1 session expired" in sim.stop()[1]


# --- the folder -------------------------------------------------------------------------------------------------------


def test_the_site_survives_restarts_and_kills(tdsx, tmp_path):
    data = tmp_path / "site"
    with start_sim("--project", "Extra", data=data) as sim:
        server = sim.client().server
        made = publish(server, tdsx)
        pending = publish(server, tdsx, "Later", as_job=True)
        site_id = server.site_id
        sim.stop(signal.SIGKILL)
    with start_sim(data=data) as sim:
        server = sim.client().server
        assert server.site_id == site_id
        assert project_id(server, "Extra")
        assert bytes_of(server.datasources.download, made.id) == tdsx.read_bytes()
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
        server = sim.client().server
        made = publish(server, tdsx)
        publish(server, tdsx, mode="Overwrite")
        assert len(list((data / "content").iterdir())) == 2  # the older one is a revision now
        server.datasources.delete(made.id)
        assert list((data / "content").iterdir()) == []
