"""A Server's schedules and what is put on them, judged by tableauserverclient."""

import datetime

import pytest
import tableauserverclient as TSC
from sim_shelf import refused
from simulator import NOBODY

Hourly, Daily, Weekly, Monthly = TSC.HourlyInterval, TSC.DailyInterval, TSC.WeeklyInterval, TSC.MonthlyInterval
DEFAULTS = {"Weekday early mornings": "Extract", "Monday morning": "Subscription", "Daily flows": "Flow"}


@pytest.fixture
def root(stage):
    """The administrator of the Server."""
    return stage.sim.client("server-admin").server


def at(hour, minute=0):
    return datetime.time(hour, minute)


def schedule(name="Nightly", interval=None, kind="Extract", order="Parallel", priority=30):
    return TSC.ScheduleItem(name, priority, kind, order, interval or Daily(at(2)))


def named(server, name):
    return next(one for one in TSC.Pager(server.schedules) if one.name == name)


# --- schedules --------------------------------------------------------------------------------------------------------


def test_the_schedules_of_a_new_server(stage):
    found, page = stage.server.schedules.get()
    assert page.total_available == 3 and {one.name: one.schedule_type for one in found} == DEFAULTS
    for one in found:
        assert (one.state, one.priority, one.interval_item) == ("Active", 50, None)     # lists leave the details out
        assert one.next_run_at > datetime.datetime.now(datetime.timezone.utc) and one.created_at == one.updated_at
    weekly = stage.server.schedules.get_by_id(named(stage.server, "Weekday early mornings").id)
    assert weekly.interval_item.interval == ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    assert (weekly.interval_item.start_time, weekly.execution_order) == (at(4), "Parallel")


@pytest.mark.parametrize("interval, runs_at", [
    (Hourly(at(2, 30), at(23), 2), None),
    (Hourly(at(23), at(1), 0.25), None),
    (Daily(at(5, 45)), (5, 45)),
    (Weekly(at(6), "Monday", "Saturday"), (6, 0)),
    (Monthly(at(7), 15), (7, 0)),
    (Monthly(at(7), "LastDay"), (7, 0))])
def test_a_schedule_is_created_and_given_back(root, interval, runs_at):
    made = root.schedules.create(schedule(interval=interval, order="Serial"))
    for one in (made, root.schedules.get_by_id(made.id)):
        assert (one.name, one.priority, one.schedule_type, one.state) == ("Nightly", 30, "Extract", "Active")
        assert (one.execution_order, type(one.interval_item)) == ("Serial", type(interval))
        assert one.interval_item.start_time == interval.start_time
        assert [str(part) for part in one.interval_item.interval] == [str(part) for part in interval.interval]
        if runs_at:
            assert (one.next_run_at.hour, one.next_run_at.minute) == runs_at
    assert len(list(TSC.Pager(root.schedules))) == 4


def test_a_schedule_is_changed_and_deleted(stage, root):
    made = root.schedules.create(schedule())
    made.name, made.priority, made.state, made.interval_item = "Weekly", 70, "Suspended", Weekly(at(9), "Friday")
    root.schedules.update(made)
    again = root.schedules.get_by_id(made.id)
    assert (again.name, again.priority, again.state, again.next_run_at) == ("Weekly", 70, "Suspended", None)
    assert (again.interval_item.start_time, again.interval_item.interval) == (at(9), ("Friday",))
    root.schedules.add_to_schedule(made.id, datasource=stage.datasource)
    root.schedules.delete(made.id)
    with refused(404023):
        root.schedules.get_by_id(made.id)
    assert stage.server.tasks.get()[0] == []      # what was on it is gone with it


def test_what_schedules_are_refused(stage, root):
    root.schedules.create(schedule())
    with refused(409021):
        root.schedules.create(schedule(name="NIGHTLY"))
    with refused(403004):
        stage.server.schedules.create(schedule(name="Other"))     # the administrator of one site
    with refused(404023):
        root.schedules.delete(NOBODY)
    other = root.schedules.create(schedule(name="Other"))
    other.name = "nightly"
    with refused(409021):
        root.schedules.update(other)
    for attributes, details in [('name="X" priority="0" type="Extract" frequency="Daily"', 'start="02:00:00"'),
                                ('name="X" priority="50" type="Party" frequency="Daily"', 'start="02:00:00"'),
                                ('name=" " priority="50" type="Extract" frequency="Daily"', 'start="02:00:00"'),
                                ('name="X" priority="50" type="Extract" frequency="Weekly"', 'start="02:00:00"'),
                                ('name="X" priority="50" type="Extract" frequency="Hourly"', 'start="02:00:00"'),
                                ('name="X" priority="50" type="Extract" frequency="Daily"', 'start="2 am"'),
                                ('priority="50" type="Extract" frequency="Daily"', 'start="02:00:00"')]:
        body = f"<schedule {attributes}><frequencyDetails {details}/></schedule>"
        answer = stage.request("POST", "schedules", body, server=root, site=False)
        assert answer.status_code == 400 and 'code="400064"' in answer.text, (body, answer.text)


def test_many_schedules_are_suspended_at_once(stage, root):
    ids = [one.id for one in TSC.Pager(root.schedules)]
    assert root.schedules.batch_update_state(ids[:2], "suspended") == ids[:2]
    assert [root.schedules.get_by_id(one).state for one in ids] == ["Suspended", "Suspended", "Active"]
    assert sorted(root.schedules.batch_update_state(None, "active", update_all=True)) == sorted(ids)
    assert {one.state for one in TSC.Pager(root.schedules)} == {"Active"}
    with refused(404023):
        root.schedules.batch_update_state([NOBODY], "active")


