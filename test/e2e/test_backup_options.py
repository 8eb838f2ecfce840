"""What `tabferry backup` is told, and what it tells: options, exit codes, what is taken over and why, what is missing and why."""

import contextlib
import hashlib
import json
import shutil
import subprocess
from datetime import date, datetime, timedelta

import pytest
import tableauserverclient as tsc
from backup_shop import BackupShop, made_site
from backup_store import snapshots
from backup_tiny import ITEMS, TINY
from fake_http import fake_http
from ferry import SECRET
from programs import program
from s3_server import start_s3
from simulator import NOBODY, SITE, TOKEN_NAME, start_sim

# What --json tells of a backup: docs and scripts rely on it.
TOLD = {
    "metadata_changes", "left_out",
    "command", "status", "headline", "ended_at", "seconds", "snapshot", "manifest", "snapshot_status", "site", "items", "saved", "downloaded", "taken_over",
    "failures", "accepted", "size_bytes", "downloaded_bytes", "counts", "rules", "requests", "notes", "failed", "accepted_failures",
    "changes", "projects", "unavailable",
}  # fmt: skip
# A fault that is answered at once and never passes: no try is worth a wait.
FLOWS_FAIL = "413=html@1+ on GET **/flows/*/content"
EVERY_FEATURE = ("data-management", "metadata", "pulse", "flows", "collections")


@contextlib.contextmanager
def opened(folder, cache, *flags, s3=None, amounts=TINY, extracts=False):
    with start_sim(*flags, data=made_site(cache, amounts, extracts), control=True) as sim:
        yield BackupShop(folder, sim, s3)


@pytest.fixture
def shop(tmp_path, cache):
    with opened(tmp_path, cache) as shop:
        yield shop


def done(result, code=0):
    assert result.code == code, result
    return result.report


def signed_in_as(shop, name, password=None, site=SITE):
    """By password from now on."""
    config = shop.config

    def changed():
        told = config()
        told["sites"]["demo"] |= {"auth": {"username": name, "password": "env:SITE_PASSWORD"}, "site": site}
        return told

    shop.config = changed
    return {"SITE_PASSWORD": password or name}


def rules(shop, kind):
    return {entry["name"]: entry["rule"] for entry in shop.snapshot().entries(kind).values()}


# --- what is told


def test_json_is_one_line_of_known_keys(shop):
    report = done(shop.backup())
    assert report.keys() == TOLD and report["changes"] is None
    assert (report["items"], report["saved"], report["downloaded"], report["taken_over"]) == (ITEMS, ITEMS, ITEMS, 0)
    assert report["headline"].startswith(f"all {ITEMS} items") and report["snapshot_status"] == "complete"
    failed = shop.backup("--site", "other")
    assert failed.code == 2 and failed.report.keys() == {"command", "status", "headline", "ended_at", "seconds", "error"}
    assert failed.report["status"] == "failed" and failed.report["error"]["kind"] in ("usage", "config")


def test_what_people_read(shop):
    first = shop.tabferry("backup")
    assert first.code == 0, first
    lines = first.out.splitlines()
    assert lines[0].startswith(f"all {ITEMS} items (") and lines[0].endswith("of site demo are saved, and its metadata")
    assert not [line for line in lines if line != line.rstrip()], "blanks at the end of lines"
    steps = first.err.splitlines()
    assert f"saving {ITEMS} items and" in first.err and "\r" not in first.err and "\x1b" not in first.err
    assert len(steps) == len(set(steps)), f"said twice: {steps}"
    quiet = shop.tabferry("backup", "--quiet")
    assert (quiet.code, quiet.err) == (0, "") and quiet.out.startswith(f"all {ITEMS} items")


def test_what_is_not_on_offer_does_not_sound_like_a_failure(tmp_path, cache):
    with opened(tmp_path, cache, amounts=TINY | {"personal": 2}) as shop:
        told = shop.tabferry("backup")
        assert told.code == 0, told
        headline = told.out.splitlines()[0]
        assert headline.startswith(f"all that site demo gives out is saved, and its metadata: {ITEMS - 2} items (")
        assert headline.endswith("; 2 not on offer") and "fail" not in headline
        refused = [line for line in told.out.splitlines() if "403019" in line]
        assert len(refused) == 1 and refused[0].count("403019") == 1 and refused[0].split()[:2] == ["workbook", "2"], refused
        assert len(done(shop.backup())["unavailable"]) == 2


