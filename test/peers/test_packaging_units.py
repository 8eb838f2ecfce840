"""What is shipped for Kubernetes and systemd, judged by theirs: the manifests by Kubernetes's own schemas of several releases (strictly: a
key that is not known is a mistake), the units by systemd-analyze. And by tabferry: every command line in them is run.
"""

import ast
import json
import os
import pathlib
import re
import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml
from fake_http import fake_http
from ferry import TABFERRY

PACKAGING = pathlib.Path(__file__).parents[2] / "packaging"
MANIFESTS = sorted((PACKAGING / "kubernetes").glob("*.yaml"))
UNITS = sorted((PACKAGING / "systemd").iterdir())
RELEASES = ("1.31", "1.33", "1.37")  # backoffLimitPerIndex and podFailurePolicy are in all of them
SHARDS = 8


def documents(path):
    return list(yaml.safe_load_all(path.read_text()))


def pods():
    """[(the document's name, a Job's spec, its pod's spec)]"""
    found = []
    for one in (one for path in MANIFESTS for one in documents(path)):
        if one["kind"] in ("Job", "CronJob"):
            job = one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"]
            found.append((one["metadata"]["name"], job, job["template"]["spec"]))
    return found


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=60, **more)


@pytest.fixture(scope="module")
def refusing():
    """The address of a site that lets nobody in."""
    with fake_http(lambda _: (401, {"Content-Type": "application/xml"}, b"<tsResponse/>")) as fake:
        yield fake.url


# --- Kubernetes


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_kubernetes_knows_every_key(path, release):
    for one in documents(path):
        kubernetes_validate.validate(one, release, strict=True)


def test_the_schemas_see_a_slip():
    job = documents(PACKAGING / "kubernetes" / "indexed-job.yaml")[1]
    job["spec"]["completion"] = 8
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, RELEASES[-1], strict=True)


def test_the_kinds():
    kinds = {path.name: [one["kind"] for one in documents(path)] for path in MANIFESTS}
    assert kinds == {"config.yaml": ["Namespace", "ServiceAccount", "ServiceAccount", "ConfigMap"], "cronjob.yaml": ["CronJob"] * 3, "indexed-job.yaml": ["Job"] * 3}
    for cron in documents(PACKAGING / "kubernetes" / "cronjob.yaml"):
        assert cron["spec"]["concurrencyPolicy"] == "Forbid"
    deleting = {name for name, _, pod in pods() if pod["serviceAccountName"] != "tabferry"}
    assert deleting == {"tabferry-prune"}
    work = {name: job for name, job, _ in pods()}["tabferry-work"]
    assert (work["completionMode"], work["completions"], work["backoffLimitPerIndex"] > 0) == ("Indexed", SHARDS, True)


