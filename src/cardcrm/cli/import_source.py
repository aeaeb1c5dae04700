"""The files that an import reads. Piped input is saved to a temporary file first.

A file is read several times: to detect its format, its encoding and its columns, and to import it.
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
from cardcrm.errors import StorageError, UsageError, missing_file
from cardcrm.formats.file_reader import detect_format
from cardcrm.signals import clean_up_at_end

STANDARD_INPUT = Path("-")
_NAME = "standard input"
_CHUNK = 1 << 16
_ENDINGS = {"csv": "csv", "xlsx": "csv", "vcard": "vcf", "jsonl": "jsonl", "mbox": "mbox"}
_HINT = "Name CSV or vCard files, or pipe one: cardcrm import - < contacts.csv"


@dataclass(frozen=True)
class ImportFile:
    """A file to import: its format, and a name for its bad entries."""

    path: Path
    format: str
    bad: Path

    @property
    def size(self) -> int:
        """The length in bytes."""
        return self.path.stat().st_size


def list_sources(session: Session, paths: Sequence[Path]) -> list[Path]:
    """Return the files to import, which is standard input if none is named. Raises UsageError."""
    if not paths and session.can_ask:
        raise UsageError("no files given", _HINT)
    if sum(path == STANDARD_INPUT for path in paths) > 1:
        raise UsageError("standard input can be read only once", "Name - once.")
    return list(paths) or [STANDARD_INPUT]


@contextlib.contextmanager
def open_source(session: Session, path: Path, format_: str) -> Iterator[ImportFile]:
    """Yield a file ready to be read; an empty ``format_`` is detected.

    Raises NotFoundError, UsageError for a file of another format, StorageError if piped input
    cannot be saved.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name the files in it.")
    if path == STANDARD_INPUT:
        with _saved(_standard_input(session), _NAME) as file:
            if not file.stat().st_size:
                raise UsageError("standard input is empty", _HINT)
            yield _temporary(file, format_)
    elif path.exists() and not path.is_file():
        name = f"pipe {path.name}" if path.name.isdigit() else path.name  # /dev/fd/63
        with path.open("rb") as stream, _saved(stream, name) as file:
            yield _temporary(file, format_)
    elif path.exists():
        format_ = detect_format(path, format_)
        ending = ".csv" if format_ == "xlsx" else path.suffix  # workbooks are not written
        yield ImportFile(path, format_, path.with_name(f"{path.stem}.bad{ending}"))
    else:
        raise missing_file(path)


def _temporary(file: Path, format_: str) -> ImportFile:
    """Return a temporary file to import, whose bad entries go to the current folder."""
    format_ = detect_format(file, format_)
    return ImportFile(file, format_, Path(f"import.bad.{_ENDINGS[format_]}"))


def _standard_input(session: Session) -> io.BufferedReader:
    if sys.stdin is None:  # closed by the caller
        raise UsageError("standard input is closed", _HINT)
    if session.can_ask:
        session.say("reading what you type or paste; end with Ctrl+D on a line of its own")
    return cast("io.BufferedReader", sys.stdin.buffer)


@contextlib.contextmanager
def _saved(stream: io.BufferedReader, name: str) -> Iterator[Path]:
    """Save a stream to a private temporary file for the length of a ``with`` block.

    Reading in chunks as they come lets a single Ctrl+D end the input.
    """
    with clean_up_at_end(), tempfile.TemporaryDirectory(prefix="cardcrm-") as folder:
        file = Path(folder) / name
        try:
            handle = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as target:
                while chunk := stream.read1(_CHUNK):
                    target.write(chunk)
        except OSError as error:
            raise StorageError(
                f"cannot save {name} in {folder}: {error.strerror}",
                "Nothing was imported. Set TMPDIR to another folder.",
            ) from error
        yield file
