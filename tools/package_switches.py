"""Count how often one command changes from package to package.

`CONTRIBUTING.md` describes the path of this command. A switch is a call, or the resumption of a
generator, in another package than the one before; each module directly in ``cardcrm`` counts as a
package of its own. The cold run imports what the command needs, the warm one finds it loaded.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

MOST = 50  # switches of the warm run
COMMAND = ("log", "jane", "asked", "for", "a", "quote", "--next", "send quote", "--due", "fri")
_INLINED = ("<module>", "<listcomp>", "<dictcomp>", "<setcomp>")  # no frames in Python 3.12


class SwitchCounter:
    """A profiler hook that records each entry into another package, as (package, function)."""

    def __init__(self, package: Path) -> None:
        self.package = f"{package}{os.sep}"
        self.entries: list[tuple[str, str]] = []

    def __call__(self, frame: FrameType, event: str, _argument: object) -> None:
        """Record a call if it enters another package."""
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(self.package):
            return
        if code.co_name in _INLINED:
            return
        path = code.co_filename.removeprefix(self.package)
        name = path.split(os.sep)[0].removesuffix(".py")
        if not self.entries or self.entries[-1][0] != name:
            self.entries.append((name, f"{path} {code.co_qualname}"))


def count_switches(source: Path, words: Sequence[str]) -> list[tuple[str, str]]:
    """Run a command of the sources and return the entries into packages."""
    from cardcrm.cli.run import main

    counter = SwitchCounter(source.resolve() / "cardcrm")
    sys.setprofile(counter)
    try:
        code = main(words)
    finally:
        sys.setprofile(None)
    assert code == 0, f"{words} failed"
    return counter.entries


def main() -> None:
    """Print the switches of the cold and of the warm run; fail if the warm run has too many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", nargs="?", type=Path, default=Path("src"))
    source = parser.parse_args().source
    sys.path.insert(0, str(source))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "CARDCRM_DB": f"{folder}/cards.db",
            "CARDCRM_CONFIG": os.devnull,
            "CARDCRM_NOW": "2026-11-21T10:00",
        }
        count_switches(source, ["add", "Jane Doe"])
        cold, warm = count_switches(source, COMMAND), count_switches(source, COMMAND)
    for package, function in warm:
        print(f"{package:10} {function}")
    print(f"cold {len(cold) - 1}, warm {len(warm) - 1} switches; the bound is {MOST}")
    sys.exit(len(warm) - 1 > MOST)


if __name__ == "__main__":
    main()
