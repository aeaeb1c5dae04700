"""The advice to install a library fits the way in which the program was installed."""

import sys

import pytest

from cardcrm.install_advice import install_command


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/a/.local/share/pipx/venvs/cardcrm", "pipx inject cardcrm 'keyring'"),
        ("/home/a/.local/pipx/venvs/crm-test", "pipx inject crm-test 'keyring'"),
        (
            "/home/a/.local/share/uv/tools/cardcrm",
            "uv tool install cardcrm --with 'keyring'",
        ),
        ("/home/a/venv", f"{sys.executable} -m pip install 'keyring'"),
    ],
)
def test_it_reaches_the_environment_of_the_program(
    monkeypatch: pytest.MonkeyPatch, prefix: str, command: str
) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    assert install_command("keyring") == command
