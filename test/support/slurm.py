"""A Slurm of one node on loopback, with its own munge, for a test: real slurmctld, slurmd and munged as the user of the test, every
file below one private folder, free ports. At the end all that it started is gone, its jobs too.

    with start_slurm(folder) as slurm:
        job = slurm.sbatch("--array=0-5", script, "argument")
        slurm.wait(job)                      # every element has come to its end
        slurm.elements(job)                  # {0: Element(state="COMPLETED", code=0, restarts=0)}
"""

import contextlib
import dataclasses
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess

from ferry import until

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "scancel")
SBIN = "/usr/sbin:/sbin"
START_SECONDS = 30
# Of a requeued element: how long it waits before it starts again (Slurm waits until its last permit to start has run out).
REQUEUE_SECONDS = 5
ELEMENTS = 8  # at a time, however few cores there are: what they wait for is a site
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE", "PREEMPTED"}


@dataclasses.dataclass(frozen=True)
class Element:
    state: str
    code: int
    restarts: int


def missing():
    """The programs that are not installed."""
    return [name for name in PROGRAMS if not shutil.which(name, path=f"{os.environ['PATH']}:{SBIN}")]


def _free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Slurm:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(mode=0o700)
        self.socket, self.conf = self.folder / "munge.socket", self.folder / "slurm.conf"
        self.node = socket.gethostname().partition(".")[0]
        self.daemons = []

    # --- what it is made of

    def settings(self):
        controller, worker = _free_ports(2)
        user = pwd.getpwuid(os.getuid()).pw_name
        own = {name: self.folder / name for name in ("state", "spool", "ctld.pid", "slurmd.pid")}
        for name in ("state", "spool"):
            own[name].mkdir(mode=0o700)
        return {
            "ClusterName": "test",
            "SlurmctldHost": f"{self.node}(127.0.0.1)",
            "SlurmctldPort": controller,
            "SlurmdPort": worker,
            "CommunicationParameters": "NoInAddrAny,NoCtldInAddrAny",  # nothing listens beyond loopback
            "SlurmUser": user,
            "SlurmdUser": user,
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.socket},cred_expire={REQUEUE_SECONDS}",
            "StateSaveLocation": own["state"],
            "SlurmdSpoolDir": own["spool"],
            "SlurmctldPidFile": own["ctld.pid"],
            "SlurmdPidFile": own["slurmd.pid"],
            "ProctrackType": "proctrack/linuxproc",  # no control groups are needed
            "TaskPlugin": "task/none",
            "MpiDefault": "none",
            "SelectType": "select/cons_tres",
            "SchedulerParameters": "batch_sched_delay=0,sched_interval=1,bf_interval=1",
            "SlurmdParameters": "config_overrides",  # the CPUs below, not those of the machine
            "KillWait": 2,
            "NodeName": f"{self.node} NodeAddr=127.0.0.1 CPUs={ELEMENTS} RealMemory={ELEMENTS * 1024}",
            "PartitionName": f"test Nodes={self.node} Default=YES MaxTime=10 State=UP",
        }

    def environment(self):
        return {"PATH": f"{os.environ['PATH']}:{SBIN}", "SLURM_CONF": str(self.conf), "LANG": "C.UTF-8"}

    # --- its daemons

    def start(self):
        self.conf.write_text("".join(f"{key}={value}\n" for key, value in self.settings().items()))
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        own = {"socket": self.socket, "key-file": key, **{f"{name}-file": self.folder / f"munge.{name}" for name in ("pid", "log", "seed")}}
        # --force: the folders above belong to whoever runs the tests
        self.spawn("munged", "--foreground", "--force", *(f"--{name}={path}" for name, path in own.items()))
        until(lambda: self.alive() and self.socket.exists(), START_SECONDS, "munged's socket")
        self.spawn("slurmctld", "-D", "-i")
        until(lambda: self.alive() and self.ask("scontrol", "ping").returncode == 0, START_SECONDS, "slurmctld")
        self.spawn("slurmd", "-D", "-N", self.node)
        until(self.is_idle, START_SECONDS, "slurmd")

    def spawn(self, name, *words):
        with open(self.folder / f"{name}.out", "wb") as out:
            self.daemons.append(subprocess.Popen(
                [name, *words], env=self.environment(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            ))  # fmt: skip

    def alive(self):
        ended = [process.args[0] for process in self.daemons if process.poll() is not None]
        assert not ended, "\n".join(f"{name} has ended: {(self.folder / f'{name}.out').read_text()[-2000:]}" for name in ended)
        return True

    def is_idle(self):
        return self.alive() and "State=IDLE" in self.ask("scontrol", "show", "node", self.node).stdout

    def stop(self):
        """First the jobs; then whatever is left of the daemons' children."""
        with contextlib.suppress(OSError, AssertionError):
            self.ask("scancel", "--full", "--signal=KILL", "--user", pwd.getpwuid(os.getuid()).pw_name)
        for process in reversed(self.daemons):
            self.end(process)
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    @staticmethod
    def end(process):
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def processes(self):
        """Processes that live by this Slurm's configuration: jobs and what watches over them."""
        found, needle = [], f"SLURM_CONF={self.conf}".encode()
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int(entry.name) != os.getpid() and needle in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
        return found

    # --- jobs

    def ask(self, *words, timeout=60):
        return subprocess.run(words, env=self.environment(), cwd=self.folder, capture_output=True, text=True, timeout=timeout)

    def told(self, *words):
        asked = self.ask(*words)
        assert asked.returncode == 0, (words, asked.stdout, asked.stderr)
        return asked.stdout

    def sbatch(self, *words):
        """The job's number."""
        return int(self.told("sbatch", "--parsable", *map(str, words)).strip())

    def elements(self, job):
        """{index: Element} of those that exist by now."""
        found = {}
        for record in self.told("scontrol", "--oneliner", "show", "job", str(job)).splitlines():
            fields = dict(re.findall(r"(\w+)=(\S*)", record))
            if fields.get("ArrayTaskId", "").isdigit():
                code, _, by_signal = fields["ExitCode"].partition(":")
                found[int(fields["ArrayTaskId"])] = Element(fields["JobState"], int(code) or -int(by_signal), int(fields["Restarts"]))
        return found

    def wait_for_job(self, job, seconds):
        """Until a job that is no array has come to its end; its state."""
        def ended():
            fields = dict(re.findall(r"(\w+)=(\S*)", self.told("scontrol", "--oneliner", "show", "job", str(job))))
            return fields["JobState"] if self.alive() and fields["JobState"] in ENDED else None

        return until(ended, seconds, f"the end of job {job}")

    def wait(self, job, count, seconds):
        """Until so many elements have come to their end; them."""

        def ended():
            now = self.alive() and self.elements(job)
            return now if len(now) == count and all(one.state in ENDED for one in now.values()) else None

        return until(ended, seconds, f"the end of job {job}")


@contextlib.contextmanager
def start_slurm(folder):
    slurm = Slurm(folder)
    try:
        slurm.start()
        yield slurm
    finally:
        slurm.stop()
