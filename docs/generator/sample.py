"""Run commands on the sample database, with a fixed clock and environment."""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from docs.generator.lists import NOW


@contextlib.contextmanager
def sample_database() -> Iterator[Path]:
    """Create the sample database in a temporary folder and make it the default database."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "petal-and-stem.db"
        for name in [name for name in os.environ if name.startswith("CARDCRM_")]:
            del os.environ[name]
        os.environ |= {
            "CARDCRM_NOW": NOW,
            "CARDCRM_TIMEZONE": "Europe/London",
            "CARDCRM_CONFIG": os.devnull,
            "CARDCRM_USER": "rosa",
        }
        try:
            run("demo", "--path", str(path))
            os.environ["CARDCRM_DB"] = str(path)
            yield path
        finally:
            os.environ.clear()
            os.environ.update(before)


def run(*words: str) -> str:
    """Run a command and return its standard output."""
    from cardcrm.cli.run import main

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(list(words))
    if code:
        raise SystemExit(f"cardcrm {' '.join(words)} exited with {code}")
    return out.getvalue()
