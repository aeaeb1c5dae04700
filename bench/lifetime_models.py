"""Measure the models of customer value against the package lifetimes, and over a large shop.

lifetimes 0.11.3 (2020) is the usual program for these models. It runs in an environment of its own,
which is made once. Both read the same file of 2,357 customers, and their parameters must be equal.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import shop
from bench.databases import TODAY
from bench.measure import FailedError, Line, environment, report

VERSION = "0.11.3"
BOUND = 0.1  # of the time of lifetimes
MOST_MILLISECONDS = 60_000
MOST_MEMORY = 2048  # MiB
RUNS = 5
_CDNOW = Path(__file__).parents[1] / "tests" / "reports" / "lifetime_model" / "data" / "cdnow.csv"

_OTHER = """
import csv, json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from lifetimes import BetaGeoFitter, GammaGammaFitter
with open(sys.argv[1]) as stream:
    table = csv.DictReader(stream)
    rows = [[float(row[key]) for key in ("x", "t_x", "T", "zbar")] for row in table]
x, recency, age, mean = np.array(rows).T
start = time.perf_counter()
purchases = BetaGeoFitter().fit(x, recency, age)
spend = GammaGammaFitter().fit(x[x > 0], mean[x > 0])
ms = (time.perf_counter() - start) * 1000
found = [float(model.params_[key]) for model, keys in ((purchases, ("r", "alpha", "a", "b")),
         (spend, "pqv")) for key in keys]
print(json.dumps({"ms": ms, "parameters": found}))
"""
_OURS = """
import csv, json, sys, time
from collections import Counter
from cardcrm.reports.lifetime_model import fitting, histories
with open(sys.argv[1]) as stream:
    table = csv.DictReader(stream)
    rows = [[float(row[key]) for key in ("x", "t_x", "T", "zbar")] for row in table]
start = time.perf_counter()
counts = Counter((int(x), recency, age) for x, recency, age, _ in rows)
purchases = fitting.fit_purchases(
    histories.build_patterns([(*key, number) for key, number in counts.items()]))
spend = fitting.fit_spend(
    histories.build_spend([(int(x), x * mean, 1) for x, _, _, mean in rows if x]))
ms = (time.perf_counter() - start) * 1000
print(json.dumps({"ms": ms, "parameters": [*purchases.point, *spend.point]}))
"""
_LARGE = r"""
import datetime as dt, json, re, sys, time
from pathlib import Path
from bench.shell import open_database
from cardcrm.reports.lifetime_model import fitting, forecast_engines, forecasts, histories
day = dt.date.fromisoformat(sys.argv[2])
start = time.perf_counter()
with open_database(Path(sys.argv[1])) as store:
    found = histories.load_histories(store, "GBP", day)
model = fitting.fit(found, "GBP", day)
forecast_engines.forecast(model, found, forecasts.Horizon.build(365))
ms = (time.perf_counter() - start) * 1000
# The peak of getrusage would be at least that of the parent when it started this process.
mib = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(json.dumps({"ms": ms, "mib": mib, "customers": found.customers}))
"""


def measure(small: bool = False) -> list[Line]:
    """Measure the fit of both models, and a large shop; what fails has a line with its error."""
    lines = []
    for each in (_measure_fit, lambda: [_measure_shop(shop.SMALL if small else shop.LARGE)]):
        try:
            lines += each()
        except (FailedError, OSError, subprocess.SubprocessError) as problem:
            lines.append(Line("models of customer value", note=str(problem)))
    return lines


def _measure_fit() -> list[Line]:
    """Measure the fit alone, and the whole process with its imports."""
    other = _find_other()
    pairs = []
    for number in range(RUNS + 1):
        report(f"  models, run {number} of {RUNS}")
        pair = (
            _run([sys.executable, "-c", _OURS, str(_CDNOW)]),
            _run([str(other), "-c", _OTHER, str(_CDNOW)]),
        )
        if number:  # the first run warms the cache
            pairs.append(pair)
    _compare(pairs[0][0]["parameters"], pairs[0][1]["parameters"])
    label = f"both models of 2,357 customers, against lifetimes {VERSION}"
    return [
        _to_line(f"{label}: the fit", "ms", pairs),
        _to_line(f"{label}: the process with its imports", "process_ms", pairs),
    ]


def _to_line(label: str, key: str, pairs: Sequence[tuple[Mapping[str, float], ...]]) -> Line:
    mine, theirs = ([each[side][key] for each in pairs] for side in (0, 1))
    ratio = statistics.median(one / other for one, other in zip(mine, theirs, strict=True))
    return Line(label, statistics.median(mine), statistics.median(theirs), BOUND, paired=ratio)


def _compare(mine: Sequence[float], theirs: Sequence[float]) -> None:
    """Raise FailedError unless the parameters are equal to three digits."""
    for one, other in zip(mine, theirs, strict=True):
        if abs(one - other) > 5e-4 * abs(other):
            raise FailedError([f"parameters differ: {one} and {other}"])


def _find_other() -> Path:
    """Return the Python that has lifetimes; its environment is made if it is missing."""
    folder = Path(tempfile.gettempdir()) / f"cardcrm-bench-lifetimes-{VERSION}"
    python = folder / "bin" / "python"
    if not python.exists():
        report(f"  making the environment of lifetimes {VERSION}")
        venv.create(folder, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-q", f"lifetimes=={VERSION}"]
        subprocess.run(install, check=True, capture_output=True)
    return python


def _run(words: Sequence[str], env: Mapping[str, str] | None = None) -> dict[str, float]:
    """Run a process; return the figures that it prints, and the milliseconds that it took."""
    start = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    milliseconds = (time.perf_counter() - start) * 1000
    if done.returncode:
        raise FailedError(done.stderr.strip().splitlines() or ["?"])
    found: dict[str, float] = json.loads(done.stdout)
    return {**found, "process_ms": milliseconds}


def _measure_shop(plan: shop.Shop) -> Line:
    """Measure reading the sales of a large shop, fitting both models, and predicting a year."""
    path = shop.ensure(plan, report)
    words = [sys.executable, "-c", _LARGE, str(path), TODAY.isoformat()]
    root = str(Path(__file__).parents[1])
    found = _run(words, {**environment(path), "PYTHONPATH": root})
    label = f"models and predictions of {plan.customers:,} customers from {plan.sales:,} sales"
    if found["mib"] > MOST_MEMORY:
        raise FailedError([f"{label}: {found['mib']:,.0f} MiB"])
    note = f"{found['mib']:,.0f} MiB"
    return Line(label, found["process_ms"], None, MOST_MILLISECONDS, "ms", note)
