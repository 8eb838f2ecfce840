"""Jobs, refreshes, runs of flows and linked tasks, judged by tableauserverclient."""

import signal

import pytest
import sim_files
import tableauserverclient as TSC
from lxml import etree
from sim_files import put_item
from sim_shelf import refused
from sim_stage import Stage
from simulator import NOBODY, start_sim

NS = {"t": "http://tableau.com/api"}
LINKED, STEP, RUN = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "123")


def schedule_id(server, kind):
    return next(one.id for one in TSC.Pager(server.schedules) if one.schedule_type == kind)


@pytest.mark.parametrize("kind", ["datasource", "workbook"])
def test_a_refresh_moves_the_item(stage, kind):
    endpoint, item = getattr(stage.server, f"{kind}s"), getattr(stage, kind)
    before = endpoint.get_by_id(item.id).updated_at
    job = endpoint.refresh(item)
    assert (job.type, job.mode, job.progress, job.completed_at) == ("RefreshExtract", "Asynchronous", "0", None)
    assert (getattr(job, f"{kind}_id"), getattr(job, f"{kind}_name")) == (item.id, item.name)
    assert endpoint.get_by_id(item.id).updated_at == before          # nobody has looked: it has not run
    running = stage.server.jobs.get_by_id(job.id)
    assert (running.progress, running.finish_code, running.started_at) == ("50", -1, running.created_at)
    done = stage.server.jobs.wait_for_job(job, timeout=60)
    assert (done.finish_code, done.progress, done.notes) == (
        0, "100", [f"Finished refresh of extracts for {kind} '{item.name}'"])
    assert endpoint.get_by_id(item.id).updated_at > before


def test_a_queued_refresh_is_not_queued_again(stage):
    server = stage.server
    server.schedules.add_to_schedule(schedule_id(server, "Extract"), datasource=stage.datasource)
    [task], _ = server.tasks.get()
    job = etree.fromstring(server.tasks.run(task)).find("t:job", NS)
    assert (job.get("type"), job.find(".//t:datasource", NS).get("id")) == ("RefreshExtract", stage.datasource.id)
    with refused(409093):
        server.tasks.run(task)
    assert server.datasources.refresh(stage.datasource) is None      # what the client makes of 409093
    server.jobs.wait_for_job(job.get("id"), timeout=60)
    assert server.datasources.refresh(stage.datasource, incremental=True).type == "RefreshExtract"


def test_a_failed_refresh_is_counted(tmp_path):
    with start_sim(faults=["fail-job=The source is away@1"]) as sim, sim.client() as server:
        stage = Stage(sim, server, tmp_path)
        server.schedules.add_to_schedule(schedule_id(server, "Extract"), workbook=stage.workbook)
        before, [task] = server.workbooks.get_by_id(stage.workbook.id).updated_at, server.tasks.get()[0]
        for failures, code in ((1, 1), (0, 0)):
            job = etree.fromstring(server.tasks.run(task)).find("t:job", NS).get("id")
            server.jobs.get_by_id(job)
            done = server.jobs.get_by_id(job)
            assert (done.finish_code, server.tasks.get_by_id(task.id).consecutive_failed_count) == (code, failures)
            assert (done.notes == ["The source is away"]) == (
                server.workbooks.get_by_id(stage.workbook.id).updated_at == before)
        [one] = server.jobs.filter(status="Failed")
        assert (one.type, one.status, one.title) == ("refresh_extracts", "Failed", "Book")


def test_what_has_no_extracts_is_not_refreshed(stage):
    live = stage.shelf.datasource("Live", sim_files.tds(), "tds")
    with pytest.raises(TSC.JobFailedException) as caught:
        stage.server.jobs.wait_for_job(stage.server.datasources.refresh(live), timeout=60)
    assert caught.value.job.notes == ["The datasource 'Live' has no extracts to refresh."]


def test_the_list_of_jobs(stage):
    server = stage.server
    done = server.jobs.wait_for_job(server.datasources.refresh(stage.datasource), timeout=60)
    running, pending = server.flows.refresh(stage.flow), server.workbooks.refresh(stage.workbook)
    server.jobs.get_by_id(running.id)
    jobs = {one.id: one for one in TSC.Pager(server.jobs)}
    assert {one.id: (one.type, one.status) for one in jobs.values()} == {
        done.id: ("refresh_extracts", "Success"), running.id: ("run_flow", "InProgress"),
        pending.id: ("refresh_extracts", "Pending")}
    assert (jobs[done.id].ended_at, jobs[done.id].title, jobs[done.id].priority) == (done.completed_at, "Sales", "50")
    assert {one.id for one in server.jobs.filter(job_type="refresh_extracts")} == {done.id, pending.id}
    assert [one.id for one in server.jobs.filter(status__in=["Pending"])] == [pending.id]
    options = TSC.RequestOptions(pagesize=1)
    options.sort.add(TSC.Sort("title", "asc"))
    assert [one.title for one in TSC.Pager(server.jobs, options)] == ["Book", "Clean", "Sales"]
    assert stage.request("GET", "jobs", filter="color:eq:red").status_code == 400
    stage.user("vera", "ExplorerCanPublish")
    vera = stage.sim.client("vera").server
    assert vera.jobs.get()[0] == []
    with refused(403004):
        vera.jobs.get_by_id(done.id)


