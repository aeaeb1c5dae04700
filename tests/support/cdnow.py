"""The purchases of 2,357 customers of CDNOW, on which the literature tests its models."""

import csv
from collections import Counter
from pathlib import Path

from cardcrm.reports.lifetime_model.histories import (
    PurchasePatterns,
    SpendPatterns,
    build_patterns,
    build_spend,
)

FILE = Path(__file__).parents[1] / "reports" / "lifetime_model" / "data" / "cdnow.csv"


def read_rows() -> list[tuple[int, float, float, float]]:
    """Return repeats, recency and age in weeks, and the mean amount of repeat purchases."""
    with FILE.open(encoding="utf-8") as stream:
        return [
            (int(row["x"]), float(row["t_x"]), float(row["T"]), float(row["zbar"]))
            for row in csv.DictReader(stream)
        ]


def purchases() -> PurchasePatterns:
    """Return the purchases, each pattern once."""
    counts = Counter(row[:3] for row in read_rows())
    return build_patterns([(*pattern, number) for pattern, number in sorted(counts.items())])


def spend() -> SpendPatterns:
    """Return the totals of the 946 customers with repeat purchases."""
    return build_spend([(x, x * mean, 1) for x, _, _, mean in read_rows() if x])
