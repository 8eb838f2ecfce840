"""One run of one program, from outside: seconds, CPU seconds and peak memory, the engine's apart from the program's own.

CPU seconds are what the kernel says once a process has ended (nothing is sampled); peak memory is the kernel's own high-water
mark, read every few milliseconds while the process lives. A child that outlives its parent falls to this process, which waits
for it as well, so that no engine's time is lost. Linux only.
"""

import contextlib
import ctypes
import dataclasses
import json
import os
import signal
import subprocess
import tempfile
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.01
ENGINE = "hyperd"
PR_SET_CHILD_SUBREAPER = 36
LONGEST_SECONDS = 1800
ORPHAN_SECONDS = 10


class Failed(Exception):
    """A contender that did not end well: what it said."""


@dataclasses.dataclass
class Run:
    seconds: float
    own_cpu_seconds: float
    engine_cpu_seconds: float
    server_cpu_seconds: float  # of the S3 server and what else was named
    other_cpu_seconds: float  # of everything else on the machine, meanwhile: what may have disturbed the run
    own_peak_bytes: int
    engine_peak_bytes: int
    answer: dict  # the JSON line that the program wrote to stdout


def _fields(pid):
    """/proc/PID/stat from its third field on (the name before it may hold anything)."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def cpu_seconds(pid):
    """(of the process itself, of its children that it has waited for)"""
    own_user, own_system, children_user, children_system = map(int, _fields(pid)[11:15])
    return (own_user + own_system) / TICK, (children_user + children_system) / TICK


def machine_cpu_seconds():
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _idle, _wait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICK


def children(pid):
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += map(int, file.read().split())
    return found


def _peak(pid):
    """(name, high-water mark in bytes) or None for a process that has ended."""
    with contextlib.suppress(OSError, ValueError), open(
        f"/proc/{pid}/status", encoding="utf-8", errors="replace"
    ) as file:
        lines = dict(line.split(":", 1) for line in file if ":" in line)
        if "VmHWM" in lines:
            return lines["Name"].strip(), int(lines["VmHWM"].split()[0]) * 1024
    return None


class PeakWatch:
    """Looks at a process and all below it until it is told to stop."""

    def __init__(self, pid):
        self.pid, self.own, self.engine = pid, 0, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()

    def _watch(self):
        while not self._ended.wait(LOOK_SECONDS):
            self._look(self.pid)

    def _look(self, pid):
        seen = _peak(pid)
        if seen and seen[0].startswith(ENGINE):  # it calls itself hyperdMain once it has started
            self.engine = max(self.engine, seen[1])
        elif seen and pid == self.pid:
            self.own = max(self.own, seen[1])
        for child in children(pid):
            self._look(child)


def adopt_orphans():
    """From now on a process whose parent has ended becomes a child of this one. Called once, at the start."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def _orphans_cpu_seconds(known):
    """Waits for what the program left running (the engine goes by itself when its user has gone); what it used."""
    total, deadline = 0.0, time.monotonic() + ORPHAN_SECONDS
    for pid in set(children(os.getpid())) - known:
        ended, _, usage = os.wait4(pid, os.WNOHANG)
        while not ended:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(LOOK_SECONDS)
            ended, _, usage = os.wait4(pid, os.WNOHANG)
        total += usage.ru_utime + usage.ru_stime
    return total


def run(command, environment, folder, servers=()):
    """Runs it to its end. `servers`: pids whose CPU time in the meantime is told. Throws Failed."""
    known = set(children(os.getpid()))
    with tempfile.TemporaryFile(dir=folder) as out, tempfile.TemporaryFile(dir=folder) as err:
        served, machine = sum(cpu_seconds(pid)[0] for pid in servers), machine_cpu_seconds()
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err
        )
        too_long = threading.Timer(LONGEST_SECONDS, process.kill)
        too_long.start()
        try:
            with PeakWatch(process.pid) as peak:
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it stays, so that its account can be read
                seconds = time.monotonic() - began
            own, engine = cpu_seconds(process.pid)
        except BaseException:
            process.kill()
            raise
        finally:
            too_long.cancel()
            code = process.wait()
        engine += _orphans_cpu_seconds(known)
        served = sum(cpu_seconds(pid)[0] for pid in servers) - served
        other = machine_cpu_seconds() - machine - own - engine - served
        out.seek(0), err.seek(0)
        said, complained = out.read().decode(), err.read().decode()
    if code != 0:
        raise Failed(f"{command[0]} ... ended with code {code}: {said[-1000:]} {complained[-2000:]}")
    return Run(seconds, own, engine, served, max(0.0, other), peak.own, peak.engine, json.loads(said.splitlines()[-1]))