def test_a_preview_writes_nothing(shop):
    plan = done(shop.backup("--dry-run"))
    assert (plan["downloads"], plan["taken_over"]) == (ITEMS, 0) and shop.store.list() == {}
    said = sum(route["count"] for route in shop.straight.control.requests()["routes"])
    done(shop.backup())
    assert shop.names()
    real = sum(route["count"] for route in shop.straight.control.requests()["routes"]) - said
    assert abs(plan["requests"] - real) <= 12, (plan["requests"], real)  # sign-in and what it goes with
    again = done(shop.backup("--dry-run"))
    assert (again["downloads"], again["taken_over"], again["base"]) == (0, ITEMS, shop.names()[0])


def test_a_second_backup_asks_for_lists_and_documents_alone(shop):
    """And the report says how many requests that were."""
    done(shop.backup())
    before = {(route["method"], route["route"]): route["count"] for route in shop.straight.control.requests()["routes"]}
    report = done(shop.backup())
    made = {}
    for route in shop.straight.control.requests()["routes"]:
        key = route["method"], route["route"]
        made[key] = route["count"] - before.get(key, 0)
    assert report["downloaded"] == 0 and report["taken_over"] == ITEMS
    files = sum(count for (_, path), count in made.items() if path.endswith("/content"))
    assert files == 0 == report["requests"]["downloads"], made
    said, total = sum(report["requests"].values()), sum(made.values())
    assert said <= total <= said + 12, (report["requests"], made)  # signing in, who am I, what server is this
    assert report["requests"]["lists"] <= len(report["counts"]) + 60


# --- who may


def test_who_is_no_administrator_is_refused(tmp_path, cache):
    with opened(tmp_path, cache, "--user", "vera=Explorer") as shop:
        env = signed_in_as(shop, "vera")
        told = shop.backup(env=env)
        assert told.code == 5 and "no administrator" in told.message and "--scope visible" in told.message, told
        assert not shop.names() and not shop.store.list("backup_")
        seen = done(shop.backup("--scope", "visible", env=env), 3)
        assert seen["snapshot_status"] == "partial" and "vera" in seen["headline"]
        manifest = shop.snapshot().manifest
        assert (manifest["scope"], manifest["status"], manifest["site"]["role"]) == ("visible", "partial", "Explorer")


@pytest.mark.parametrize("name, password, site", [("admin", "wrong", SITE), ("nobody", "x", SITE), ("admin", "admin", "elsewhere")])
def test_a_sign_in_that_fails(shop, name, password, site):
    told = shop.backup(env=signed_in_as(shop, name, password, site))
    assert told.code == 1 and told.report["error"]["kind"] == "denied", told
    assert not shop.store.list("backup_")


# --- what is taken


def test_only_and_exclude(shop):
    report = done(shop.backup("--only", "workbooks:**", "--only", "flows:**"), 3)
    assert {item["kind"] for item in shop.snapshot().manifest["items"]} == {"workbooks", "flows"}
    assert "--only" in json.dumps(report["notes"]) and "partial" in report["headline"] and report["failures"] == 0
    shop.keys["exclude"] = ["datasources:**", "custom_views:**"]
    done(shop.backup("--full"))
    assert {item["kind"] for item in shop.snapshot().manifest["items"]} == {"workbooks", "flows", "virtual_connections"}
    bad = shop.backup("--only", "nonsense:**")
    assert bad.code == 2 and "nonsense" in bad.message, bad


def test_selectors_that_leave_nothing_are_a_mistake(shop):
    """Before anything is claimed in the store."""
    shop.keys["include"] = ["Nowhere"]
    for flags in ((), ("--dry-run",), ("--only", "Elsewhere")):
        told = shop.backup(*flags)
        assert told.code == 2 and told.report["error"]["kind"] == "config", told
        assert "leave none of" in told.message and "a project's items are 'Finance/**'" in told.message, told
    assert not shop.store.list("backup_")


