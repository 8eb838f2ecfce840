"""Tasks and subscriptions of Tableau Cloud, which have schedules of their own, judged by tableauserverclient."""

import datetime

import pytest
import tableauserverclient as TSC
from lxml import etree
from sim_shelf import refused
from simulator import NOBODY, start_sim

NS = {"t": "http://tableau.com/api"}


@pytest.fixture
def sim():
    with start_sim("--profile", "cloud") as running:
        yield running


def at(hour, minute=0, second=0):
    return datetime.time(hour, minute, second)


def daily(*days, start=at(2)):
    return TSC.DailyInterval(start, *(days or ("Monday", "Thursday")))


def task(target, kind="datasource", interval=None, task_type="FullRefresh"):
    schedule = TSC.ScheduleItem(None, None, None, None, interval or daily())
    return TSC.TaskItem(None, task_type, None, schedule_item=schedule, target=TSC.Target(target.id, kind))


def test_cloud_has_no_schedules_to_share(stage):
    found, page = stage.server.schedules.get()
    assert (found, page.total_available) == ([], 0)
    with refused(404023):
        stage.server.schedules.get_by_id(NOBODY)
    with refused(405000):
        stage.server.schedules.create(TSC.ScheduleItem("A", 50, "Extract", "Parallel", daily()))


def test_an_extract_task_is_created_and_given_back(stage):
    made = etree.fromstring(stage.server.tasks.create(task(stage.datasource)))
    new = made.find("t:extractRefresh", NS)
    assert made.find("t:schedule/t:frequencyDetails", NS).get("start") == "02:00:00"
    stage.server.tasks.create(task(stage.workbook, "workbook", task_type="IncrementalRefresh"))
    tasks, _ = stage.server.tasks.get()
    assert {(one.target.type, one.target.id) for one in tasks} == {("datasource", stage.datasource.id), (
        "workbook", stage.workbook.id)}
    for one in tasks:
        assert (one.schedule_id, one.schedule_item.name, one.schedule_item.interval_item.start_time) == (
            None, None, at(2))
        assert one.schedule_item.interval_item.interval == ("Monday", "Thursday")
        assert one.schedule_item.next_run_at.weekday() in (0, 3) and one.schedule_item.next_run_at.hour == 2
    assert stage.server.tasks.get_by_id(new.get("id")).target.id == stage.datasource.id
    stage.server.tasks.delete(new.get("id"))
    assert [one.target.id for one in stage.server.tasks.get()[0]] == [stage.workbook.id]


def test_an_extract_task_is_changed(stage):
    made = etree.fromstring(stage.server.tasks.create(task(stage.datasource))).find("t:extractRefresh", NS).get("id")
    body = ('<extractRefresh type="IncrementalRefresh"/>'
            '<schedule frequency="Monthly"><frequencyDetails start="03:05:00"><intervals>'
            '<interval monthDay="LastDay"/></intervals></frequencyDetails></schedule>')
    for method in ("POST", "PUT"):
        assert stage.request(method, f"tasks/extractRefreshes/{made}", body).status_code == 200
    [changed], _ = stage.server.tasks.get()
    assert (changed.id, changed.task_type) == (made, "IncrementExtractTask")
    assert (changed.schedule_item.interval_item.interval, changed.schedule_item.interval_item.start_time) == (
        ("LastDay",), at(3, 5))


@pytest.mark.parametrize("interval", [
    TSC.DailyInterval(at(2)), daily(start=at(2, 3)), daily(start=at(2, 0, 10)), TSC.HourlyInterval(at(2), at(6), 2),
    TSC.HourlyInterval(at(2), at(6, 30), (2, "Monday")), TSC.HourlyInterval(at(6), at(2), (2, "Monday")),
    TSC.HourlyInterval(at(2), at(6), (0.5, "Monday")), TSC.HourlyInterval(at(2), at(6), ("Monday",)),
    TSC.WeeklyInterval(at(2)), TSC.MonthlyInterval(at(2), "First")])
