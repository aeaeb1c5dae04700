"""`python -m bench`: make the boxes, measure, print one table."""

import argparse
import compileall
import sys
from pathlib import Path

import cardcrm
from bench import border, boxes, counted, inside, longwork, screen, shell, table, team
from bench.measure import Line

PARTS = ("shell", "counted", "inside", "screen", "list", "import", "team")


def main() -> int:
    """Measure what is asked for; 1 when something misses its bound."""
    asked = _arguments()
    # An installed program is compiled already; one run from its sources may never have been.
    compileall.compile_dir(Path(cardcrm.__file__).parent, quiet=1)
    plans = boxes.PLANS[:2] if asked.small else boxes.PLANS
    for plan in plans:
        boxes.ready(plan, _say)
    lines = _measure(asked.only or PARTS, plans, asked.runs)
    print(f"{table.machine()}\n\n{table.plain(lines)}")
    if asked.markdown:
        table.put_into(asked.markdown, lines)
    return int(any(line.ok is False for line in lines))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="without the box of 1,000,000 cards")
    parser.add_argument("--only", action="append", choices=PARTS, help="only this part")
    parser.add_argument("--runs", type=int, default=15, help="runs whose median is taken")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="put the table into a page")
    return parser.parse_args()


def _measure(parts: tuple[str, ...], plans: tuple[boxes.Plan, ...], runs: int) -> list[Line]:
    lines: list[Line] = []
    if "shell" in parts:
        _say("whole processes ...")
        lines += shell.measure(plans, runs)
    if "counted" in parts:
        _say("whole processes, counted ...")
        lines += counted.measure(plans)
    if "inside" in parts:
        _say("within one process ...")
        lines += inside.measure(plans[-1], runs)
    if "screen" in parts:
        _say("the screen ...")
        lines += screen.measure(plans, runs)
        lines += longwork.measure(boxes.MIDDLE)
    if "list" in parts:
        _say("long lists ...")
        lines += border.measure_list(boxes.MIDDLE, max(runs // 2, 3))
    if "import" in parts:
        _say("import ...")
        lines += border.measure_import(runs)
    if "team" in parts:
        _say("a server ...")
        lines += team.measure(plans, runs)
    return lines


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