def test_what_the_configuration_leaves_out_is_told(shop):
    """In all that a person and a script see; and the next snapshot calls nothing gone."""
    full = done(shop.backup())
    assert full["left_out"] == 0
    some = TINY["workbooks"]
    shop.keys["include"] = ["workbooks:**", "Nowhere"]
    shop.keys["exclude"] = ["flows:Elsewhere/**"]
    dry = done(shop.backup("--dry-run"))
    assert (dry["left_out"], dry["taken_over"]) == (ITEMS - some, some)
    assert dry["headline"].startswith(f"{some} of {ITEMS} items would be saved")
    told = shop.backup()
    report = done(told)
    assert report["snapshot_status"] == "complete" and report["left_out"] == ITEMS - some == shop.snapshot().manifest["left_out"]
    assert report["headline"].startswith(f"{some} of {ITEMS} items (")
    assert report["headline"].endswith(f"of site demo are saved, {ITEMS - some} are left out by the configuration")
    for name in ("Nowhere", "Elsewhere"):
        assert name in told.err and any(name in note and "Finance/**" in note for note in report["notes"]), told
    changes = report["changes"]
    assert (changes["comparable"], changes["gone"], changes["new"]) == (False, [], [])
    assert (changes["only_in_earlier"], changes["only_in_this"]) == (ITEMS - some, 0)
    for file in ("README.txt", "report.html"):
        text = shop.store.read(f"{report['snapshot']}/{file}").decode()
        assert "left out by the configuration" in text, file
    assert "it was made with other options" in text
    for flags in (("--dry-run",), ()):
        pruned = shop.tabferry("prune", "--keep-last", "1", "--json", *flags)
        assert pruned.code == 0 and full["snapshot"] in pruned.out, pruned
        assert any(report["snapshot"] in note and "left out" in note for note in json.loads(pruned.out)["notes"]), pruned


def test_what_a_personal_space_refused_is_not_asked_for_again(tmp_path, cache):
    """But where it changed, and where everything is asked for."""
    with opened(tmp_path, cache, amounts=TINY | {"personal": 2}) as shop:
        done(shop.backup())
        first = shop.snapshot()
        dry = done(shop.backup("--dry-run"))
        assert (dry["downloads"], dry["asked_again"], dry["left"], dry["taken_over"]) == (0, 0, 2, ITEMS - 2)
        assert "2 not asked for, unchanged since the site refused them" in shop.tabferry("backup", "--dry-run").out
        full = done(shop.backup("--dry-run", "--full"))
        assert (full["downloads"], full["asked_again"], full["left"]) == (ITEMS - 2, 2, 0)
        shown = shop.tabferry("backup", "--dry-run", "--full").out
        assert "ask again: not on offer the last time 2" in " ".join(shown.split()), shown
        report = done(shop.backup())
        assert report["requests"]["downloads"] == 0 and len(report["unavailable"]) == 2
        refused = [item for item in shop.snapshot().manifest["items"] if item["status"] == "unavailable"]
        before = [item for item in first.manifest["items"] if item["status"] == "unavailable"]
        assert [item["code"] for item in refused] == [item["code"] for item in before] and len(refused) == 2
        assert all(now["reason"].endswith(then["reason"]) for now, then in zip(refused, before))


def test_caps(shop):
    shop.keys["max_per_kind"] = {"workbooks": 2, "flows": 100}
    report = done(shop.backup(), 3)
    assert len(shop.snapshot().entries("workbooks")) == 2 and len(shop.snapshot().entries("flows")) == TINY["flows"]
    assert f"2 of {TINY['workbooks']} workbooks" in json.dumps(report["notes"]) and report["failures"] == 0


def test_tags_and_revisions(tmp_path, cache):
    with opened(tmp_path, cache, amounts=TINY | {"revisions": 2}) as shop:
        shop.keys["revisions"] = 1
        report = done(shop.backup("--tag", "weekly", "--tag", "audit"))
        snapshot = shop.snapshot()
        assert snapshot.manifest["tags"] == ["weekly", "audit"]
        revisions = [item for item in snapshot.manifest["items"] if item["kind"] == "revisions"]
        assert revisions and report["counts"]["revisions"] >= len(revisions) and report["saved"] == ITEMS + len(revisions)
        again = done(shop.backup())
        assert again["downloaded"] == 0 and again["taken_over"] == report["saved"]


# --- what fails