def test_schedules_as_json(stage):
    answer = stage.request("GET", "schedules", site=False, as_json=True)
    assert {one["name"] for one in answer["schedules"]["schedule"]} == set(DEFAULTS)
    one = stage.request("GET", f"schedules/{named(stage.server, 'Daily flows').id}", site=False, as_json=True)
    assert one["schedule"]["frequencyDetails"] == {"start": "02:30:00", "intervals": {}}


# --- what is on them --------------------------------------------------------------------------------------------------


def test_content_is_put_on_schedules(stage):
    server = stage.server
    extracts, flows = named(server, "Weekday early mornings"), named(server, "Daily flows")
    assert not server.datasources.schedule_extract_refresh(extracts.id, stage.datasource)     # no failures
    assert not server.workbooks.schedule_extract_refresh(extracts.id, stage.workbook)
    assert not server.flows.schedule_flow_run(flows.id, stage.flow)
    found, page = server.schedules.get_extract_refresh_tasks(extracts.id)
    assert page.total_available == 2
    assert {(one.priority, one.type, one.workbook_id, one.datasource_id) for one in found} == {
        (50, "FullRefresh", stage.workbook.id, None),
        (50, "FullRefresh", None, stage.datasource.id)}
    tasks, _ = server.tasks.get()
    assert {(one.id, one.target.type, one.target.id, one.schedule_id) for one in tasks} == {
        (one.id, "workbook" if one.workbook_id else "datasource", one.workbook_id or one.datasource_id, extracts.id)
        for one in found}
    for one in tasks:
        assert (one.task_type, one.priority, one.consecutive_failed_count) == ("extractRefresh", 50, 0)
        assert (one.schedule_item.name, one.schedule_item.state) == ("Weekday early mornings", "Active")
        assert server.tasks.get_by_id(one.id).target.id == one.target.id
    [run], _ = server.tasks.get(task_type="runFlow")
    assert (run.task_type, run.schedule_id, run.priority) == ("runFlow", flows.id, 50)


def test_a_task_is_deleted_and_goes_with_its_content(stage):
    server, schedules = stage.server, stage.server.schedules
    schedules.add_to_schedule(named(server, "Weekday early mornings").id, datasource=stage.datasource)
    schedules.add_to_schedule(named(server, "Daily flows").id, flow=stage.flow)
    [task], [run] = server.tasks.get()[0], server.tasks.get(task_type="runFlow")[0]
    server.tasks.delete(run.id, "runFlow")
    assert server.tasks.get(task_type="runFlow")[0] == []
    server.datasources.delete(stage.datasource.id)
    assert server.tasks.get()[0] == []
    for call in (
            lambda: server.tasks.get_by_id(task.id), lambda: server.tasks.delete(task.id),
            lambda: server.tasks.run(task)):
        with refused(404026):
            call()


def test_what_is_not_put_on_schedules(stage):
    server = stage.server
    extracts, flows = named(server, "Weekday early mornings").id, named(server, "Daily flows").id
    assert server.schedules.add_to_schedule(extracts, datasource=stage.datasource) == []
    with refused(409004):
        server.schedules.add_to_schedule(extracts, datasource=stage.datasource)
    with refused(400003):
        server.schedules.add_to_schedule(flows, datasource=stage.datasource)
    with refused(404023):
        server.schedules.add_to_schedule(NOBODY, datasource=stage.datasource)
    stage.datasource._id = NOBODY
    with refused(404004):
        server.schedules.add_to_schedule(extracts, datasource=stage.datasource)
    with refused(404023):
        server.schedules.get_extract_refresh_tasks(NOBODY)
    with refused(400000):
        server.schedules.add_to_schedule(extracts, workbook=stage.workbook, task_type="dataAcceleration")   # retired
    stage.user("vera", "ExplorerCanPublish")
    vera = stage.sim.client("vera").server
    with refused(403004):
        vera.schedules.add_to_schedule(extracts, workbook=stage.workbook)
    assert vera.tasks.get()[0] == [] and len(server.tasks.get()[0]) == 1


def test_data_acceleration_until_it_was_retired(stage, root):
    made = root.schedules.create(schedule(kind="DataAcceleration"))
    body = f'<task><dataAcceleration><workbook id="{stage.workbook.id}"/></dataAcceleration></task>'
    assert stage.request("PUT", f"schedules/{made.id}/workbooks", body, version="3.15").status_code == 200
    stage.server.version = "3.15"
    [task], _ = stage.server.tasks.get(task_type="dataAcceleration")
    assert (task.task_type, task.target.id, task.schedule_id) == ("dataAcceleration", stage.workbook.id, made.id)
    assert stage.server.tasks.get()[0] == []
    stage.server.tasks.delete(task.id, "dataAcceleration")
    assert stage.server.tasks.get(task_type="dataAcceleration")[0] == []
    stage.server.version = "3.16"
    with refused(404950):
        stage.server.tasks.get(task_type="dataAcceleration")


def test_a_server_takes_no_tasks_of_cloud(stage):
    task = TSC.TaskItem(
        None, "FullRefresh", None, schedule_item=schedule(), target=TSC.Target(stage.datasource.id, "datasource"))
    with refused(405000):
        stage.server.tasks.create(task)
