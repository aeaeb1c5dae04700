"""The import of files: each goes to the reader of its rows, bad entries go to a file."""

import contextlib
import filecmp
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple, Self, TextIO

from cardcrm.cli.import_contacts import find_targets, import_contacts
from cardcrm.cli.import_report import build_answer, describe_interruption, report_lines
from cardcrm.cli.import_source import ImportFile, list_sources, open_source
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.terminal import message_width
from cardcrm.errors import ConflictError, NotFoundError, StorageError, UsageError
from cardcrm.formats.atomic_write import refuse_full_disk
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.file_reader import TableOptions, detect_rows
from cardcrm.formats.import_job import ImportJob, ImportReport, Mode, Refusal
from cardcrm.formats.import_readers import find_reader
from cardcrm.records.importing import column_memory
from cardcrm.records.importing.dry_run import dry_run
from cardcrm.render.progress import progress_bar
from cardcrm.signals import clean_up_at_end
from cardcrm.store import Store, open_store


class ImportOptions(NamedTuple):
    """Options of `import`. Tags, source and owner apply to every contact in the files.

    ``rows`` and ``format`` are empty where the file decides.
    """

    tags: tuple[str, ...] = ()
    source: str = ""
    owner: str = ""
    rows: str = ""
    format: str = ""
    mode: Mode = ""
    targets: tuple[tuple[str, str], ...] = ()
    encoding: str = ""
    sheet: str = ""
    anyway: bool = False
    dry_run: bool = False
    bad_file: Path | None = None
    known_only: bool = False
    customer: str = ""


def run_import(session: Session, paths: Sequence[Path], options: ImportOptions) -> Result:
    """Import files and report on each; the exit code is 1 if entries were refused.

    Raises UsageError or ConflictError if the bad entries would overwrite another file.
    """
    paths = list_sources(session, paths)
    _check_bad_file(options.bad_file, paths)
    reports: list[ImportReport] = []
    for path in paths:
        step = reports[-1].step if reports else None
        with open_source(session, path, options.format) as file:
            reports.append(_import_file(session, file, options, step))
        if session.format == "table":
            for line in report_lines(reports[-1], dry_run=options.dry_run, width=message_width()):
                session.say(line)
    code = int(any(report.refused for report in reports))
    if session.format == "table":
        return Result(exit_code=code)
    warnings = (
        line.strip()
        for report in reports
        for line in list(report_lines(report, dry_run=options.dry_run))[1:]
    )
    return Result(build_answer(reports), exit_code=code, warnings=tuple(warnings))


def _check_bad_file(bad_file: Path | None, paths: Sequence[Path]) -> None:
    if bad_file is None:
        return
    if len(paths) > 1:
        raise UsageError(
            "--bad takes the bad entries of one file only",
            "Import the files one by one, or leave out --bad.",
        )
    if os.path.lexists(bad_file):
        raise ConflictError(f"{bad_file} already exists", "Name another file for --bad.")
    if not bad_file.resolve().parent.is_dir():
        raise NotFoundError(
            f"no such folder: {bad_file.parent}",
            "Create it first, or name another file for --bad.",
        )


def _import_file(
    session: Session, file: ImportFile, options: ImportOptions, step: int | None
) -> ImportReport:
    table = TableOptions(options.encoding, options.sheet, known=_list_known(session, options))
    rows = options.rows or detect_rows(file.path, file.format, table)
    read = import_contacts if rows == "contacts" else find_reader(rows, file.format)
    report = ImportReport(file.path.name, rows, step)
    bad_entries = _BadFile(file, options.bad_file, dry_run=options.dry_run)
    report.on_refusal = bad_entries.write
    try:
        with progress_bar(file.size, f"reading {report.name}") as advance, bad_entries:
            if not session.has_database():
                _check_columns(file, rows, table, options)
            store, close = _open_target(session, dry_run=options.dry_run)
            try:
                job = _make_job(session, file, options, table.known, advance)
                work = partial(read, store, job, report)
                if read is import_contacts:
                    work = partial(work, dry_run=options.dry_run)
                dry_run(store, work) if options.dry_run else work()
            finally:
                close()
    except KeyboardInterrupt:
        if not options.dry_run:
            session.say(describe_interruption(report))
        raise
    except StorageError as error:
        if not options.dry_run and report.step is not None:
            session.say(describe_interruption(report))
            error.hint = error.hint.removeprefix("Nothing was changed. ")  # true of the last batch
        raise
    report.bad_file = str(bad_entries.path) if bad_entries.is_open else ""
    return report