def test_a_failure_is_named_and_keeps_its_last_good_copy(shop):
    good = done(shop.backup())["snapshot"]
    shop.straight.control.add(FLOWS_FAIL)
    shop.keys["accept_missing"] = [{"selector": "flows:**", "reason": "was being moved", "until": "2020-01-31"}]
    report = done(shop.backup("--full"), 3)
    assert (report["status"], report["snapshot_status"]) == ("partial", "partial")
    assert (report["failures"], report["accepted"]) == (TINY["flows"], 0) and "not accepted since" in json.dumps(report["notes"])
    assert f"{TINY['flows']} failures are named below" in report["headline"]
    for entry in shop.snapshot().entries("flows").values():
        assert entry["status"] == "failed" and "413" in entry["reason"]
        assert entry["last_good"]["key"].startswith(good + "/prep_flows/") and entry["last_good"]["as_of"]
    shop.straight.control.clear()
    mended = done(shop.backup())
    assert (mended["downloaded"], mended["taken_over"]) == (TINY["flows"], ITEMS - TINY["flows"])


def test_a_known_failure_is_none(shop):
    shop.straight.control.add(FLOWS_FAIL)
    known = {"selector": "flows:**", "reason": "the flow server is being moved", "until": str(date.today() + timedelta(days=2))}
    shop.keys["accept_missing"] = [known]
    report = done(shop.backup())
    assert (report["status"], report["failures"], report["accepted"]) == ("done", 0, TINY["flows"])
    assert report["headline"].endswith(f"{TINY['flows']} known failures") and known["reason"] in json.dumps(report["notes"])


def test_too_many_failures_seal_nothing_and_the_next_goes_on(shop):
    shop.straight.control.add(FLOWS_FAIL)
    shop.keys["max_failures"] = TINY["flows"] - 1
    told = shop.backup()
    assert told.code == 1 and f"{TINY['flows']} of {ITEMS} items failed" in told.message and "max_failures" in told.message, told
    assert shop.names() == []
    shop.straight.control.clear()
    shop.straight.control.add("latency=1ms@1+ on GET **/content")  # counts the downloads
    report = done(shop.backup())
    assert (report["saved"], report["failures"]) == (ITEMS, 0)
    assert shop.straight.control.struck("latency") == TINY["flows"], "the others had receipts"
    assert shop.names() == snapshots(shop.store) == [report["snapshot"]]


# --- what is taken over


@pytest.mark.parametrize("how", ["reference", "copy", "off"])
def test_the_ways_to_take_over(shop, how):
    shop.keys["incremental"] = how
    first = done(shop.backup())["snapshot"]
    report = done(shop.backup())
    assert (report["downloaded"], report["taken_over"]) == ((ITEMS, 0) if how == "off" else (0, ITEMS))
    items = shop.snapshot().manifest["items"]
    assert {item["key"].split("/")[0] for item in items} == {first if how == "reference" else report["snapshot"]}
    if how == "copy":  # each folder stands alone
        for folder in (first, f"{first}.work"):
            shutil.rmtree(shop.store.path / folder)
    verified = shop.tabferry("verify", "latest", "--full", "--json")
    assert verified.code == 0, verified
    page = shop.store.read(f"{report['snapshot']}/report.html").decode()
    assert first in page and "first snapshot of the site" not in page  # what changed since that one


def test_full_and_full_every(shop):
    done(shop.backup())
    full = done(shop.backup("--full"))
    assert full["downloaded"] == ITEMS and all("everything" in rule for rule in full["rules"])
    assert done(shop.backup())["downloaded"] == 0
    older(shop, "last_full", hours=25)
    shop.keys["full_every"] = "1d"
    again = done(shop.backup())
    assert again["downloaded"] == ITEMS and "everything is downloaded again" in json.dumps(again["notes"])
    older(shop, "last_full", hours=25)
    shop.keys["full_every"] = "never"
    assert done(shop.backup())["downloaded"] == 0


