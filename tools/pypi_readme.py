"""The README as the package index shows it: a hook of the build.

The file in the repository has relative addresses, which work in any checkout and fork. On the
package index there is nothing beside it, so there they become those of the repository.
"""

import re
from pathlib import Path
from typing import Any

try:
    from hatchling.metadata.plugin.interface import MetadataHookInterface
except ImportError:  # outside of a build
    MetadataHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).parents[1]
_TARGET = re.compile(r"(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)\s]+)\)")


def make_absolute(text: str, repository: str) -> str:
    """Return Markdown whose relative addresses lead to the repository on GitHub."""
    raw = repository.replace("https://github.com/", "https://raw.githubusercontent.com/")

    def absolute(match: re.Match[str]) -> str:
        is_picture, label, path = match.groups()
        base = f"{raw}/main" if is_picture else f"{repository}/blob/main"
        return f"{is_picture}{label}({base}/{path})"

    return _TARGET.sub(absolute, text)


class CustomMetadataHook(MetadataHookInterface):
    """Sets the readme in the metadata of the package."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fill in the readme, with absolute addresses."""
        text = (ROOT / "README.md").read_text("utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": make_absolute(text, metadata["urls"]["Source"]),
        }
