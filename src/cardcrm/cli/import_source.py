"""The files that an import reads; what comes through a pipe is kept in one first.

A file is looked at several times (what it is, how it is encoded, what stands in it), which nothing
but a file allows; and so an import that was sent a large one needs no more memory for it.
"""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cardcrm.cli.session import Session
from cardcrm.errors import NotFoundError, StorageError, UsageError
from cardcrm.formats.file_reader import sniff

STANDARD_INPUT = Path("-")
_NAME = "standard input"
_CHUNK = 1 << 16
_HOW = "Name CSV or vCard files, or send one: cardcrm import - < contacts.csv"


@dataclass(frozen=True)
class Incoming:
    """A file to import: ``kind`` is csv or vcard, ``bad`` a name that fits its bad entries."""

    path: Path
    kind: str
    bad: Path

    @property
    def size(self) -> int:
        """Its length in bytes."""
        return self.path.stat().st_size


def named(session: Session, paths: Sequence[Path]) -> list[Path]:
    """The files of a command; without any what is sent to it. Raises UsageError."""
    if not paths and session.asks:
        raise UsageError("which files?", _HOW)
    if sum(path == STANDARD_INPUT for path in paths) > 1:
        raise UsageError("standard input can be read only once", "Name - once.")
    return list(paths) or [STANDARD_INPUT]


@contextlib.contextmanager
def incoming(session: Session, path: Path, kind: str) -> Iterator[Incoming]:
    """A file ready to be read; ``kind`` is what it was said to be, or empty to look into it.

    Raises NotFoundError, UsageError for what can be no such file, StorageError where what was sent
    cannot be kept.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name the files in it.")
    if path == STANDARD_INPUT:
        with _kept(_standard_input(session), _NAME) as file:
            if not file.stat().st_size:
                raise UsageError("nothing came from standard input", _HOW)
            yield _passing(file, kind)
    elif path.exists() and not path.is_file():
        name = f"pipe {path.name}" if path.name.isdigit() else path.name  # /dev/fd/63
        with path.open("rb") as stream, _kept(stream, name) as file:
            yield _passing(file, kind)
    elif path.exists():
        yield Incoming(path, sniff(path, kind), path.with_name(f"{path.stem}.bad{path.suffix}"))
    else:
        raise NotFoundError(
            f"there is no file {path}", "Check its name and folder; `ls` lists what is there."
        )


def _passing(file: Path, kind: str) -> Incoming:
    """What was sent: its bad entries go into the folder that one is in."""
    kind = sniff(file, kind)
    return Incoming(file, kind, Path("import.bad.csv" if kind == "csv" else "import.bad.vcf"))


def _standard_input(session: Session) -> io.BufferedReader:
    if sys.stdin is None:  # closed by whoever started the command
        raise UsageError("there is no standard input", _HOW)
    if session.asks:
        session.say("reading what is typed or pasted here; ctrl+D on a line of its own ends it")
    return cast("io.BufferedReader", sys.stdin.buffer)


@contextlib.contextmanager
def _kept(stream: io.BufferedReader, name: str) -> Iterator[Path]:
    """All that comes through a stream, in a file that only its owner can read, for a while.

    It is read as it comes: so that one ctrl+D at a keyboard is the end, and not only a second.
    """
    with tempfile.TemporaryDirectory(prefix="cardcrm-") as folder:
        file = Path(folder) / name
        try:
            handle = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as kept:
                while chunk := stream.read1(_CHUNK):
                    kept.write(chunk)
        except OSError as error:
            raise StorageError(
                f"{name} could not be kept in {folder}: {error.strerror}",
                "Nothing was imported. TMPDIR names another folder for what is kept for a while.",
            ) from error
        yield file