def older(shop, field, hours):
    """Sets a time of the newest manifest back, and mends its seal."""
    path = shop.store.path / shop.names()[-1] / "manifest.json"
    data = path.read_bytes()
    value = json.loads(data)[field]
    back = (datetime.fromisoformat(value.replace("Z", "+00:00")) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    data = data.replace(f'"{field}":"{value}"'.encode(), f'"{field}":"{back}"'.encode()).replace(
        f'"{field}": "{value}"'.encode(), f'"{field}": "{back}"'.encode())
    head = data[: data.rfind(b'"sha256"')]
    path.write_bytes(head + data[len(head):].replace(json.loads(data)["sha256"].encode(), hashlib.sha256(head).hexdigest().encode()))
    assert json.loads(path.read_bytes())[field] == back


def test_items_that_are_new_changed_renamed_and_gone(shop):
    done(shop.backup())
    with shop.straight.client() as server:
        books, flows = list(tsc.Pager(server.workbooks)), list(tsc.Pager(server.flows))
        renamed, gone = books[0], books[1]
        renamed.name = "Renamed by the test"
        server.workbooks.update(renamed)
        server.workbooks.delete(gone.id)
        moved = next(book for book in books[2:] if book.project_id != renamed.project_id)
        moved.project_id = renamed.project_id
        server.workbooks.update(moved)
        body = shop.folder / "new.tds"
        body.write_text("<?xml version='1.0'?><datasource formatted-name='new' version='18.1'></datasource>")
        server.datasources.publish(tsc.DatasourceItem(renamed.project_id, name="New by the test"), body, "CreateNew")
    report = done(shop.backup())
    by_rule = rules(shop, "workbooks") | rules(shop, "datasources")
    assert by_rule["Renamed by the test"] == "updatedAt moved" and by_rule["New by the test"] == "new"
    assert by_rule[moved.name] in ("updatedAt moved", "its attributes changed")
    assert (report["downloaded"], report["taken_over"]) == (3, ITEMS - 3) and len(flows) == TINY["flows"]
    changes = report["changes"]
    told = {how: [one["luid"] for one in changes[how]] for how in ("new", "renamed", "moved", "gone")}
    assert renamed.id in told["renamed"] and moved.id in told["moved"] and gone.id in told["gone"] and len(told["new"]) == 1
    # what has changed just before the listing might have changed in the same moment again
    assert done(shop.backup())["rules"]["downloaded: it had changed within five minutes of the earlier listing"] == 3


@pytest.mark.parametrize("metadata", [True, False], ids=["by the Metadata API", "without it"])
def test_extracts_that_were_refreshed(tmp_path, cache, metadata):
    flags = [] if metadata else ["--without", "metadata"]
    with opened(tmp_path, cache, *flags, extracts=True) as shop:
        done(shop.backup())
        second = done(shop.backup())
        found = rules(shop, "datasources") | rules(shop, "workbooks")
        unknown = {name for name, rule in found.items() if "Metadata API does not tell" in rule}
        if not metadata:
            assert unknown and second["downloaded"] == len(unknown), second["rules"]
            return
        assert not unknown and second["downloaded"] == 0, second["rules"]
        name, item = next((name, item) for name, item in by_name(shop, "datasources").items() if "extract time" in found[name])
        shop.straight.control.add("refresh-silent@1 on GET **/content")
        with shop.straight.client() as server:
            server.datasources.download(item["luid"], filepath=str(shop.temp / "x"), include_extract=True)
        shop.straight.control.clear()
        third = done(shop.backup())
        assert rules(shop, "datasources")[name] == "its extract is newer" and third["downloaded"] == 1, third["rules"]


def by_name(shop, kind):
    return {entry["name"]: entry for entry in shop.snapshot().entries(kind).values()}


# --- other sites


def test_an_old_server(tmp_path, cache):
    with opened(tmp_path, cache, "--api", "3.9") as shop:
        report = done(shop.backup())
        late = {"custom_views", "virtual_connections", "collections", "pulse_definitions"}
        gaps = {one["kind"]: one["reason"] for one in report["unavailable"]}
        assert late <= gaps.keys() and "3.18" in gaps["custom_views"] and report["failures"] == 0
        assert shop.snapshot().metadata["custom_views"]["status"] == "unavailable"
        assert report["saved"] == ITEMS - TINY["custom-views"] - TINY["virtual-connections"]


def test_what_is_not_licensed(tmp_path, cache):
    with opened(tmp_path, cache, *(word for name in EVERY_FEATURE for word in ("--without", name))) as shop:
        report = done(shop.backup())
        assert not report["failed"] and {one["kind"] for one in report["unavailable"]} >= {"flows", "collections", "databases", "labels"}
        flows = shop.snapshot().metadata["flows"]
        assert (flows["status"], flows["code"]) == ("unavailable", 403157)
        shown = shop.tabferry("backup").out
        kinds = shown[shown.index("Kinds"):].splitlines()
        assert [line.split() for line in kinds if line.strip().startswith("flows ")][0] == ["flows", "not", "on", "offer"]


def test_a_cloud_site(tmp_path, cache):
    folder = cache / "cloud"
    flags = [word for flag, amount in TINY.items() for word in (f"--{flag}", str(amount))]
    subprocess.run([program("TABFERRY_SIM"), "make", "--data", folder, "--cloud", "--no-extracts", *flags], check=True, stdout=subprocess.DEVNULL)
    with start_sim("--profile", "cloud", data=folder, control=True) as sim:
        shop = BackupShop(tmp_path, sim)
        report = done(shop.backup())
        assert report["saved"] == report["items"] > 0 and report["site"]["role"] == "SiteAdministratorCreator"
        assert shop.tabferry("verify", "latest", "--full").code == 0


def test_the_lambda_samples_environment_alone(tmp_path, cache):
    """No configuration file; the secret by moto, the bucket on a real S3 server. Copies, as each folder stood alone there."""
    import boto3
    from moto.server import ThreadedMotoServer

    secrets = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    secrets.start()
    try:
        host, port = secrets.get_host_and_port()
        with start_s3() as s3, opened(tmp_path, cache, s3=s3) as shop:
            keys = {"aws_access_key_id": "AKTEST", "aws_secret_access_key": "test", "region_name": s3.region}
            boto3.client("secretsmanager", endpoint_url=f"http://{host}:{port}", **keys).create_secret(
                Name="tableau/prod", SecretString=json.dumps({"PAT_NAME": TOKEN_NAME, "PAT": SECRET, "SITE": SITE}))
            with shop.straight.client() as server:
                luid = server.site_id
            shop.store.prefix = ""
            sample = {"S3_BUCKET": "backups", "SECRET_NAME": "tableau/prod", "REGION_NAME": s3.region, "SITE_ID": luid,
                      "TABLEAU_BASE_URL": f"{shop.straight.url}/api/3.24", "TABFERRY_S3_ENDPOINT": s3.url,
                      "AWS_ENDPOINT_URL_SECRETS_MANAGER": f"http://{host}:{port}"}  # fmt: skip
            told = shop.run("backup", "--json", env=sample)
            assert SECRET not in told.out + told.err and "3.24" in told.err
            first = done(told)
            second = done(shop.run("backup", "--json", env={**sample, "MAX_WORKBOOKS": "1"}), 3)
            assert second["taken_over"] == ITEMS - TINY["workbooks"] + 1 and second["snapshot_status"] == "partial"
            assert {item["key"].split("/")[0] for item in shop.snapshot().manifest["items"]} == {second["snapshot"]} != {first["snapshot"]}
            other = shop.run("backup", "--json", env={**sample, "SITE_ID": NOBODY})
            assert other.code == 2 and "SITE_ID" in other.message and NOBODY in other.message, other
    finally:
        secrets.stop()


# --- who is told


def test_those_who_want_to_know(shop):
    with fake_http(lambda request: (200, {}, b"ok")) as people:
        shop.more["notify"] = {f"on_{end}": [f"{people.url}/{end}"] for end in ("success", "partial", "failure")}
        report = done(shop.backup())
        partial = done(shop.backup("--only", "flows:**"), 3)
        failed = shop.backup("--full", env=signed_in_as(shop, "admin", "wrong"))
        assert failed.code == 1
        shop.backup("--dry-run")
    told = [(request.path, json.loads(request.body)) for request in people.seen]
    assert [path for path, _ in told] == ["/success", "/partial", "/failure"], told
    for _, body in told:
        lines = body["text"].splitlines()
        assert len(lines) <= 12 and "only read" in body["text"] and body["command"] == "backup"
    (_, success), (_, half), (_, failure) = told
    assert (success["status"], success["site"], success["snapshot"]) == ("done", "demo", report["snapshot"])
    assert f"{ITEMS} of {ITEMS} items saved" in success["text"]
    assert half["snapshot"] == partial["snapshot"] and "PARTIAL" in half["text"]
    assert "FAILED" in failure["text"] and report["snapshot"] in failure["text"]
    assert (failure["site"], failure["snapshot"]) == ("demo", "") and "Backup of site demo: FAILED" in failure["text"]
