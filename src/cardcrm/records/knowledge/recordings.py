"""Find the files of recordings, and the command that plays them."""

import shlex
from pathlib import Path
from typing import Final

from cardcrm.errors import NotFoundError, UsageError, missing_file
from cardcrm.paths import expand_path
from cardcrm.text import quote

PLAYER: Final = "desk.player"  # the setting
_SUFFIXES: Final = (
    ".aac", ".aif", ".aiff", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav", ".webm",
    ".wma",
)  # fmt: skip


def find_audio(text: str) -> str:
    """Return the whole path of an audio file. Raises NotFoundError and UsageError."""
    path = expand_path(text.strip()).absolute()
    if not path.exists():
        raise missing_file(path)
    if not path.is_file() or path.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"{path} is not an audio file", f"Use one of {', '.join(_SUFFIXES)}.")
    return str(path)


def normalize_link(text: str) -> str:
    """Return a web address. Raises UsageError."""
    from cardcrm.opener import to_url

    try:
        return to_url("web", text)
    except UsageError as error:
        raise UsageError(
            f"invalid link {quote(text)}", "Write it like https://example.com/hours.ogg"
        ) from error


def build_command(player: str, name: str, path: str) -> list[str]:
    """Return the words of the command that plays a recording; no shell reads them.

    Raises UsageError without a player, and NotFoundError for a file that is gone.
    """
    try:
        words = shlex.split(player)
    except ValueError as error:
        raise UsageError(f"invalid {PLAYER} setting: {error}", _set_player()) from error
    if not words:
        raise UsageError("no player is set", _set_player())
    if not Path(path).is_file():
        raise NotFoundError(
            f"the file of the recording {name} is missing: {path}",
            f"Name it again: cardcrm recording edit {name} --file FILE",
        )
    return [*words, path]


def _set_player() -> str:
    return f'Set it: cardcrm config set {PLAYER} "mpv --no-video"'


def require_link(name: str, link: str) -> str:
    """Return the link of a recording. Raises UsageError for one without."""
    if not link:
        raise UsageError(
            f"the recording {name} has no link",
            f"Add it: cardcrm recording edit {name} --link https://…",
        )
    return link
