"""The Metadata API by tableauserverclient: when extracts were refreshed."""

import pytest
import sim_files
import tableauserverclient as TSC
from sim_shelf import refused

SOURCES = "luid name hasExtracts extractLastRefreshTime extractLastUpdateTime extractLastIncrementalUpdateTime"


def test_extract_times_of_data_sources_and_workbooks(server, put):
    source, live = put.datasource(), put.datasource("Live", sim_files.tds(), "tds")
    book = put.workbook()
    asked = server.metadata.query(f"{{ publishedDatasources {{ {SOURCES} }} }}", abort_on_error=True)
    found = {one["luid"]: one for one in asked["data"]["publishedDatasources"]}
    assert set(found) == {source.id, live.id} and found[source.id]["name"] == "Sales"
    assert found[source.id]["hasExtracts"] is True and found[source.id]["extractLastUpdateTime"].endswith("Z")
    assert found[source.id]["extractLastRefreshTime"] is None
    assert found[live.id]["hasExtracts"] is False and found[live.id]["extractLastUpdateTime"] is None
    server.jobs.wait_for_job(server.datasources.refresh(source))
    query = f"query q($ids: [String!]) {{ mine: publishedDatasources(filter: {{luidWithin: $ids}}) {{ {SOURCES} }} }}"
    again = server.metadata.query(query, {"ids": [source.id]}, abort_on_error=True)["data"]["mine"]
    assert [one["luid"] for one in again] == [source.id]
    assert (
        again[0]["extractLastRefreshTime"] is not None and again[0]["extractLastUpdateTime"] >= again[0][
            "extractLastRefreshTime"])
    fields = "luid owner { username } embeddedDatasources { hasExtracts extractLastUpdateTime }"
    query = f'{{ workbooks(filter: {{luid: "{book.id}"}}) {{ {fields} }} }}'
    workbook = server.metadata.query(query, abort_on_error=True)["data"]["workbooks"][0]
    assert workbook["luid"] == book.id and workbook["owner"] == {"username": "admin"}
    assert [one["hasExtracts"] for one in workbook["embeddedDatasources"]] == [True]
    assert workbook["embeddedDatasources"][0]["extractLastUpdateTime"].endswith("Z")


def test_pages_of_a_connection(server, put):
    made = {put.datasource(f"D {number}").id for number in range(5)}
    query = """query pages($first: Int, $afterToken: String) {
      publishedDatasourcesConnection(first: $first, after: $afterToken) {   # a comment
        nodes { luid __typename } totalCount pageInfo { hasNextPage endCursor } } }"""
    pages = server.metadata.paginated_query(query, {"first": 2}, abort_on_error=True)["pages"]
    lists = [page["data"]["publishedDatasourcesConnection"] for page in pages]
    assert [len(one["nodes"]) for one in lists] == [2, 2, 1] and {one["totalCount"] for one in lists} == {5}
    nodes = [node for one in lists for node in one["nodes"]]
    assert {node["luid"] for node in nodes} == made and {node["__typename"] for node in nodes} == {
        "PublishedDatasource"}


@pytest.mark.parametrize("query, words", [
    ("{ workbooks { luid extractLastRefreshTime } }", "Field 'extractLastRefreshTime' in type 'Workbook' is undefined"),
    ("{ workbooks { embeddedDatasources { nonsense } } }",
     "Field 'nonsense' in type 'EmbeddedDatasource' is undefined"),
    ("{ nonsense { luid } }", "Field 'nonsense' in type 'Query' is undefined"),
    ("{ workbooks }", "Sub selection required"),
    ("{ publishedDatasources(filter: {nonsense: 1}) { luid } }", "nonsense"),
    ("{ workbooks { luid }", "Invalid Syntax"),
    ("mutation { x }", "Invalid Syntax"),
    ("", "Invalid Syntax"),
    ("{ workbooks { ...all } }", "Invalid Syntax"),
    ("{" * 300, "Invalid Syntax"),
    ('{ workbooks(a: "x) { luid } }', "Invalid Syntax")])
def test_what_the_schema_does_not_have_is_an_error(server, put, query, words):
    put.datasource()
    answer = server.metadata.query(query)
    assert words in answer["errors"][0]["message"] and not answer.get("data")
    with pytest.raises(TSC.server.endpoint.exceptions.GraphQLError):
        server.metadata.query(query, abort_on_error=True)


def test_the_metadata_api_can_be_off(make_sim):
    with make_sim("--without", "metadata") as sim, sim.client() as server:
        with refused(404003):
            server.metadata.query("{ workbooks { luid } }")
