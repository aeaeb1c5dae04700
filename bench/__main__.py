"""Make the databases, measure, and print a table for each part: `python -m bench`."""

import argparse
import compileall
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cardcrm
from bench import (
    analytics,
    board,
    bulk_change,
    call_mode,
    databases,
    deal_reports,
    duplicates,
    files,
    in_process,
    instructions,
    lifetime_models,
    mailing,
    places,
    screen,
    server,
    service,
    shell,
    table,
    workbook,
)
from bench.measure import Line, report

PARTS = (
    "shell",
    "instructions",
    "in-process",
    "screen",
    "pages",
    "everything",
    "list",
    "import",
    "workbook",
    "sales",
    "analytics",
    "deals",
    "duplicates",
    "mail",
    "service",
    "places",
    "server",
)
OWN_DATABASES = {"analytics", "deals", "places"}  # the parts that use none of the plans


def main() -> int:
    """Measure the parts asked for; return 1 when a line misses its bound."""
    options = _parse_arguments()
    # An installed program is compiled already; one run from its sources may never have been.
    compileall.compile_dir(Path(cardcrm.__file__).parent, quiet=1)
    plans = databases.PLANS[:2] if options.small else databases.PLANS
    if not set(options.only or PARTS) <= {
        "analytics",
        "deals",
        "places",
    }:  # which have their own databases
        for plan in plans:
            databases.ensure(plan, report)
    print(table.machine())
    lines: list[Line] = []
    for found in _measure(options.only or PARTS, plans, options.runs):
        # At once: a later part may fail, and the run takes half an hour.
        print(f"\n{table.plain_text(found)}", flush=True)
        lines += found
    if options.markdown:
        table.write_into(options.markdown, lines)
    return int(any(line.ok is False for line in lines))


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--small", action="store_true", help="without the database of 1,000,000 contacts"
    )
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part")
    parser.add_argument("--runs", type=int, default=15, help="runs whose median is taken")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="put the table into a page")
    return parser.parse_args()


def _measure(
    parts: Sequence[str], plans: Sequence[databases.Plan], runs: int
) -> Iterator[list[Line]]:
    """Yield the lines of each part as it ends."""
    measures: dict[str, Callable[[], list[Line]]] = {
        "shell": lambda: shell.measure(plans, runs),
        "instructions": lambda: instructions.measure(plans),
        "in-process": lambda: in_process.measure(plans[-1], runs),
        "screen": lambda: [
            *screen.measure(plans, runs),
            *bulk_change.measure(databases.MIDDLE),
        ],
        "pages": lambda: [*board.measure(plans[0], runs), *call_mode.measure(plans[0])],
        "everything": lambda: files.measure_everything(databases.MIDDLE, 3),  # minutes each
        "list": lambda: files.measure_list(databases.MIDDLE, max(runs // 2, 3)),
        "import": lambda: files.measure_import(runs),
        "workbook": lambda: workbook.measure(runs),
        "sales": lambda: files.measure_sales(runs),
        "analytics": lambda: [
            *analytics.measure(small=len(plans) < len(databases.PLANS)),
            *lifetime_models.measure(small=len(plans) < len(databases.PLANS)),
        ],
        "deals": lambda: deal_reports.measure(small=len(plans) < len(databases.PLANS)),
        "duplicates": lambda: duplicates.measure(databases.MIDDLE),
        "mail": lambda: mailing.measure(databases.MIDDLE, runs),
        "service": lambda: service.measure(runs),
        "places": lambda: places.measure(runs),
        "server": lambda: server.measure(plans, runs),
    }
    for part in parts:
        report(f"{part} ...")
        start = time.perf_counter()
        found = measures[part]()
        report(f"{part} took {time.perf_counter() - start:.0f} s")
        yield found


if __name__ == "__main__":
    sys.exit(main())