def test_what_cloud_does_not_take_for_a_schedule(stage, interval):
    with refused(409004):
        stage.server.tasks.create(task(stage.datasource, interval=interval))
    assert stage.server.tasks.get()[0] == []


def test_what_else_is_refused(stage):
    stage.datasource._id = NOBODY
    with refused(404004):
        stage.server.tasks.create(task(stage.datasource))
    with refused(400000):
        stage.server.tasks.create(
            TSC.TaskItem(None, "FullRefresh", None, target=TSC.Target(stage.workbook.id, "workbook")))
    with refused(400003):
        stage.server.tasks.create(task(stage.workbook, "workbook", task_type="Refresh"))


def test_an_hourly_task_within_the_rules(stage):
    stage.server.tasks.create(
        task(stage.datasource, interval=TSC.HourlyInterval(at(2, 30), at(6, 30), (2, "Monday", "Friday"))))
    [made], _ = stage.server.tasks.get()
    interval = made.schedule_item.interval_item
    assert (interval.start_time, interval.end_time, interval.interval) == (at(2, 30), at(6, 30), (
        "2", "Monday", "Friday"))


def test_a_flow_task_is_created(stage):
    answer = etree.fromstring(stage.server.flow_tasks.create(task(stage.flow, "flow", task_type="RunFlow")))
    run = answer.find("t:task/t:runFlow", NS)
    assert (run.get("type"), run.find("t:flow", NS).attrib) == ("RunFlowTask", {"id": stage.flow.id, "name": "Clean"})
    [listed], _ = stage.server.tasks.get(task_type="runFlow")
    assert (listed.id, listed.schedule_item.interval_item.interval) == (run.get("id"), ("Monday", "Thursday"))
    stage.server.tasks.delete(listed.id, "runFlow")
    assert stage.server.tasks.get(task_type="runFlow")[0] == []


# --- subscriptions ----------------------------------------------------------------------------------------------------


SCHEDULE = ('<schedule frequency="Weekly"><frequencyDetails start="08:00:00"><intervals>'
            '<interval weekDay="Monday"/></intervals></frequencyDetails></schedule>')


def subscription(stage, schedule=SCHEDULE, user=None):
    return (f'<subscription subject="Weekly"><content id="{stage.view.id}" type="View" sendIfViewEmpty="false"/>'
            f'<user id="{user or stage.server.user_id}"/></subscription>{schedule}')


def test_a_subscription_with_its_own_schedule(stage):
    answer = stage.request("POST", "subscriptions", subscription(stage))
    assert answer.status_code == 201, answer.text
    [one], page = stage.server.subscriptions.get()
    assert (page.total_available, one.subject, one.schedule_id, one.target.type, one.target.id) == (
        1, "Weekly", None, "View", stage.view.id)
    [own] = one.schedule
    assert (own.interval_item.start_time, own.interval_item.interval) == (at(8), ("Monday",))
    assert own.next_run_at.weekday() == 0
    change = (
        '<subscription subject="Monthly"/><schedule frequency="Monthly"><frequencyDetails start="08:05:00"><intervals>'
        '<interval monthDay="1"/></intervals></frequencyDetails></schedule>')
    assert stage.request("PUT", f"subscriptions/{one.id}", change).status_code == 200
    changed = stage.server.subscriptions.get_by_id(one.id)
    assert (changed.subject, changed.schedule[0].interval_item.interval) == ("Monthly", ("1",))


def test_what_subscriptions_cloud_refuses(stage):
    for body, code in [
            (subscription(stage, ""), 400000),
            (subscription(stage, SCHEDULE.replace("08:00", "08:01")), 409004),
            (subscription(stage, user=NOBODY), 404002)]:
        answer = stage.request("POST", "subscriptions", body)
        assert f'code="{code}"' in answer.text, answer.text
