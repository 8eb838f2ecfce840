"""tabferry doctor at a site: connection, sign-in, the token's life, role and project."""
from datetime import datetime, timedelta, timezone

import pytest

from doctor_far_sides import Fake, Rewriting
from doctor_practice import FOUND_PROBLEM
from ferry import SECRET


def test_secret_is_not_set(practice):
    practice.auth = {"pat_secret": "env:NOT_THERE"}
    found = practice.doctor().problem("Site", "secret")
    assert "NOT_THERE" in found["seen"] and "is not set" in found["seen"] and "Set it where tabferry runs" in found["cure"]


def test_plain_secret_warns(practice):
    practice.auth = {"pat_secret": SECRET}
    found = practice.doctor().warning("Configuration", "safety")
    assert "plain text" in found["seen"] and "env:NAME" in found["cure"]


def test_wrong_token(practice):
    found = practice.doctor(env={"PAT_SECRET": "wrong"}).problem("Site", "sign-in")
    assert "401001" in found["seen"] and "expired or was revoked" in found["cure"]


def test_site_is_down(practice):
    practice.server = "http://127.0.0.1:1"
    found = practice.doctor().problem("Site", "connection")
    assert "connection refused" in found["seen"] and "is the server up?" in found["cure"]


@pytest.mark.parametrize("silent", ["serverInfo", "signin", "/users/", "/projects"])
def test_site_that_is_mute(practice, sim, silent):
    site_answers = Rewriting(sim, "x", "x")
    with Fake(lambda request: None if silent in request.path else site_answers(request)) as site:
        practice.server = site.url
        seen = practice.doctor()
    assert seen.code == FOUND_PROBLEM and "no answer within" in seen.one("problem")["seen"]


def test_something_else_than_tableau_answers(practice):
    with Fake(lambda request: (200, {"Content-Type": "text/html"}, b"<html>hello</html>")) as page:
        practice.server = page.url
        assert "server's address right" in practice.doctor().problem("Site", "sign-in")["cure"]


def test_project_is_missing(practice):
    practice.settings["project"] = "Finanze"
    found = practice.doctor().problem("Site", "project")
    assert "Did you mean 'Finance'?" in found["cure"] and "datasources.sales.project" in found["cure"]


def test_site_that_is_not_in_the_configuration(practice):
    assert "demo" in practice.doctor("--site", "dome").problem("Site", "settings")["cure"]


def day(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%d")


@pytest.mark.parametrize("days, status", [(-2, "problem"), (9, "warning"), (40, "ok")])
def test_token_ends_by_the_configuration(practice, days, status):
    practice.auth = {"pat_expires": day(days)}
    seen = practice.doctor()
    if status == "ok":
        assert f"in {days} days" in seen.all_well().check("Site", "token life")["seen"]
        return
    found = seen.problem("Site", "token life") if status == "problem" else seen.warning("Site", "token life")
    assert ("2 days ago" if days < 0 else "in 9 days") in found["seen"] and day(days) in found["seen"]
    assert "Make a new token" in found["cure"] and "pat_expires" in found["cure"]


def test_token_that_is_refused_because_it_ended(practice):
    practice.auth = {"pat_expires": day(-1)}
    seen = practice.doctor(env={"PAT_SECRET": "revoked"})
    assert seen.of("problem") == [("Site", "sign-in"), ("Site", "token life")], seen.result
    assert "1 day ago" in seen.check("Site", "token life")["seen"]


def test_token_ends_by_the_sites_word(practice, sim):
    with Fake(Rewriting(sim, "365:00:00", "5:12:30")) as site:
        practice.server = site.url
        found = practice.doctor().warning("Site", "token life")
    assert "'5:12:30'" in found["seen"] and "Make a new token" in found["cure"]


def test_token_whose_end_nobody_knows(practice, sim):
    with Fake(Rewriting(sim, 'estimatedTimeToExpiration="365:00:00"', "")) as site:
        practice.server = site.url
        seen = practice.doctor().all_well()
    assert "auth.pat_expires" in seen.check("Site", "token life")["seen"]


def test_role_that_may_not_publish(practice, sim):
    with Fake(Rewriting(sim, "SiteAdministratorCreator", "Viewer")) as site:
        practice.server = site.url
        found = practice.doctor().problem("Site", "role")
    assert "Viewer" in found["seen"] and "Creator" in found["cure"]


def test_role_that_may_publish_and_not_back_up(practice, sim, tmp_path):
    practice.store = f"file://{tmp_path}/backups"
    with Fake(Rewriting(sim, "SiteAdministratorCreator", "Explorer")) as site:
        practice.server = site.url
        found = practice.doctor().warning("Site", "role")
        assert "a backup refuses" in found["seen"] and "backup.scope: visible" in found["cure"]
        practice.more["backup"] = {"scope": "visible"}
        assert practice.doctor().check("Site", "role") | {"seconds": 0} == {
            "area": "Site", "name": "role", "status": "ok", "seen": "Explorer", "cure": "", "seconds": 0}
