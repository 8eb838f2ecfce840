"""Collections and Pulse speak JSON alone, and tableauserverclient has no call for them: plain requests."""

import functools

import pytest
import tableauserverclient as TSC
from sim_ask import ask
from simulator import NOBODY

resource = functools.partial(ask, version="-", site=False, as_json=True)


# --- collections ---


def test_a_collection_from_its_making_to_its_end(server, put):
    book, source = put.workbook(), put.datasource()
    made = resource(server, "POST", "collections", {"name": "Ours", "description": "a & b"}, 201)
    assert (made["name"], made["description"], made["ownerLuid"], made["visibility"], made["totalItemCount"]) == (
        "Ours", "a & b", server.user_id, "private", 0)
    luid = made["luid"]
    items = [
        {"contentLuid": book.id, "contentType": "workbook"},
        {"contentLuid": source.id, "contentType": "datasource"},
        {"contentLuid": NOBODY, "contentType": "view"}]
    added = resource(server, "POST", f"collections/{luid}/items/batchCreate", {"items": items})
    assert [one["content"]["luid"] for one in added["items"]] == [book.id, source.id]
    assert [one["luid"] for one in added["errors"]] == [NOBODY] and added["errors"][0]["errorCode"] == "404029"
    listed = resource(server, "GET", f"collections/{luid}/items")
    assert [(one["content"]["contentType"], one["content"]["name"]) for one in listed["items"]] == [
        ("workbook", "Book"),
        ("datasource", "Sales")]
    only = resource(server, "GET", f"collections/{luid}/items", filter="type:eq:workbook")
    assert [one["content"]["luid"] for one in only["items"]] == [book.id]
    assert resource(server, "GET", f"collections/{luid}")["totalItemCount"] == 2
    server.workbooks.delete(book.id)
    assert resource(server, "GET", f"collections/{luid}")["totalItemCount"] == 1
    resource(server, "POST", f"collections/{luid}/items/batchDelete", {"items": [items[1]]})
    assert resource(server, "GET", f"collections/{luid}/items")["items"] == []
    changed = resource(server, "POST", "collections/batchUpdate", [
        {"luid": luid, "name": "Theirs"},
        {"luid": NOBODY, "name": "x"}])
    assert changed["collections"][0]["name"] == "Theirs" and changed["errors"][0]["luid"] == NOBODY
    resource(server, "DELETE", f"collections/{luid}", status=204)
    resource(server, "GET", f"collections/{luid}", status=404)


def test_collections_in_pages_and_by_filters(server):
    for number in range(5):
        resource(
            server, "POST", "collections", {"name": f"C {number}", "visibility": "public" if number % 2 else "private"},
            201)
    first = resource(server, "GET", "collections", pageSize=2, sort="name:desc")
    assert first["pagination"] == {"pageNumber": 1, "pageSize": 2, "totalAvailable": 5}
    assert [one["name"] for one in first["items"]] == ["C 4", "C 3"]
    last = resource(server, "GET", "collections", pageSize=2, pageNumber=3, sort="name:desc")
    assert [one["name"] for one in last["items"]] == ["C 0"]
    assert resource(server, "GET", "collections", filter="visibility:eq:public")["pagination"]["totalAvailable"] == 2


def test_a_private_collection_is_its_owners(sim, server):
    resource(server, "POST", "collections", {"name": "Secret"}, 201)
    user = server.users.add(TSC.UserItem("anna", "Explorer"))
    server.users.update(user, password="anna")
    client = sim.client("anna").server
    assert resource(client, "GET", "collections")["items"] == []
    mine = resource(client, "POST", "collections", {"name": "Mine"}, 201)
    assert [one["luid"] for one in resource(client, "GET", "collections")["items"]] == [mine["luid"]]
    assert resource(server, "GET", "collections")["pagination"]["totalAvailable"] == 2


@pytest.mark.parametrize("flags, status", [(["--without", "collections"], 403), (["--api", "3.27"], 404)])
def test_sites_without_collections(make_sim, flags, status):
    with make_sim(*flags) as sim, sim.client() as server:
        resource(server, "GET", "collections", status=status)


# --- Pulse ---


def definition(source, name="Sales"):
    return {"name": name, "description": "how much", "specification": {"datasource": {"id": source.id},
        "basic_specification": {"measure": {"field": "amount", "aggregation": "AGGREGATION_SUM"},
        "time_dimension": {"field": "at"}, "filters": []}, "is_running_total": False},
        "extension_options": {"allowed_dimensions": ["region"]}}


