"""The sites that are backed up: made once by tabferry-sim from a seed, kept below a folder, served for a case."""

import os
import shutil
import subprocess

from simulator import start_sim

PROGRAM = "TABFERRY_SIM"
# Of what a site has beside its content as little as there can be; the unchanged site has all of it.
PLAIN = {
    "users": 5, "groups": 1, "projects": 5, "personal": 0, "revisions": 0, "custom-views": 0, "virtual-connections": 0,
    "favorites": 0, "subscriptions": 0, "tasks": 0, "jobs": 0,
}  # fmt: skip


def make(folder, amounts, plain=True):
    """The folder of the site; made where it is not there yet."""
    name = f"{amounts.workbooks}-{amounts.datasources}-{amounts.flows}-{amounts.body_bytes}-{amounts.bodies}{'' if plain else '-all'}"
    path = folder / name
    if not (path / "made").exists():
        shutil.rmtree(path, ignore_errors=True)
        wanted = {"workbooks": amounts.workbooks, "datasources": amounts.datasources, "flows": amounts.flows}
        wanted |= {"body-bytes": amounts.body_bytes, "bodies": amounts.bodies} | (PLAIN if plain else {"users": 100})
        flags = [word for flag, value in wanted.items() for word in (f"--{flag}", str(value))]
        command = [os.environ[PROGRAM], "make", "--data", str(path), "--seed", "6", "--no-extracts", *flags]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        (path / "made").touch()
    return path


def serve(path, faults=()):
    """The running site with a control port; see test/support/simulator.py."""
    return start_sim(data=path, faults=faults, control=True)


def counts(sim):
    """{(method, route): how often}"""
    return {(one["method"], one["route"]): one["count"] for one in sim.control.requests()["routes"]}
