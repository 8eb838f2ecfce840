"""What people changed on a site between two backups is in the report by name, and what moves by itself is not."""

import shutil

import pytest
import tableauserverclient as tsc
from backup_shop import BackupShop, made_site
from backup_tiny import TINY
from simulator import start_sim


@pytest.fixture
def shop(tmp_path, cache):
    with start_sim(data=made_site(cache, TINY), control=True) as sim:
        yield BackupShop(tmp_path, sim)


def backed_up(shop):
    result = shop.backup("--json")
    assert result.code == 0, result
    return result.report


def changed(report):
    """{(kind, what, item): how}"""
    return {(kind["kind"], one["what"], one["item"]): one.get("how")
            for kind in report["metadata_changes"] for one in kind["named"]}


def test_nothing_changed(shop):
    assert backed_up(shop)["metadata_changes"] is None  # the first one
    assert backed_up(shop)["metadata_changes"] == []    # though somebody signed in, twice
    assert shop.snapshot().manifest["metadata_compared"] is True


def test_people_permissions_tags_and_owners_are_named(shop):
    backed_up(shop)
    with shop.straight.client() as server:
        users, groups, workbooks = server.users.get()[0], server.groups.get()[0], server.workbooks.get()[0]
        person = next(user for user in users if "okafor" in user.name)
        was, person.site_role = person.site_role, "Viewer" if person.site_role != "Viewer" else "Explorer"
        server.users.update(person)
        group = next(group for group in groups if group.name != "All Users")
        new = server.users.add(tsc.UserItem("new.person@example.com", "Viewer"))
        server.groups.add_user(group, new.id)
        projects = server.projects.get()[0]
        rule = tsc.PermissionsRule(grantee=group, capabilities={"ExportXml": "Deny"})
        server.projects.update_workbook_default_permissions(projects[0], [rule])
        server.workbooks.add_tags(workbooks[1], ["board"])
        workbooks[2].owner_id = person.id
        server.workbooks.update(workbooks[2])
    names = changed(backed_up(shop))
    assert names["users", "changed", person.name] == f"siteRole: {was} -> {person.site_role}"
    assert ("users", "added", "new.person@example.com") in names
    assert "user: + new.person@example.com" in names["group_members", "changed", f"group {group.name}"]
    how = [how for (kind, _, item), how in names.items() if kind == "default_permissions" and item.endswith("(workbooks)")]
    assert how == [f"group {group.name} got ExportXml (Deny)"]
    how = [how for (kind, what, _), how in names.items() if kind == "workbooks"]
    assert "tags: + board" in how
    assert any(text.startswith("owner: ") and text.endswith(f" -> {person.name}") for text in how), how
    page = shop.store.read(f"{shop.snapshot().name}/report.html").decode()
    assert "Changes of metadata" in page and "new.person@example.com" in page


def test_a_base_that_lost_its_metadata_is_no_failure(shop):
    backed_up(shop)
    base = shop.snapshot().name
    shutil.rmtree(shop.store.path / base / "metadata_tableau")
    with shop.straight.client() as server:
        server.users.add(tsc.UserItem("new.person@example.com", "Viewer"))
    unknown = {kind["kind"] for kind in backed_up(shop)["metadata_changes"] if "unknown" in kind}
    assert unknown >= {"users", "permissions", "projects"}


def test_a_copied_store_is_as_good_as_the_original(shop):
    """`cp` makes other ETags: what is in it is read and relied on, nothing is downloaded, all is compared."""
    backed_up(shop)
    original = shop.store.path.with_name("original")
    shop.store.path.rename(original)
    shutil.copytree(original, shop.store.path)
    told = backed_up(shop)
    assert told["downloaded"] == 0 and told["taken_over"] > 0, told
    assert told["metadata_changes"] == []
    assert any("was the store copied" in note for note in told["notes"]), told["notes"]
    assert not any("cannot be relied on" in note for note in told["notes"]), told["notes"]
    assert not any("was the store copied" in note for note in backed_up(shop)["notes"])
