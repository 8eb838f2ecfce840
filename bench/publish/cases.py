"""What is compared with what, under which conditions, and the bars that the results are held against."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Way:
    """One contender in one case. `ours`: tabferry, with or without file column; else the name of one of contenders.py."""

    name: str
    ours: bool = False
    file_column: bool = True
    memory: str = ""


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    says: str
    objects: str  # the set of data.py
    ways: tuple
    weather: tuple = ()  # tabferry-weather's flags; none: straight to the server


ENGINE, SAMPLE, PYTHON = Way("engine", file_column=False), Way("sample"), Way("python")
PYTHON_NO_COLUMN = Way("python_no_column", file_column=False)
OURS, OURS_NO_COLUMN = Way("ours", ours=True), Way("ours_no_column", ours=True, file_column=False)
SMALLEST = Way("ours", ours=True, memory="256MiB")

CASES = [
    Case(
        "plain",
        "straight from the S3 server",
        "plain",
        (ENGINE, SAMPLE, PYTHON, PYTHON_NO_COLUMN, OURS, OURS_NO_COLUMN),
    ),
    Case(
        "weather",
        "behind 40 ms and 40 MB/s a connection",
        "plain",
        (SAMPLE, PYTHON, OURS),
        weather=("--latency", "40ms", "--bandwidth", "40MB/s"),
    ),
    Case("small", "many small objects", "small", (ENGINE, SAMPLE, PYTHON, OURS)),
    Case("memory", "tabferry with memory: 256MiB", "plain", (SMALLEST,)),
    Case("memory_big", "the same with eight times the objects", "big", (SMALLEST,)),
]

MEASURES = (
    "seconds",
    "whole_seconds",
    "own_cpu_seconds",
    "engine_cpu_seconds",
    "server_cpu_seconds",
    "other_cpu_seconds",
    "own_peak_bytes",
    "engine_peak_bytes",
)


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def summary(runs):
    """Of one contender: each measure's spread, the steps that it told, and the runs themselves."""
    steps = {name: statistics.median(run["steps"][name] for run in runs) for name in runs[0]["steps"]}
    return {**{name: spread([run[name] for run in runs]) for name in MEASURES}, "steps": steps, "runs": runs}


def ratios(contenders):
    """seconds of a / seconds of b, medians, for every two."""
    median = {name: one["seconds"]["median"] for name, one in contenders.items()}
    return {f"{a}/{b}": median[a] / median[b] for a in median for b in median if a != b}


# --- the bars


@dataclasses.dataclass(frozen=True)
class Bar:
    says: str
    cases: tuple  # that it needs
    value: callable  # of {case name: {contender name: summary}}
    limit: float
    at_least: bool = False
    unit: str = "x"


def _ratio(case, a, b, measure="seconds", of="median", other_measure=None, other_case=None):
    return lambda all_: all_[case][a][measure][of] / all_[other_case or case][b][other_measure or measure][of]


BARS = [
    Bar(
        "ours, with file column and packaging, against the engine alone",
        ("plain",),
        _ratio("plain", "ours", "engine"),
        1.5,
    ),
    Bar(
        "ours without file column, with packaging, against the engine alone",
        ("plain",),
        _ratio("plain", "ours_no_column", "engine"),
        1.3,
    ),
    Bar(
        "tabferry's own CPU against hyperd's in the same run",
        ("plain",),
        _ratio("plain", "ours", "ours", "own_cpu_seconds", other_measure="engine_cpu_seconds"),
        0.4,
    ),
    Bar("the sample's way against ours", ("plain",), _ratio("plain", "sample", "ours"), 2.2, at_least=True),
    Bar(
        "ours against the best plain Python, both with file column and packaging",
        ("plain",),
        _ratio("plain", "ours", "python"),
        1.0,
    ),
    Bar(
        "ours against the best plain Python, both without file column, with packaging",
        ("plain",),
        _ratio("plain", "ours_no_column", "python_no_column"),
        1.0,
    ),
    Bar(
        "behind weather: the sample's way against ours",
        ("weather",),
        _ratio("weather", "sample", "ours"),
        3.5,
        at_least=True,
    ),
    Bar(
        "ours behind weather against ours without it",
        ("plain", "weather"),
        _ratio("weather", "ours", "ours", other_case="plain"),
        1.15,
    ),
    Bar(
        "2,000 small objects: ours against the engine alone on one file of the same rows",
        ("small",),
        _ratio("small", "ours", "engine"),
        2.2,
    ),
    Bar(
        "tabferry's peak memory with memory: 256MiB at 362 MB",
        ("memory",),
        lambda all_: all_["memory"]["ours"]["own_peak_bytes"]["max"] / 1e6,
        256.0,
        unit="MB",
    ),
    Bar(
        "its peak memory at 2.9 GB against that at 362 MB",
        ("memory", "memory_big"),
        _ratio("memory_big", "ours", "ours", "own_peak_bytes", of="max", other_case="memory"),
        1.1,
    ),
]


def judge(results):
    """Every bar whose cases were run: its value, its limit, whether it is met."""
    by_name = {case["name"]: case["contenders"] for case in results}
    told = []
    for bar in BARS:
        if all(name in by_name for name in bar.cases):
            value = bar.value(by_name)
            met = value >= bar.limit if bar.at_least else value <= bar.limit
            told.append(
                {
                    "bar": bar.says,
                    "value": value,
                    "limit": bar.limit,
                    "at": "least" if bar.at_least else "most",
                    "unit": bar.unit,
                    "met": met,
                }
            )
    return told
