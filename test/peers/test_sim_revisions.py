"""Older versions of workbooks and data sources, judged by tableauserverclient."""

import pytest
import sim_files
from sim_shelf import Shelf, bytes_of, refused
from simulator import start_sim


@pytest.mark.parametrize("kind", ["workbook", "datasource"])
def test_revisions(server, put, kind):
    endpoint = {"workbook": server.workbooks, "datasource": server.datasources}[kind]
    bodies = [getattr(sim_files, {"workbook": "twbx", "datasource": "tdsx"}[kind])(seed=seed) for seed in range(4)]
    item = getattr(put, kind)("Sales", bodies[0])
    for body in bodies[1:]:
        assert getattr(put, kind)("Sales", body, mode="Overwrite").id == item.id
    endpoint.populate_revisions(item)
    assert [(one.revision_number, one.current, one.deleted) for one in item.revisions] == [
        ("1", False, False),
        ("2", False, False),
        ("3", False, False),
        ("4", True, False)]
    assert {(one.user_id, one.user_name) for one in item.revisions} == {(server.user_id, "admin")}
    for number in (1, 2, 3):
        assert bytes_of(endpoint.download_revision, item.id, str(number)) == bodies[number - 1]
    assert bytes_of(endpoint.download_revision, item.id, None) == bodies[3]
    with refused(403055):
        bytes_of(endpoint.download_revision, item.id, "4")
    endpoint.delete_revision(item.id, "2")
    endpoint.populate_revisions(item)
    assert [one.deleted for one in item.revisions] == [False, True, False, False]
    for number in ("2", "5", "x"):
        with refused(404024):
            bytes_of(endpoint.download_revision, item.id, number)
    assert bytes_of(endpoint.download, item.id) == bodies[3]


def test_revisions_have_a_limit(tmp_path):
    data = tmp_path / "site"
    with start_sim("--profile", "cloud", data=data) as sim, sim.client() as server:
        put = Shelf(server, tmp_path)
        for seed in range(13):
            item = put.datasource(content=sim_files.tdsx(seed=seed), mode="Overwrite")
        server.datasources.populate_revisions(item)
        assert [int(one.revision_number) for one in item.revisions] == list(range(4, 14))
        assert len(list((data / "content").iterdir())) == 10
        server.datasources.delete(item.id)
        assert list((data / "content").iterdir()) == []
