"""The definition of each figure in the reports about deals, for `--explain` and the documents."""

from collections.abc import Mapping

DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "forecast": {
        "deals": "open deals by the month of their expected close; lost and won ones never count",
        "weighted": "sum of amount × probability; a missing probability is that of the stage",
        "low, high": "band of 10,000 draws in which each deal is won by its probability, "
        "independently of the others",
        "commit": "amounts of the deals of at least 90% (--commit)",
        "best case": "amounts of all deals",
        "trend": "what the sales of the past make likely, by the named method",
    },
}
