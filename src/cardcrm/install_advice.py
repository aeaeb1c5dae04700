"""Advice to install an optional library where this program runs from."""

import sys
from pathlib import Path


def install_command(library: str) -> str:
    """Return the command that adds a library to the environment of this program.

    pipx and uv keep programs in environments of their own, which pip outside does not reach.
    """
    environment = Path(sys.prefix)
    if "pipx" in environment.parts:
        return f"pipx inject {environment.name} '{library}'"
    if {"uv", "tools"} <= set(environment.parts):
        return f"uv tool install {environment.name} --with '{library}'"
    return f"{sys.executable} -m pip install '{library}'"
