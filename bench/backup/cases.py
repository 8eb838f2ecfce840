"""What is compared with what, on which sites, and the bars that the results are held against (issue: "What it must show")."""

import dataclasses
import statistics

LATENCY = "latency=40ms@1+"  # of the site, for each request; none before the store


@dataclasses.dataclass(frozen=True)
class Amounts:
    """A made site: tabferry-sim make."""

    workbooks: int
    datasources: int = 0
    flows: int = 0
    body_bytes: str = "0"
    bodies: int = 24

    @property
    def items(self):
        return self.workbooks + self.datasources + self.flows


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    says: str
    sites: dict  # size -> Amounts
    ways: tuple  # of "sample", "library", "ours"
    memory: str = ""  # tabferry's own setting
    latency: bool = True
    large: bool = False  # the peers keep no item in memory
    in_memory: bool = False  # the store's folder is: a disk that has just been emptied is slower from turn to turn
    once: bool = False  # one run is enough (it is long, and nothing is compared)


CASES = [
    Case(
        "small",
        "1,000 items of 256 KiB, 40 ms a request on the site's side",
        {"full": Amounts(480, 440, 80, "256KiB", 24), "quick": Amounts(12, 10, 4, "256KiB", 4)},
        ("sample", "library", "ours"),
        in_memory=True,
    ),
    Case(
        "large",
        "20 items of 50 MB, 40 ms a request on the site's side",
        {"full": Amounts(10, 9, 1, "50MB", 2), "quick": Amounts(3, 2, 1, "1MB", 2)},
        ("sample", "library", "ours"),
        large=True,
        in_memory=True,
    ),
    Case(
        "memory",
        "a workbook of 4 GB with memory: 256MiB",
        {"full": Amounts(1, body_bytes="4GB", bodies=1), "quick": Amounts(1, body_bytes="4MB", bodies=1)},
        ("ours",),
        memory="256MiB",
        latency=False,
        once=True,
    ),
    Case(
        "memory_big",
        "the same with 12 GB",
        {"full": Amounts(1, body_bytes="12GB", bodies=1), "quick": Amounts(1, body_bytes="12MB", bodies=1)},
        ("ours",),
        memory="256MiB",
        latency=False,
        once=True,
    ),
]

# With all metadata, unlike those above.
WHOLE_SITE = {"full": Amounts(4500, 4500, 1000), "quick": Amounts(20, 12, 5)}
UNCHANGED_SAYS = "10,000 items, backed up again when nothing has changed"
DIRECTORY_SAYS = "10,000 items in a directory: plan, verify, prune"

MEASURES = ("seconds", "own_cpu_seconds", "server_cpu_seconds", "other_cpu_seconds", "own_peak_bytes")


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def summary(runs):
    """Of one contender: each measure's spread, the steps that it told, and the runs themselves."""
    steps = {name: statistics.median(run["steps"][name] for run in runs) for name in runs[0]["steps"]}
    return {**{name: spread([run[name] for run in runs]) for name in MEASURES}, "steps": steps, "runs": runs}


def ratios(contenders):
    """Medians of seconds and of CPU seconds, a / b, for every two."""
    told = {}
    for measure in ("seconds", "own_cpu_seconds"):
        median = {name: one[measure]["median"] for name, one in contenders.items()}
        told[measure] = {f"{a}/{b}": median[a] / median[b] for a in median for b in median if a != b and median[b]}
    return told


# --- the bars


@dataclasses.dataclass(frozen=True)
class Bar:
    says: str
    cases: tuple  # that it needs
    value: callable  # of {case name: {contender name: summary}}
    limit: float
    at_least: bool = False
    unit: str = "x"


def _ratio(case, a, b, measure="seconds", of="median", other_case=None):
    return lambda all_: all_[case][a][measure][of] / all_[other_case or case][b][measure][of]


def _peak(case):
    return lambda all_: all_[case]["ours"]["own_peak_bytes"]["max"] / 1e6


BARS = [
    Bar("1,000 items: the sample's way against ours", ("small",), _ratio("small", "sample", "ours"), 15, at_least=True),
    Bar(
        "1,000 items: tableauserverclient with 16 threads against ours",
        ("small",),
        _ratio("small", "library", "ours"),
        3,
        at_least=True,
    ),
    Bar(
        "1,000 items: our CPU seconds against its",
        ("small",),
        _ratio("small", "ours", "library", "own_cpu_seconds"),
        0.2,
    ),
    Bar("20 of 50 MB: ours against tableauserverclient", ("large",), _ratio("large", "ours", "library"), 1.0),
    Bar(
        "20 of 50 MB: our CPU seconds against its",
        ("large",),
        _ratio("large", "ours", "library", "own_cpu_seconds"),
        1 / 3,
    ),
    Bar("peak memory at 4 GB with memory: 256MiB", ("memory",), _peak("memory"), 256, unit="MB"),
    Bar(
        "peak memory at 12 GB against that at 4 GB",
        ("memory", "memory_big"),
        _ratio("memory_big", "ours", "ours", "own_peak_bytes", of="max", other_case="memory"),
        1.1,
    ),
]
UNCHANGED_BARS = [
    ("content downloads of an unchanged backup", ("downloads",), 0),
    ("its requests beyond list pages and the metadata of each item", ("other", "refused"), 60),
]
DIRECTORY_STEPS = ("plan", "verify", "prune")


def _told(says, value, limit, unit, at_least=False):
    met = value >= limit if at_least else value <= limit
    return {
        "bar": says,
        "value": value,
        "limit": limit,
        "at": "least" if at_least else "most",
        "unit": unit,
        "met": met,
    }


def judge(results, unchanged=None, directory=None):
    """Every bar whose cases were run with tabferry: its value, its limit, whether it is met."""
    by_name = {case["name"]: case["contenders"] for case in results if "ours" in case["contenders"]}
    told = [
        _told(bar.says, bar.value(by_name), bar.limit, bar.unit, bar.at_least)
        for bar in BARS
        if all(name in by_name for name in bar.cases)
    ]
    if unchanged:
        told += [
            _told(says, sum(unchanged["requests"][kind] for kind in kinds), limit, "requests")
            for says, kinds, limit in UNCHANGED_BARS
        ]
    if directory:
        told += [
            _told(f"{step} of 10,000 items in a directory", directory["runs"][step]["seconds"], 10, "s")
            for step in DIRECTORY_STEPS
        ]
    return told
