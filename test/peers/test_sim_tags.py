"""Tags, judged by tableauserverclient."""

import pytest
import tableauserverclient as TSC
from sim_ask import ask
from sim_rules import cleared
from sim_shelf import refused
from sim_users import USERS
from simulator import NOBODY, start_sim

LABELS = {"plain", "a b", "a/b", "x,y", "größer", "50%", "a+b", "?&#"}


@pytest.fixture
def sim():
    with start_sim(*USERS) as running:
        yield running


@pytest.mark.parametrize("kind", ["workbook", "datasource", "flow", "view"])
def test_tags(server, put, kind):
    endpoint = getattr(server, kind + "s")
    if kind == "view":
        put.workbook()
        [item] = TSC.Pager(server.views)
    else:
        item = getattr(put, kind)()
    assert endpoint.add_tags(item, LABELS) == LABELS
    assert endpoint.add_tags(item.id, "plain") == LABELS   # the answer tells all
    [listed] = TSC.Pager(endpoint)
    assert listed.tags == endpoint.get_by_id(item.id).tags == LABELS
    endpoint.delete_tags(item, {"a b", "a/b", "größer", "?&#"})
    with refused(404007):
        endpoint.delete_tags(item, "a b")
    again = endpoint.get_by_id(item.id)
    assert again.tags == {"plain", "x,y", "50%", "a+b"}
    again.tags = {"plain", "new one"}
    endpoint.update_tags(again)
    assert endpoint.get_by_id(item.id).tags == {"plain", "new one"}
    with refused(400000):
        endpoint.add_tags(item, [])
    with refused({"workbook": 404006, "datasource": 404004, "flow": 404027, "view": 404011}[kind]):
        endpoint.add_tags(NOBODY, "x")


def test_spaces_divide_labels_without_quotes(server, put):
    data = put.datasource()
    body = '<tags><tag label="a b,c"/><tag label="&quot;d e&quot; f"/></tags>'
    assert ask(server, "PUT", f"datasources/{data.id}/tags", body).status_code == 200
    assert server.datasources.get_by_id(data.id).tags == {"a", "b", "c", "d e", "f"}
    assert ask(server, "DELETE", f"datasources/{data.id}/tags/%22d%20e%22").status_code == 204
    body = {"tags": {"tag": [{"label": "json"}]}}
    answer = ask(server, "PUT", f"datasources/{data.id}/tags", body, as_json=True)
    assert {tag["label"] for tag in answer["tags"]["tag"]} == {"a", "b", "c", "f", "json"}


def test_tags_in_batches(server, put):
    items = [put.workbook(), put.datasource(), put.flow()]
    assert server.tags.batch_add({"a b", "c"}, items) == {"a b", "c"}
    endpoints = (server.workbooks, server.datasources, server.flows)
    assert [endpoint.get_by_id(item.id).tags for endpoint, item in zip(endpoints, items)] == [{"a b", "c"}] * 3
    assert server.tags.batch_delete("c", items[:2]) == {"c"}
    assert [endpoint.get_by_id(item.id).tags for endpoint, item in zip(endpoints, items)] == [{"a b"}, {"a b"}, {
        "a b", "c"}]
    items[0]._id = NOBODY
    with refused(404006):
        server.tags.batch_add("z", reversed(items))
    assert server.flows.get_by_id(items[2].id).tags == {"a b", "c"}   # all or nothing


def test_who_may_tag(sim, server, put):
    data = put.datasource()
    hidden = cleared(server.datasources, put.datasource("Hidden"))
    with sim.client("cora") as cora:
        assert cora.datasources.add_tags(data, "mine") == {"mine"}
        with refused(403004):
            cora.datasources.add_tags(hidden, "mine")
    with sim.client("vera") as vera, refused(403004):
        vera.datasources.add_tags(data, "mine")
