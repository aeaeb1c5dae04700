"""Make the databases, measure and print one table: `python -m bench`."""

import argparse
import compileall
import sys
from pathlib import Path

import cardcrm
from bench import (
    bulk_change,
    databases,
    files,
    in_process,
    instructions,
    screen,
    server,
    shell,
    table,
)
from bench.measure import Line

PARTS = ("shell", "instructions", "in-process", "screen", "list", "import", "server")


def main() -> int:
    """Measure the parts asked for; return 1 when a line misses its bound."""
    options = _parse_arguments()
    # An installed program is compiled already; one run from its sources may never have been.
    compileall.compile_dir(Path(cardcrm.__file__).parent, quiet=1)
    plans = databases.PLANS[:2] if options.small else databases.PLANS
    for plan in plans:
        databases.ensure(plan, _report)
    lines = _measure(options.only or PARTS, plans, options.runs)
    print(f"{table.machine()}\n\n{table.plain_text(lines)}")
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


def _measure(parts: tuple[str, ...], plans: tuple[databases.Plan, ...], runs: int) -> list[Line]:
    lines: list[Line] = []
    if "shell" in parts:
        _report("whole processes ...")
        lines += shell.measure(plans, runs)
    if "instructions" in parts:
        _report("whole processes, counted ...")
        lines += instructions.measure(plans)
    if "in-process" in parts:
        _report("within one process ...")
        lines += in_process.measure(plans[-1], runs)
    if "screen" in parts:
        _report("the screen ...")
        lines += screen.measure(plans, runs)
        lines += bulk_change.measure(databases.MIDDLE)
    if "list" in parts:
        _report("long lists ...")
        lines += files.measure_list(databases.MIDDLE, max(runs // 2, 3))
    if "import" in parts:
        _report("import ...")
        lines += files.measure_import(runs)
    if "server" in parts:
        _report("a server ...")
        lines += server.measure(plans, runs)
    return lines


def _report(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
