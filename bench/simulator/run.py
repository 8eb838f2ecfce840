"""How quick and how small tabferry-sim is: starting, pages of a large site, many clients at once. Prints a table.

    make bench-sim                        100,000 items
    make bench-sim BENCH="--items 5000"   a smaller site

Timings are of the whole way a client goes: a keep-alive connection, the answer read to its end.
"""

import argparse
import concurrent.futures
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build" / "release" / "tabferry-sim"
READY = "tabferry-sim ready at "
SIGN_IN = ('<tsRequest><credentials name="admin" password="admin"><site contentUrl="{site}"/></credentials></tsRequest>')
PAGE = 1000
CLIENTS = 32


class Serving:
    """tabferry-sim over a folder; .started: seconds until it said that it is ready."""

    def __init__(self, program, *flags):
        begun = time.monotonic()
        self.process = subprocess.Popen([program, "serve", *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().removeprefix(READY).strip()
        self.started = time.monotonic() - begun

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(60)

    def peak_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("the kernel tells no peak")

    def client(self, site):
        http = requests.Session()
        answer = http.post(f"{self.url}/api/3.20/auth/signin", data=SIGN_IN.format(site=site), headers={"Accept": "application/json"})
        answer.raise_for_status()
        credentials = answer.json()["credentials"]
        http.headers["X-Tableau-Auth"] = credentials["token"]
        return http, f"{self.url}/api/3.20/sites/{credentials['site']['id']}"


def make(program, folder, items):
    """A site of about so many items of all kinds; returns how many there are."""
    amounts = ["--users", str(items * 36 // 1000), "--workbooks", str(items * 83 // 1000)]
    told = subprocess.run([program, "make", "--data", folder, *amounts], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"([\d,]+)  items and", told).group(1).replace(",", ""))


def timed(http, address):
    begun = time.monotonic()
    answer = http.get(address)
    answer.raise_for_status()
    return time.monotonic() - begun


def total_of(http, base, kind):
    answer = http.get(f"{base}/{kind}?pageSize=1", headers={"Accept": "application/json"})
    answer.raise_for_status()
    return int(answer.json()["pagination"]["totalAvailable"])


def page_times(http, base, kind, repeat):
    """Rows of (what, milliseconds): the first, the middle and the last page."""
    total = total_of(http, base, kind)
    last = max(1, -(-total // PAGE))
    for number in sorted({1, (last + 1) // 2, last}):
        for more in ("", "&fields=_all_"):
            seconds = [timed(http, f"{base}/{kind}?pageSize={PAGE}&pageNumber={number}{more}") for _ in range(repeat)]
            yield f"{kind}, page {number} of {last}{more}", statistics.median(seconds) * 1e3


def crowd(serving, site, kind, seconds):
    """Pages of 100 a second that many clients get together."""
    def work(_):
        http, base = serving.client(site)
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            timed(http, f"{base}/{kind}?pageSize=100")
            done += 1
        return done
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        return sum(pool.map(work, range(CLIENTS))) / seconds


def measured(program, folder, items, repeat):
    starts = []
    for _ in range(repeat):
        with Serving(program) as demo:
            starts.append(demo.started)
    yield "demo site: start", statistics.median(starts) * 1e3, "ms", 200
    begun = time.monotonic()
    items = make(program, folder, items)
    yield f"{items:,} items: make", time.monotonic() - begun, "s", None
    with Serving(program, "--data", folder) as site:
        yield f"{items:,} items: start", site.started, "s", 2
        http, base = site.client("demo")
        for kind in ("workbooks", "datasources", "views", "users"):
            for what, milliseconds in page_times(http, base, kind, repeat):
                yield what, milliseconds, "ms", 50
        yield f"{CLIENTS} clients: pages of 100 a second", crowd(site, "demo", "workbooks", 3), "/s", None
        yield f"{items:,} items: peak memory", site.peak_bytes() / 1e6, "MB", 500


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--program", default=PROGRAM)
    asked = parser.parse_args()
    print("| what | seen | asked for |\n|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="tabferry-bench-") as folder:
        for what, value, unit, bar in measured(asked.program, f"{folder}/site", asked.items, asked.repeat):
            print(f"| {what} | {value:,.1f} {unit} | {'' if bar is None else f'at most {bar} {unit}'} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