def test_definitions_metrics_and_followers(server, put):
    source = put.datasource()
    made = resource(server, "POST", "pulse/definitions", definition(source), 201)["definition"]
    luid = made["metadata"]["id"]
    assert (made["metadata"]["name"], made["metadata"]["description"]) == ("Sales", "how much")
    assert made["specification"] == definition(source)["specification"] and made["extension_options"] == {
        "allowed_dimensions": ["region"]}
    default = resource(server, "GET", f"pulse/definitions/{luid}/metrics")["metrics"]
    assert [(one["definition_id"], one["is_default"], one["datasource_luid"]) for one in default] == [(
        luid, True, source.id)]
    wanted = {
        "definition_id": luid,
        "specification": {
            "filters": [{"field": "region"}],
            "measurement_period": {"granularity": "GRANULARITY_BY_WEEK", "range": "RANGE_CURRENT_PARTIAL"}}}
    metric = resource(server, "POST", "pulse/metrics:getOrCreate", wanted)
    assert metric["is_metric_created"] is True
    assert resource(server, "POST", "pulse/metrics:getOrCreate", wanted) == {
        "metric": metric["metric"], "is_metric_created": False}
    resource(server, "POST", "pulse/metrics", wanted, 409)
    metric_id = metric["metric"]["id"]
    both = resource(server, "GET", "pulse/metrics:batchGet", metric_ids=f"{metric_id},{default[0]['id']},{NOBODY}")[
        "metrics"]
    assert [one["id"] for one in both] == [metric_id, default[0]["id"]]
    assert (
        resource(server, "POST", "pulse/metrics:batchGet", {"metric_ids": [metric_id]})["metrics"][0][
            "specification"] == wanted["specification"])
    full = resource(server, "GET", f"pulse/definitions/{luid}", view="DEFINITION_VIEW_FULL")["definition"]
    assert full["total_metrics"] == 2 and {one["id"] for one in full["metrics"]} == {metric_id, default[0]["id"]}
    follows = resource(
        server, "POST", "pulse/subscriptions:batchCreate",
        {"metric_id": metric_id, "followers": [{"user_id": server.user_id}]}, 201)["subscriptions"]
    assert [(one["metric_id"], one["follower"]) for one in follows] == [(metric_id, {"user_id": server.user_id})]
    assert resource(server, "GET", f"pulse/metrics/{metric_id}")["metric"]["is_followed"] is True
    assert len(resource(server, "GET", "pulse/subscriptions", metric_id=metric_id)["subscriptions"]) == 1
    resource(server, "PATCH", f"pulse/definitions/{luid}", {"name": "Renamed"})
    assert resource(server, "GET", f"pulse/definitions/{luid}")["definition"]["metadata"]["name"] == "Renamed"
    resource(server, "DELETE", f"pulse/metrics/{default[0]['id']}", status=400)
    resource(server, "DELETE", f"pulse/metrics/{metric_id}", status=204)
    assert resource(server, "GET", "pulse/subscriptions")["subscriptions"] == []
    resource(server, "DELETE", f"pulse/definitions/{luid}", status=204)
    resource(server, "GET", f"pulse/metrics/{default[0]['id']}", status=404)


def test_definitions_come_in_pages(server, put):
    source = put.datasource()
    made = {resource(server, "POST", "pulse/definitions", definition(source, f"D {number}"),
        201)["definition"]["metadata"]["id"] for number in range(5)}
    found, token, pages = [], "", 0
    while token or not pages:
        page = resource(server, "GET", "pulse/definitions", page_size=2, **({"page_token": token} if token else {}))
        assert page["total_available"] == 5 and page["offset"] == len(found)
        found += [one["metadata"]["id"] for one in page["definitions"]]
        token, pages = page["next_page_token"], pages + 1
    assert pages == 3 and sorted(found) == sorted(made) and len(found) == 5
    resource(server, "GET", "pulse/definitions", page_size=0, status=400)
    resource(server, "GET", "pulse/definitions", page_token="nonsense", status=400)


def test_pulse_is_about_data_sources(server, put):
    resource(server, "POST", "pulse/definitions", definition(data_source(NOBODY)), 404)
    resource(server, "POST", "pulse/definitions", {"name": "x"}, 404)


def data_source(luid):
    item = TSC.DatasourceItem("p")
    item._id = luid
    return item


def test_a_site_without_pulse(make_sim):
    with make_sim("--without", "pulse") as sim, sim.client() as server:
        resource(server, "GET", "pulse/definitions", status=403)