def _check_columns(
    file: ImportFile, rows: str, table: TableOptions, options: ImportOptions
) -> None:
    """Refuse a file that lacks columns before a database is created. Raises UsageError."""
    if rows == "contacts":
        find_targets(file.path, file.format, table, options.targets)
    elif file.format in ("csv", "xlsx"):
        from cardcrm.formats.history.header_check import check_header

        check_header(
            file.path,
            file.format,
            table,
            rows,
            options.targets,
            has_customer=bool(options.customer),
        )


def _list_known(session: Session, options: ImportOptions) -> frozenset[str]:
    """Return the folded headers that the user assigns, or has assigned before."""
    given = frozenset(fold_header(column) for column, _ in options.targets)
    if not session.has_database():
        return given
    return given | column_memory.list_names(session.store())


def _make_job(
    session: Session,
    file: ImportFile,
    options: ImportOptions,
    known: frozenset[str],
    on_bytes: Callable[[int], None],
) -> ImportJob:
    return ImportJob(
        file.path,
        file.path.name,
        file.format,
        file.size,
        encoding=options.encoding,
        sheet=options.sheet,
        targets=options.targets,
        known=known,
        mode=options.mode,
        tags=options.tags,
        source=options.source,
        owner=options.owner,
        media_limit=int(session.config.number("photo-limit") * 1000),
        known_only=options.known_only,
        customer=options.customer,
        anyway=options.anyway,
        own_addresses=session.config.own_addresses(),
        on_bytes=on_bytes,
    )


def _open_target(session: Session, *, dry_run: bool) -> tuple[Store, Callable[[], None]]:
    """Return the database to import into, and a function to close it.

    A dry run without a database gets a temporary one.
    """
    if not dry_run or session.has_database():
        return session.store(create=not dry_run), lambda: None
    cleanup = contextlib.ExitStack()
    cleanup.enter_context(clean_up_at_end())
    folder = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="cardcrm-"))
    store = open_store(Path(folder) / "trial.db", create=True)
    cleanup.callback(store.close)
    return store, cleanup.close


class _BadFile:
    """A file of bad entries beside the imported file, created with the first entry."""

    def __init__(self, source: ImportFile, target: Path | None, *, dry_run: bool) -> None:
        *self._earlier, self.path = [target] if target else _list_paths(source.bad)
        self._dry_run = dry_run
        self._stream: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            with self._complete():
                self._stream.close()
            self._drop_copy()

    @contextlib.contextmanager
    def _complete(self) -> Iterator[None]:
        """Remove the file, and raise StorageError, if the disk is full."""
        hint = "Free some space, or name a file elsewhere with --bad, and import the file again."
        try:
            with refuse_full_disk(self.path, hint):
                yield
        except StorageError:
            self.path.unlink(missing_ok=True)
            self._stream = None
            raise

    def _drop_copy(self) -> None:
        """Remove the file if an earlier import has left the same one."""
        for known in self._earlier:
            with contextlib.suppress(OSError):
                if filecmp.cmp(known, self.path, shallow=False):
                    self.path.unlink()
                    self.path = known
                    return

    @property
    def is_open(self) -> bool:
        """Return whether there were bad entries to write."""
        return self._stream is not None

    def write(self, refusal: Refusal, header: str) -> None:
        """Write an entry exactly as its file has it, the first one below a header."""
        if self._dry_run or not refusal.raw:
            return
        with self._complete():
            if self._stream is None:
                self._stream = self._open(header)
            self._stream.write(refusal.raw + "\n")

    def _open(self, header: str) -> TextIO:
        handle = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
        stream = os.fdopen(handle, "w", encoding="utf-8", newline="", errors="replace")
        if header:
            stream.write(header + "\n")
        return stream


def _list_paths(path: Path) -> list[Path]:
    """Return a path, and it with further numbers, up to the first that no file has yet."""
    paths = [path]
    while os.path.lexists(paths[-1]):
        paths.append(path.with_name(f"{path.stem}-{len(paths) + 1}{path.suffix}"))
    return paths
