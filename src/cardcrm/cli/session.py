"""The session of one run: options, settings, the open database, and questions to the user."""

import functools
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from cardcrm import config
from cardcrm.cli.terminal import has_color, is_terminal, terminal_width, write_message
from cardcrm.errors import (
    AmbiguousError,
    CardcrmError,
    NoDatabaseError,
    NotFoundError,
    StorageError,
    UsageError,
)
from cardcrm.store import Locale, Store, open_store
from cardcrm.store.server_address import parse_location, refuse_password
from cardcrm.text import capitalize_first, join_command, normalize_line, sanitize, shorten

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact

MAX_MESSAGE = 1000  # characters of a line of a message, which may repeat what was typed
_MAX_COMMAND = 500  # characters of a command line that the journal records


class DeclinedError(CardcrmError):
    """The user answered a question with no."""

    code = "declined"


class Settings(NamedTuple):
    """The settings that most commands need; see `cardcrm.config` for each."""

    db: str
    user: str
    region: str
    currency: str
    timezone: str
    format: str
    color: str
    lock_wait: float


class PageFile(NamedTuple):
    """The file of a page that takes the place of output; ``replace`` allows an existing one."""

    path: Path
    replace: bool


class Session:
    """One run of the program. ``flags`` are the global options; ``words`` the command line.

    ``page`` is the file of ``--html``, if the command got it.
    """

    def __init__(self, flags: dict[str, str], words: Sequence[str] = ()) -> None:
        self.has_header = flags.pop("header", "yes") == "yes"
        self.file_format = flags.pop("file_format", "")  # of `export`
        self.repeated = flags.pop("repeated", "")
        self.flags = flags
        self.words = list(words)
        self.page: PageFile | None = None
        self._store: Store | None = None
        self._is_new = False

    @functools.cached_property
    def config(self) -> config.Config:
        """The settings in force."""
        return config.load(self.flags)

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings that most commands need."""
        get = self.config.get
        return Settings(
            get("db"),
            get("user"),
            get("region"),
            get("currency"),
            get("timezone"),
            get("format"),
            get("color"),
            self.config.number("lock-wait"),
        )

    @property
    def format(self) -> str:
        """The output format."""
        return self.settings.format

    # The database

    @property
    def location(self) -> Path | str:
        """The path of the database file, or the address of the server."""
        given = self.settings.db
        if not given:
            return config.default_database()
        location = parse_location(given)
        if isinstance(location, str):
            self._check_file_mode(location)
        return location

    def _check_file_mode(self, address: str) -> None:
        """Allow a password in the settings file only if no one but its owner can read it."""
        file = config.config_file()
        if self.config.origins.get("db") == str(file) and file.stat().st_mode & 0o077:
            refuse_password(address, f"{file} (not of mode 0600)")

    @property
    def file(self) -> Path:
        """The path of the database file. Raises UsageError for a server."""
        if isinstance(self.location, Path):
            return self.location
        raise UsageError(
            "this command works on database files only",
            "For a server, use pg_dump and pg_restore, or `cardcrm db copy` to a file.",
        )

    def store(self, *, create: bool = False, readonly: bool = False) -> Store:
        """Return the open database; ``create`` makes it if it is missing."""
        if self._store is None:
            self._store = self._open(create=create, readonly=readonly)
        return self._store

    @property
    def is_for_people(self) -> bool:
        """Return whether the output is laid out for people; programs get every column."""
        return self.page is not None or self.format in ("table", "markdown", "html")

    @property
    def is_open(self) -> bool:
        """Return whether the database is open."""
        return self._store is not None

    def report_new_database(self) -> None:
        """Say where a database was created, as a mistyped path creates one."""
        if self._store is not None and self._is_new:
            self.say(f"created a new database: {self._store.engine.location}")

    def open_second_store(self) -> Store:
        """Open the database once more, creating it if missing; the caller closes it."""
        store = self._open(create=True, readonly=False)
        store.engine.limit_cache()
        return store

    def has_database(self) -> bool:
        """Return whether the database exists; if so, it is open afterwards."""
        try:
            self.store()
        except NoDatabaseError:
            return False
        return True

    def _open(self, *, create: bool, readonly: bool) -> Store:
        from cardcrm.store import settings

        command = shorten(normalize_line(join_command(self.words)), _MAX_COMMAND)
        path = self.location
        if create and path == config.default_database() and isinstance(path, Path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_store(
            path,
            user=self.settings.user,
            command=command,
            create=create,
            readonly=readonly,
            wait=self.settings.lock_wait,
        )
        try:
            stored = settings.read(store)
            _refuse_unfinished_copy(store, stored)
            if create and "currency" not in stored:
                stored = self._initialize(store)
            store.locale = self._choose_locale(stored)
        except BaseException:
            store.close()
            raise
        return store

    def _initialize(self, store: Store) -> dict[str, str]:
        """Record region and currency in a new database, which is not a step to undo."""
        from cardcrm import phone_regions
        from cardcrm.store import settings

        self._is_new = True
        (region, currency), default = phone_regions.detect_locale(), Locale()
        return settings.initialize(
            store,
            self.settings.region or region or default.region,
            self.settings.currency or currency or default.currency,
        )

    def _choose_locale(self, stored: Mapping[str, str]) -> Locale:
        """Return region, currency and time zone: as set, as stored in the database, or default."""
        default = Locale()
        return Locale(
            self.settings.region or stored.get("region", default.region),
            self.settings.currency or stored.get("currency", default.currency),
            self.settings.timezone,
        )

    def close(self) -> None:
        """Close the database if it is open."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # Messages

    @property
    def has_reader(self) -> bool:
        """Return whether standard output is a terminal, so that a person reads it now."""
        return is_terminal(sys.stdout)

    def uses_color(self, stream: TextIO) -> bool:
        """Return whether output to a stream is colored."""
        wish = self.settings.color
        return has_color(stream) if wish == "auto" else wish == "always"

    def say(self, text: str) -> None:
        """Write a message for people; programs, which ask for another format, get none.

        It is wrapped as tables are: on a terminal, and in a pipe only at the width of COLUMNS.
        """
        if self.format == "table":
            text = sanitize(text, newlines=True)
            if len(text) > MAX_MESSAGE:
                text = "\n".join(shorten(line, MAX_MESSAGE) for line in text.split("\n"))
            write_message(text, terminal_width(sys.stderr))

    # Questions

    @property
    def can_ask(self) -> bool:
        """Return whether a person at a terminal can answer a question."""
        return is_terminal(sys.stdin) and is_terminal(sys.stderr)

    def confirm(self, action: str, *, yes: bool) -> None:
        """Ask before an action, given as “remove 3 contacts”, unless ``yes``.

        Raises UsageError where no one can answer, DeclinedError for a no.
        """
        if yes:
            return
        if not self.can_ask:
            raise UsageError(f"confirmation needed to {action}", "To go ahead, add --yes.")
        answer = self.ask(f"{capitalize_first(action)}? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            raise DeclinedError("nothing was changed")

    def ask(self, prompt: str) -> str:
        """Return the line that the user answers, with its line end; see `can_ask`."""
        sys.stderr.write(sanitize(prompt))
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):  # ended by Ctrl+D, on the line of the question
            sys.stderr.write("\n")
        return answer

    def find_contact(self, text: str) -> "Contact":
        """Return the contact that WHO names; on a terminal, let the user pick if it is unclear."""
        from cardcrm.records.contacts.contacts import get
        from cardcrm.records.contacts.resolve import resolve

        store = self.store()
        try:
            contact = resolve(store, text)
        except AmbiguousError as error:
            return get(store, self._pick_or_raise(error))
        self._report_merged(text, contact)
        return contact

    def _report_merged(self, text: str, contact: "Contact") -> None:
        """Say so if a text is the number of a contact that was merged into the one it leads to."""
        number = text.removeprefix("#")
        if not number.isdecimal() or number == str(contact.id) or len(number) > 18:
            return
        from cardcrm.records.contacts.merged_ids import is_merged

        if is_merged(self.store(), int(number)):
            self.say(f"{number} was merged into {contact.id} {contact.name}")

    def warn_of_colleagues(self, contact: "Contact") -> tuple[str, ...]:
        """Return what colleagues did, plan or claimed about a contact, before it is written to."""
        from cardcrm.records.teamwork.colleagues import describe_colleagues

        days = int(self.config.number("colleague-days"))
        return describe_colleagues(self.store(), contact, days)

    def split_contact(self, words: Sequence[str]) -> "tuple[Contact, list[str]]":
        """Return the contact that the first word or words name, and the remaining words."""
        from cardcrm.records.contacts.contacts import get
        from cardcrm.records.contacts.resolve import (
            count_leading_words,
            count_name_words,
            join_words,
            resolve_first,
        )

        try:
            contact = resolve_first(self.store(), words)
        except (AmbiguousError, NotFoundError) as error:
            if count := count_leading_words(self.store(), words):
                return self.find_contact(join_words(words[:count])), list(words[count:])
            contact = get(self.store(), self._pick_or_raise(error))
        if contact is None:
            return self._split_titled(words)
        if words[0].removeprefix("#").isdecimal():
            self._report_merged(words[0], contact)
        return contact, list(words[count_name_words(contact.name, words) :])

    def _split_titled(self, words: Sequence[str]) -> "tuple[Contact, list[str]]":
        """Return the contact that words with a title in front name, and the remaining words."""
        from cardcrm.records.contacts.name_words import count_titles
        from cardcrm.records.contacts.resolve import count_leading_words, join_words

        if count := count_leading_words(self.store(), words):
            return self.find_contact(join_words(words[:count])), list(words[count:])
        titles = count_titles(words)
        try:
            return self.split_contact(words[titles:])
        except NotFoundError:
            self.find_contact(" ".join(words[: titles + 1]))  # names the title in the error
            raise

    def _pick_or_raise(self, error: AmbiguousError | NotFoundError) -> int:
        """Return the id that the user picks; raise the error if there is no choice or no user."""
        if not isinstance(error, AmbiguousError) or not self.can_ask or not error.candidates:
            raise error
        return self._pick(error)

    def _pick(self, error: AmbiguousError) -> int:
        rows = [
            f"{number:3}  {name}  {detail}".rstrip() + f"  #{id_}"
            for number, (id_, name, detail) in enumerate(error.candidates, 1)
        ]
        write_message(sanitize("\n".join([f"{error.message}:", *rows]), newlines=True))
        choice = self.ask(f"Which one? [1-{len(rows)}] ").strip()
        if choice.isascii() and choice.isdigit() and 1 <= int(choice) <= len(rows):
            return error.candidates[int(choice) - 1][0]
        raise AmbiguousError("no contact was picked", error.hint)


def _refuse_unfinished_copy(store: Store, stored: Mapping[str, str]) -> None:
    if "copying" in stored:
        raise StorageError(
            f"{store.engine.location} is an unfinished copy",
            "Finish it with: cardcrm db copy FROM TO --resume",
        )
