"""tabferry doctor finds what would break a run, within five seconds a check, and says how to mend it: the run itself, and what is on this
machine (S3: test_doctor_s3.py, the site: test_doctor_site.py)."""
import json
import os
import shutil
import signal
import subprocess
import threading
import time

from doctor_far_sides import Bucket, Fake, Rewriting
from doctor_practice import FOUND_PROBLEM, LANDING
from ferry import TABFERRY


def test_all_is_well(practice, landing):
    client = landing.client()
    client.create_bucket(Bucket="backups")
    practice.from_s3(landing.url, landing.environment()).store = "s3://backups/tableau"
    seen = practice.doctor().all_well()
    assert seen.of("skipped") == []
    assert seen.check(LANDING, "s3:GetObject")["seen"] == "may be read: s3://landing/orders/a.csv"
    assert "AWS_ACCESS_KEY_ID" in seen.check(LANDING, "credentials")["seen"]
    assert "conditional writes" in seen.check("s3://backups", "write once")["seen"]
    assert client.list_objects_v2(Bucket="backups")["KeyCount"] == 0, "what doctor wrote is gone"


def test_text_puts_the_cure_below_the_problem(practice, landing):
    practice.from_s3(landing.url, landing.environment(), files="s3://no-such-bucket/*.csv").write()
    result = practice.run("doctor", env=practice.s3_environment)
    assert result.code == FOUND_PROBLEM
    lines = result.out.splitlines()
    assert "1 problem" in lines[0]
    start = next(i for i, line in enumerate(lines) if line.lstrip().startswith("problem"))
    assert "NoSuchBucket" in lines[start] + lines[start + 1]
    cure = next(i for i in range(start, start + 5) if "->" in lines[i])
    assert lines[cure].index("->") == lines[start].index("looking at"), "aligned"
    assert "checking s3://no-such-bucket: bucket" in result.err


def test_quiet_and_help(practice):
    practice.write()
    assert practice.run("doctor", "-q").err == ""
    help_text = practice.run("doctor", "--help").out
    assert "Examples:" in help_text and "ends a session" in help_text and "4 a problem" in help_text


def test_signs_out(practice, sim):
    with Fake(Rewriting(sim, "x", "x")) as site:
        practice.server = site.url
        practice.doctor().all_well()
        assert site.requests[-1].endswith("/auth/signout")


def test_ctrl_c_ends_it_at_once(practice):
    waiting = threading.Event()
    with Fake(lambda request: waiting.set()) as s3:
        practice.from_s3(s3.url).write()
        process = practice.start("doctor", env=practice.s3_environment)
        try:
            assert waiting.wait(20)
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 130 and time.monotonic() - began < 3 and out == "", err


def test_what_two_data_sources_share_is_tried_once(practice):
    with Fake(Bucket()) as s3:
        practice.from_s3(s3.url)
        practice.table("more_orders", {"id": "bigint"}, "s3://landing/orders/*.csv")
        seen = practice.doctor().all_well()
    assert seen.of("ok").count((LANDING, "s3:GetObject")) == 1
    assert len([line for line in s3.requests if line.startswith("GET /landing/orders/")]) == 1


# --- store, engine, files, configuration

def test_store_that_is_a_file(practice, tmp_path):
    (tmp_path / "backups").write_text("no folder")
    practice.store = f"file://{tmp_path}/backups/tableau"
    assert "store:" in practice.doctor().problem("Store", practice.store)["cure"]


def test_store_folder_is_not_made(practice, tmp_path):
    practice.store = f"file://{tmp_path}/backups/tableau"
    assert "will be made" in practice.doctor().all_well().check("Store", practice.store)["seen"]
    assert not (tmp_path / "backups").exists()


def test_no_file_matches(practice):
    practice.table("orders", {"id": "bigint"}, "nothing/*.csv")
    assert "no file matches" in practice.doctor().warning("Files", "sales")["seen"]