@pytest.mark.parametrize("name, job, pod", pods(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_pod_may_little_and_ends(name, job, pod):
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert job["activeDeadlineSeconds"] > 0 and pod["restartPolicy"] == "Never"
    volumes = {volume["name"] for volume in pod["volumes"]}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert container["resources"]["limits"]["memory"] and {mount["name"] for mount in container["volumeMounts"]} == volumes
        rules = [rule["onExitCodes"] for rule in job["podFailurePolicy"]["rules"] if "onExitCodes" in rule]
        assert [rule["containerName"] for rule in rules] == [container["name"]] and 1 not in rules[0]["values"]


def test_items_that_failed_are_no_reason_to_try_again():
    """Exit code 3: a worker's index, or the seal, has ended, and the recipe goes on."""
    rules = {name: job["podFailurePolicy"]["rules"][0] for name, job, _ in pods()}
    assert {name for name, rule in rules.items() if 3 in rule["onExitCodes"]["values"]} == {"tabferry-backup", "tabferry-work", "tabferry-seal"}
    assert rules["tabferry-work"]["action"] == "FailIndex"


def test_a_killed_ones_lease_is_outlived():
    """Who begins a backup anew is refused (5) for five minutes; Kubernetes waits 10 s before the first new try, then twice as long each time."""
    begins = {name: job for name, job, _ in pods() if name in ("tabferry-backup", "tabferry-plan")}
    assert len(begins) == 2
    for job in begins.values():
        assert sum(10 * 2**n for n in range(job["backoffLimit"])) > 300
        assert all(5 not in rule["onExitCodes"]["values"] for rule in job["podFailurePolicy"]["rules"] if "onExitCodes" in rule)


@pytest.mark.parametrize("name, job, pod", pods(), ids=lambda value: value if isinstance(value, str) else "")
def test_tabferry_knows_a_pods_command(tmp_path, refusing, name, job, pod):
    """At a site that refuses the sign-in it comes as far as that, or to the plan that is not there: no slip of the command line is left."""
    site = {"server": refusing, "site": "x", "auth": {"username": "u", "password": "env:P"}}
    (tmp_path / "tabferry.yaml").write_text(json.dumps({"sites": {"x": site}, "store": str(tmp_path / "store"), "prune": {"keep_daily": 7}}))
    (container,) = pod["containers"]
    values = {"SNAPSHOT": "backup_tableau_cloud_x_20260101_000000", "JOB_COMPLETION_INDEX": str(SHARDS - 1)}
    words = [re.sub(r"\$\((\w+)\)", lambda found: values[found[1]], word) for word in container["args"]]
    words[words.index("-c") + 1] = str(tmp_path / "tabferry.yaml")
    index = {"JOB_COMPLETION_INDEX": values["JOB_COMPLETION_INDEX"]} if job.get("completionMode") == "Indexed" else {}
    told = run(TABFERRY, *words, env={"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path), "P": "p", **index})
    if name == "tabferry-prune":  # signs in nowhere, and there is nothing to take away
        assert told.returncode == 0, told
        return
    assert told.returncode == 1, told
    assert json.loads(told.stdout)["error"]["kind"] in ("denied", "not_found"), told


def test_tabferry_reads_the_config_map(tmp_path):
    (config,) = (one["data"]["tabferry.yaml"] for one in documents(PACKAGING / "kubernetes" / "config.yaml") if one["kind"] == "ConfigMap")
    (tmp_path / "tabferry.yaml").write_text(config)
    told = run(TABFERRY, "config", "show", "-c", str(tmp_path / "tabferry.yaml"), env={"PATH": os.environ["PATH"]})
    assert told.returncode == 0 and "s3://acme-backups/tableau" in told.stdout, told


STATES = [  # of the job, as kubectl is asked for it; then how the wait ends
    (["", "Complete"], 0),
    (["", "", "Failed"], 1),
    (["FailureTarget", "FailureTarget Failed"], 1),
    ([], 9),  # there is no such job
]


@pytest.mark.parametrize("states, code", STATES, ids=lambda value: " then ".join(value) if isinstance(value, list) else "")
def test_who_waits_for_a_job_sees_every_end(tmp_path, states, code):
    """The function at the head of the manifest, with a kubectl that says one state after the other."""
    head = re.match(r"(?:#.*\n)+", (PACKAGING / "kubernetes" / "indexed-job.yaml").read_text())[0]
    function = re.search(r"^ended\(\) \{.*?^\}$", re.sub(r"(?m)^#(   )?", "", head), re.S | re.M)[0]
    (tmp_path / "states").write_text("".join(f"{state}\n" for state in states))
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/bash\n[[ -s states ]] || exit 9\nhead -1 states\nsed -i 1d states\n')
    kubectl.chmod(0o700)
    told = run("bash", "-c", f"sleep() {{ :; }}\n{function}\nended tabferry-work", cwd=tmp_path, env={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert (told.returncode, told.stderr, (tmp_path / "states").read_text()) == (code, "", ""), told


def test_the_image_is_of_this_version():
    version = re.search(r"^project\(tabferry VERSION (\S+)", (PACKAGING.parent / "CMakeLists.txt").read_text(), re.M)[1]
    images = {container["image"] for _, _, pod in pods() for container in pod["containers"]}
    assert images == {f"registry.example/tabferry:{version}"}


def test_a_plan_has_as_many_shards_as_its_job():
    by_name = {name: pod["containers"][0]["args"] for name, _, pod in pods() if name != "tabferry-backup"}
    assert by_name["tabferry-plan"][by_name["tabferry-plan"].index("--shards") + 1] == str(SHARDS)
    assert "--shard" not in by_name["tabferry-work"], "the pod's index is the part, the plan knows of how many"


# --- systemd


@pytest.fixture
def units(tmp_path):
    """The units, with this build's program in them: systemd-analyze looks whether it is there."""
    assert shutil.which("systemd-analyze"), "not installed: systemd (scripts/bootstrap test)"
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/usr/bin/tabferry", TABFERRY))
    return tmp_path


def verify(folder):
    """It ends with 0 whatever it warns of: what it says is the verdict."""
    told = run("systemd-analyze", "verify", "--man=no", *(str(folder / path.name) for path in UNITS), env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"})
    return told.returncode, told.stdout + told.stderr


def test_systemd_accepts_the_units(units):
    assert {path.name for path in UNITS} == {f"tabferry-{job}.{kind}" for job in ("backup", "doctor") for kind in ("service", "timer")}
    assert verify(units) == (0, "")


def test_systemd_sees_a_slip(units):
    with open(units / "tabferry-backup.service", "a") as file:
        file.write("[Service]\nLoadCredentials=x:y\n")
    assert "LoadCredentials" in verify(units)[1]


@pytest.mark.parametrize("name", [path.name for path in UNITS if path.suffix == ".service"])
def test_a_service_may_little(units, name):
    told = run("systemd-analyze", "security", "--offline=true", "--threshold=20", str(units / name))
    assert told.returncode == 0, told.stdout[-500:]


def test_tabferry_knows_the_units_commands():
    for path in (path for path in UNITS if path.suffix == ".service"):
        for command in re.findall(r"^ExecStart=/usr/bin/tabferry (.*)$", path.read_text(), re.MULTILINE):
            told = run(TABFERRY, *command.split(), env={"PATH": os.environ["PATH"]})
            assert "/etc/tabferry/tabferry.yaml" in told.stdout + told.stderr, told  # not there: it came as far as that


# --- the page on Airflow


def dags():
    text = (PACKAGING.parent / "docs" / "airflow.md").read_text()
    return re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_dags_are_python_and_their_commands_exist():
    """Airflow itself is too large for the tests; docs/airflow.md says with which version they were loaded."""
    commands = set()
    for dag in dags():
        tree = ast.parse(dag)
        texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        commands |= {found for text in texts for found in re.findall(r"^tabferry ([a-z-]+)", text)}
    assert len(dags()) == 2 and commands == {"backup", "verify", "prune", "backup-plan", "backup-work", "backup-seal"}
    for command in commands:
        assert run(TABFERRY, command, "--help").returncode == 0, command
