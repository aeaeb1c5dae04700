"""The path of one command crosses few borders between packages."""

import subprocess
import sys


def test_log_with_a_next_step_changes_packages_at_most_fifty_times() -> None:
    run = subprocess.run(
        [sys.executable, "tools/package_switches.py"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout[-200:] + run.stderr
    assert "cli/log.py" in run.stdout