def test_a_job_is_cancelled(stage):
    job = stage.server.datasources.refresh(stage.datasource)
    before = stage.server.datasources.get_by_id(stage.datasource.id).updated_at
    stage.server.jobs.cancel(job.id)
    with pytest.raises(TSC.JobCancelledException):
        stage.server.jobs.wait_for_job(job.id, timeout=60)
    assert stage.server.datasources.get_by_id(stage.datasource.id).updated_at == before
    with refused(403091):
        stage.server.jobs.cancel(job.id)
    with refused(404018):
        stage.server.jobs.cancel(NOBODY)


def test_a_running_job_survives_a_restart(tmp_path):
    with start_sim(data=tmp_path / "site") as sim:
        server = sim.client().server
        stage = Stage(sim, server, tmp_path)
        before, job = server.datasources.get_by_id(stage.datasource.id).updated_at, server.datasources.refresh(
            stage.datasource)
        sim.stop(signal.SIGKILL)
    with start_sim(data=tmp_path / "site") as sim, sim.client() as server:
        assert server.jobs.wait_for_job(job.id, timeout=60).datasource_name == "Sales"
        assert server.datasources.get_by_id(stage.datasource.id).updated_at > before


# --- flows ------------------------------------------------------------------------------------------------------------


def test_a_flow_runs(stage):
    server = stage.server
    job = server.flows.refresh(stage.flow)
    assert (job.type, job.flow_run.flow_id) == ("RunFlow", stage.flow.id)
    [run] = server.flow_runs.get()
    assert (run.id, run.flow_id, run.status, run.background_job_id) == (
        job.flow_run.id, stage.flow.id, "Pending", job.id)
    done = server.flow_runs.wait_for_job(run.id, timeout=60)
    assert (done.status, done.progress, server.jobs.get_by_id(job.id).finish_code) == ("Success", "100", 0)
    server.schedules.add_to_schedule(schedule_id(server, "Flow"), flow=stage.flow)
    [task], _ = server.tasks.get(task_type="runFlow")
    assert stage.request("POST", f"tasks/runFlow/{task.id}/runNow", "").status_code == 202
    second = next(one for one in server.flow_runs.get() if one.id != run.id)
    server.flow_runs.cancel(second.id)
    assert server.flow_runs.get_by_id(second.id).status == "Cancelled"
    with refused(404029):
        server.flow_runs.get_by_id(NOBODY)


def test_linked_tasks(tmp_path):
    site = tmp_path / "site"
    with start_sim(data=site) as sim:
        server = sim.client().server
        flow, schedule = Stage(sim, server, tmp_path).flow, schedule_id(server, "Flow")
        assert server.linked_tasks.get()[0] == []
        sim.stop()
    step = {"n": "step", "a": {"id": STEP, "task": RUN, "flow": flow.id, "stopsOnFailure": True}}
    put_item(site, "linked_task", LINKED, {"schedule": schedule}, [{"n": "steps", "c": [step]}])
    with start_sim(data=site) as sim, sim.client() as server:
        [listed], page = server.linked_tasks.get()
        one = server.linked_tasks.get_by_id(LINKED)
        assert page.total_available == 1
        assert {(task.id, task.num_steps, task.schedule.id, task.schedule.name) for task in (listed, one)} == {(
            LINKED, 1, schedule, "Daily flows")}
        answer = server.session.get(
            f"{server.linked_tasks.baseurl}/{LINKED}", headers={"X-Tableau-Auth": server.auth_token})
        [told] = TSC.LinkedTaskStepItem.from_task_xml(etree.fromstring(answer.content), NS)
        assert (told.id, told.step_number, told.stop_downstream_on_failure) == (STEP, 1, True)
        assert [(run.flow_run_id, run.flow_id, run.flow_name) for run in told.task_details] == [(RUN, flow.id, "Clean")]
        job = server.linked_tasks.run_now(LINKED)
        assert (job.linked_task_id, job.status) == (LINKED, "InProgress")
        assert [run.flow_id for run in server.flow_runs.get()] == [flow.id]
        with refused(404026):
            server.linked_tasks.get_by_id(NOBODY)