def test_engine_is_missing(practice, tmp_path):
    found = practice.doctor("--engine", str(tmp_path / "nowhere")).problem("Engine", "hyperd")
    assert "nowhere" in found["seen"] and "tableauhyperapi" in found["cure"]


def test_a_backup_needs_no_engine(practice, tmp_path):
    practice.store = f"file://{tmp_path}/backups"
    practice.write()
    config = json.loads((practice.folder / "tabferry.yaml").read_text())
    del config["datasources"]
    (practice.folder / "tabferry.yaml").write_text(json.dumps(config))
    program = tmp_path / "alone" / "tabferry"  # beside no engine
    program.parent.mkdir()
    shutil.copy(TABFERRY, program)
    environment = practice.environment(PATH="/usr/bin:/bin", HOME=str(tmp_path))
    del environment["TABFERRY_HYPERD"]
    result = subprocess.run([program, "doctor", "--json"], cwd=practice.folder, env=environment, capture_output=True, text=True, timeout=60)
    engine = next(check for check in json.loads(result.stdout)["checks"] if check["name"] == "hyperd")
    assert result.returncode == 0 and engine["status"] == "warning" and "--full" in engine["seen"], result
    assert "places tried)" in engine["seen"] and engine["cure"].startswith("Get it with: pip install tableauhyperapi"), engine


def test_addresses_of_notify(practice, tmp_path):
    (tmp_path / "hook").write_text("https://hooks.slack.com/services/T0/secret-path\n")
    practice.more = {"notify": {"on_failure": [f"file:{tmp_path}/hook", "exec:true"], "on_success": ["env:NO_SUCH_URL"]}}
    seen = practice.doctor()
    assert "NO_SUCH_URL" in seen.problem("Notify", "on_success")["seen"]
    assert "leads to https://hooks.slack.com/..." in seen.check("Notify", "on_failure")["seen"]
    assert "secret-path" not in seen.result.out + seen.result.err
    assert [check["name"] for check in seen.report["checks"] if check["area"] == "Notify"] == ["on_failure", "on_failure", "on_success"]


def script(folder, text):
    program = folder / "hyperd"
    program.write_text("#!/bin/sh\n" + text)
    program.chmod(0o755)
    return program


def test_engine_that_ends_at_once(practice, tmp_path):
    found = practice.doctor("--engine", str(script(tmp_path, "echo no such CPU >&2; exit 3\n"))).problem("Engine", "start")
    assert "exit status 3" in found["seen"] and "pip install" in found["cure"]


def test_engine_that_is_mute(practice, tmp_path):
    found = practice.doctor("--engine", str(script(tmp_path, "exec sleep 60\n"))).problem("Engine", "start")
    assert "accepts no connection" in found["seen"]


def test_temporary_folder_is_missing(practice, tmp_path):
    seen = practice.doctor(env={"TMPDIR": str(tmp_path / "gone")})
    assert "TMPDIR" in seen.problem("Engine", "temporary folder")["cure"]


def test_configuration_that_is_wrong(practice):
    practice.write()
    (practice.folder / "tabferry.yaml").write_text("sites: {demo: {server: 'http://127.0.0.1:1', site: demo, auth: {pat_name: a, pat_secret: 'env:X'}}}\nstores: x\n")
    result = practice.run("doctor", "--json")
    assert result.code == FOUND_PROBLEM
    first = result.report["checks"][0]
    assert first["status"] == "problem" and first["seen"].startswith("tabferry.yaml:2: stores") and "id you mean store?" in first["seen"] + first["cure"]
    assert result.report["checks"][1]["name"] == "temporary folder", "what can be looked at is looked at"


def test_no_configuration(tmp_path):
    result = subprocess.run([TABFERRY, "doctor"], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)
    assert result.returncode == FOUND_PROBLEM and "tabferry init" in result.stdout


def test_unknown_flag_is_usage(practice):
    assert practice.run("doctor", "--deep").code == 2


def test_template_is_missing(practice):
    practice.settings["template"] = "gone.tdsx"
    assert "gone.tdsx" in practice.doctor().warning("Configuration", "template")["seen"]
