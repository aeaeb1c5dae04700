"""The how-to for moving to a server: its commands, run as printed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cardcrm
from cardcrm.store import open_store
from tests.support.postgresql import create_server

pytest.importorskip("psycopg")

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "move-to-a-server.md"


@pytest.fixture
def shell(server, tmp_path):
    """A new home directory with `cardcrm` on the path, and a server with the host name `db`."""
    made = create_server()
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "cardcrm").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cardcrm "$@"\n')
    # Installing packages is not tested here; pipx only has to exist.
    (bin_ / "pipx").write_text('#!/bin/sh\ntest "$1 $2" = "inject cardcrm"\n')
    for program in bin_.iterdir():
        program.chmod(0o755)
    made.run(made.programs / "createuser", "-h", made.folder, "-p", str(made.port), "-U",
             "cardcrm", "--superuser", "shop")  # fmt: skip
    (bin_ / "createdb").symlink_to(shutil.which("createdb") or made.programs / "createdb")
    yield {
        "PATH": f"{bin_}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": str(Path(cardcrm.__file__).parent.parent),
        "PGPORT": str(made.port),
        "PGHOSTADDR": "127.0.0.1",  # the address of the host `db` on the page
        "LANG": "C.UTF-8",
    }
    made.remove()


def test_five_commands_move_a_database_to_a_server(shell, tmp_path):
    def run(line):
        done = subprocess.run(
            ["sh", "-ec", line],
            env=shell,
            cwd=tmp_path,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stderr)
        return done.stdout

    run("cardcrm add 'Jane Doe' --email jane@example.com")
    run("cardcrm log jane 'asked for a quote' --next 'send it' --due today")
    before = run("cardcrm find --format json"), run("cardcrm journal --format json")
    commands = re.search(r"```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)[1].splitlines()
    assert len(commands) == 5
    for command in commands:
        run(command)
    assert (run("cardcrm find --format json"), run("cardcrm journal --format json")) == before
    assert "postgresql" in run("cardcrm db info")
    run("cardcrm log jane 'now on the server'")
    old = open_store(tmp_path / ".local/share/cardcrm/cards.db")
    assert old.value("SELECT count(*) FROM interaction") == 1
    old.close()
