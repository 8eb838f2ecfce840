"""No silent gap: each call that tableauserverclient has is made by one of the tests beside this one, or
docs/simulator.md says, under "Not offered", that the simulator does not answer it.
"""

import ast
import fnmatch
import inspect
import pathlib
import re

import pytest
import tableauserverclient as TSC
from tableauserverclient.server.endpoint import Endpoint
from tableauserverclient.server.endpoint.endpoint import DownloadableMixin, QuerysetEndpoint

HERE = pathlib.Path(__file__)
DOCUMENT = HERE.parents[2] / "docs" / "simulator.md"

# What is tested, but cannot be seen by reading: an endpoint that is a parameter of the test. call -> the test's name.
ELSEWHERE = {
    **{f"{kind}.{call}": "test_rules_of_content" for kind in ("workbooks", "datasources", "flows")
       for call in ("populate_permissions", "update_permissions", "delete_permission")},
    **{f"{kind}.{call}": "test_tags" for kind in ("workbooks", "datasources", "flows", "views")
       for call in ("add_tags", "delete_tags", "update_tags")},
    **{f"{kind}.{call}": "test_rules_and_tags_of_assets" for kind in ("databases", "tables", "virtual_connections")
       for call in ("populate_permissions", "delete_permission", "add_tags", "delete_tags")},
    **{f"{kind}.{call}": "test_warnings_on_databases_tables_data_sources_and_flows"
       for kind in ("databases", "tables", "datasources", "flows")
       for call in ("populate_dqw", "add_dqw", "update_dqw", "delete_dqw")},
    **{f"{kind}.{call}": "test_revisions" for kind in ("workbooks", "datasources")
       for call in ("download_revision", "delete_revision")},
    **{f"{kind}.update_connection": "test_changing_a_connection" for kind in ("workbooks", "datasources", "flows")},
    **{f"{kind}.update_connections": "test_changing_connections_together" for kind in ("workbooks", "datasources")},
    **{f"{kind}.publish": "test_overwriting" for kind in ("workbooks", "flows")},
    "flows.get": "test_a_pager_over_three_pages",
    "flows.delete": "test_deleting",
    "fileuploads.append": "test_sessions_that_are_none",
    "views.populate_permissions": "test_views_have_their_own_or_the_workbooks",
    "databases.update_permissions": "test_rules_and_tags_of_assets",
    "tables.update_permissions": "test_rules_and_tags_of_assets",
    "virtual_connections.add_permissions": "test_rules_and_tags_of_assets",
}

# The same request under another name.
LISTING = {"all", "filter", "fields", "only_fields", "order_by", "paginate", "find_by_name"}


def endpoints():
    """The endpoints of a client: {"workbooks": its class}."""
    server = TSC.Server("http://localhost")
    return {name: type(value) for name, value in vars(server).items() if isinstance(value, Endpoint)}


def calls():
    """All that the client can be asked: {"workbooks.publish", ...}."""
    common = set().union(*(set(dir(base)) for base in (Endpoint, QuerysetEndpoint, DownloadableMixin))) - {"get"}
    return {f"{name}.{method}" for name, kind in endpoints().items() for method, value in inspect.getmembers(kind)
            if inspect.isfunction(value) and not method.startswith("_") and method not in common}


def trees():
    return [ast.parse(path.read_text()) for path in sorted(HERE.parent.glob("test_sim_*.py")) if path != HERE]


def seen():
    """The calls in the source of the tests: X.workbooks.publish, and X.workbooks alone for a pager's or a list's."""
    names, found = set(endpoints()), set()
    for tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute):
                continue
            if isinstance(node.value, ast.Attribute) and node.value.attr in names:
                found.add(f"{node.value.attr}.{'get' if node.attr in LISTING else node.attr}")
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, (ast.Attribute, ast.Name)) and ast.unparse(call.func).endswith("Pager"):
                found |= {f"{one.attr}.get" for one in call.args if isinstance(one, ast.Attribute)
                    and one.attr in names}
    return found


def not_offered():
    """The patterns in the document: `metrics.*`, `views.populate_pdf`."""
    parts = re.split(r"^## ", DOCUMENT.read_text(), flags=re.MULTILINE)
    [section] = [part for part in parts if part.startswith("Not offered\n")]
    return re.findall(r"`([a-z_]+\.[a-z_*]+)`", section)


def test_each_call_is_tested_or_said_to_be_missing():
    missing = {call for call in calls() - seen() - set(ELSEWHERE)
               if not any(fnmatch.fnmatch(call, pattern) for pattern in not_offered())}
    assert missing == set()


@pytest.mark.parametrize("pattern", not_offered())
def test_what_is_said_to_be_missing_is_a_call_and_is_not_tested(pattern):
    matching = fnmatch.filter(calls(), pattern)
    assert matching != []
    assert set(matching) & (seen() | set(ELSEWHERE)) == set()


def test_what_is_tested_elsewhere_is_there():
    tests = {node.name for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert set(ELSEWHERE.values()) <= tests
    assert set(ELSEWHERE) <= calls()
