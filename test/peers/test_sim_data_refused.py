"""What update_hyper_data cannot do: it is refused at once, or fails in its job, and no row is changed."""

import contextlib
import json
import os
import uuid

import pytest
import sim_files
import tableauserverclient as TSC
from sim_ask import ask
from sim_extracts import COLUMNS, CONDITION, EXTRACT, ORDERS, action, package, same, update
from sim_extracts import extract, hyper, new_rows, orders, rows_of  # noqa: F401 (fixtures)
from sim_shelf import Shelf, refused
from tableauhyperapi import SqlType, TableName

BAD = {
    "no such table": (action("insert", source="other"), "source table"),
    "no such column in the condition": (action("update", condition=same("nothing")), "has no column"),
    "a column that the target does not have": (action("insert", source="wider"), "has no column 'extra'"),
    "a delete with more than its keys": (action("delete", condition=same("id")), "its condition does not use"),
    "a text for a number": (action("insert", source="texts"), "")}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_fails_in_the_job_and_changes_nothing(server, orders, extract, rows_of, name):
    wider = [*COLUMNS, ("extra", SqlType.text())]
    texts = [("id", SqlType.text())]
    payload = extract({
        TableName("Extract", "new"): (COLUMNS, [(1, "x", 1.0)]),
        TableName("Extract", "wider"): (wider, [(1, "x", 1.0, "y")]),
        TableName("Extract", "texts"): (texts, [("abc",)])})
    wanted, words = BAD[name]
    with pytest.raises(TSC.JobFailedException) as failed:
        update(server, orders, [wanted], payload)
    assert failed.value.job.finish_code == 1 and words in failed.value.notes[0] and failed.value.notes[0]
    assert rows_of(orders) == sorted(ORDERS)


def test_a_payload_that_is_no_extract_fails_in_the_job(server, orders, put, rows_of):
    with pytest.raises(TSC.JobFailedException):
        update(server, orders, [action("insert")], put.file(b"no extract at all", "hyper"))
    assert rows_of(orders) == sorted(ORDERS)


def test_a_live_data_source_has_no_rows_to_change(server, put):
    live = put.datasource("Live", sim_files.tds(), "tds")
    with pytest.raises(TSC.JobFailedException) as failed:
        update(server, live, [action("delete", source=None, condition=CONDITION)])
    assert failed.value.notes == ["There is no extract in the file to be worked on."]


def test_a_planned_failure_changes_nothing(make_sim, extract, tmp_path):
    with make_sim("--fail-job", "Disk is full") as sim, sim.client() as server:
        orders = Shelf(server, tmp_path).datasource("Orders", package(extract({EXTRACT: (COLUMNS, ORDERS)})))
        before = server.datasources.get_by_id(orders.id)
        everything = {"op": "gt", "target-col": "id", "const": {"type": "integer", "v": 0}}
        with pytest.raises(TSC.JobFailedException) as failed:
            update(server, orders, [action("delete", source=None, condition=everything)])
        assert failed.value.notes == ["Disk is full"]
        assert server.datasources.get_by_id(orders.id).updated_at == before.updated_at


def patch(server, datasource, body, request=None):
    headers = {"Content-Type": "application/json"} | ({"RequestID": request} if request else {})
    return ask(server, "PATCH", f"datasources/{datasource.id}/data", body.encode(), headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "{}",
        '{"actions": []}',
        '{"actions": [{"action": "truncate"}]}',
        json.dumps({"actions": [action("insert")]}),  # no payload
        json.dumps({"actions": [action("delete", source=None)]}),  # no condition
        json.dumps({"actions": [action("delete", source=None, condition=CONDITION, why="not")]}),  # an unknown key
        json.dumps({"actions": [action("delete", source=None, condition=CONDITION | {"op": "like"})]}),
        json.dumps(
            {"actions": [action("delete", source=None, condition=CONDITION | {"const": {"type": "integer", "v": "1"}})]}
        ),
        json.dumps({"actions": [action("delete", source=None, condition=CONDITION | {"source-col": "id"})]}),
        json.dumps(
            {
                "actions": [
                    action("delete", source=None, condition=CONDITION | {"const": {"type": "datetime", "v": "now()"}})
                ]
            }
        ),
    ],
)
def test_malformed_requests_are_refused_at_once(server, orders, body):
    answer = patch(server, orders, body, str(uuid.uuid4()))
    assert answer.status_code == 400 and 'code="400000"' in answer.text


def test_a_request_needs_an_id(server, orders):
    good = json.dumps({"actions": [action("delete", source=None, condition=CONDITION)]})
    assert patch(server, orders, good).status_code == 400
    assert patch(server, orders, good, "r-1").status_code == 202


def test_an_unknown_upload_or_data_source_is_not_found(server, orders, new_rows):
    with refused(404004):
        server.datasources.update_hyper_data(
            str(uuid.uuid4()), request_id="r", actions=[action("delete", None, CONDITION)])
    with refused(404020):
        update(server, unknown_connection(server, orders), [action("insert")], new_rows([(1, "x", 1.0)]))


def unknown_connection(server, orders):
    server.datasources.populate_connections(orders)
    connection = orders.connections[0]
    connection._id = str(uuid.uuid4())
    return connection


@contextlib.contextmanager
def environment(**more):
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def test_without_an_engine_it_says_so(make_sim, tmp_path):
    with environment(TABFERRY_HYPERD=str(tmp_path / "nothing")), make_sim() as sim, sim.client() as server:
        datasource = Shelf(server, tmp_path).datasource()
        with refused(403157):
            server.datasources.update_hyper_data(
                datasource, request_id="r", actions=[action("delete", None, CONDITION)])
