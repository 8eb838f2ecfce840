"""What the numbers were measured on and with: a number without it says nothing."""

import os
import pathlib
import platform
import re
import subprocess
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
MODULE = re.compile(
    rb"mod\tgithub\.com/versity/versitygw\t(v[0-9][^\t]*)\t"
)  # Go's build information inside the program


def _first(path, pattern, otherwise="unknown"):
    found = re.search(pattern, pathlib.Path(path).read_text(errors="replace"), re.MULTILINE)
    return found.group(1).strip('"') if found else otherwise


def _says(*command):
    try:
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def file_system(folder):
    """The type of the file system that holds a folder."""
    return _says("stat", "-f", "-c", "%T", str(folder))


def loop_seconds():
    """Ten million additions in Python, best of three: a machine that is throttled or shared shows here, before and after."""

    def once():
        began, total = time.perf_counter(), 0
        for number in range(10_000_000):
            total += number
        return time.perf_counter() - began

    return min(once() for _ in range(3))


def machine(folder):
    return {
        "processor": _first("/proc/cpuinfo", r"^model name\s*: (.*)$"),
        "cores": os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": platform.release(),
        "system": _first("/etc/os-release", r"^PRETTY_NAME=(.*)$"),
        "file_system": file_system(folder),
    }


def versions(tabferry, versitygw):
    import boto3
    import botocore
    import tableauhyperapi

    found = MODULE.search(pathlib.Path(versitygw).read_bytes())
    changed = " with changes" if _says("git", "status", "--porcelain", "--untracked-files=no") else ""
    return {
        "tabferry": _says(tabferry, "--version"),
        "commit": _says("git", "rev-parse", "--short=12", "HEAD") + changed,
        "tableauhyperapi": tableauhyperapi.__version__,
        "boto3": boto3.__version__,
        "botocore": botocore.__version__,
        "python": platform.python_version(),
        "versitygw": found.group(1).decode() if found else "unknown",
    }
