"""What every command needs: the flags, the settings, the open box, and one way to answer.

Data goes to standard output once, words go to standard error.
"""

import functools
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cardcrm import config
from cardcrm.errors import (
    AmbiguousError,
    CardError,
    NoDatabaseError,
    NotFoundError,
    StorageError,
    UsageError,
)
from cardcrm.store import Locale, Store, open_store
from cardcrm.store.server_address import is_server, refuse_password
from cardcrm.text import clean, shorten, tidy

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.sheet import Card, Sheet

_COMMAND = 500  # so much of a command line is kept in the journal
_MESSAGE = 1000  # so much of a message is told: it may repeat what was typed


class Session:
    """One run of the program. ``flags`` are the global options; ``words`` the command line."""

    def __init__(self, flags: dict[str, str], words: Sequence[str] = ()) -> None:
        self.flags = flags
        self.words = list(words)
        self._store: Store | None = None
        self._is_new = False

    @functools.cached_property
    def config(self) -> config.Config:
        """The settings in force."""
        return config.load(self.flags)

    @property
    def format(self) -> str:
        """The format asked for."""
        return self.config.get("format")

    # the box

    @property
    def location(self) -> Path | str:
        """The path of the box, or the address of the server that holds it (see `store.address`)."""
        given = self.config.get("db")
        if is_server(given):
            self._guard(given)
            return given
        if "://" in given:
            raise UsageError(
                f"“{given.partition('://')[0]}://” is no kind of box",
                "Name a file, or a PostgreSQL server: postgresql://user@host/name.",
            )
        return Path(given).expanduser() if given else config.default_box()

    def _guard(self, location: str) -> None:
        """A password may stand in a settings file that only its owner can read."""
        file = config.config_file()
        if self.config.origins.get("db") == str(file) and file.stat().st_mode & 0o077:
            refuse_password(location, f"{file} (not of mode 0600)")

    @property
    def file(self) -> Path:
        """The path of the box. Raises UsageError where it is not a file."""
        if isinstance(self.location, Path):
            return self.location
        raise UsageError(
            "this is done to boxes in files",
            "On a server: pg_dump and pg_restore, or `cardcrm db copy` into a file.",
        )

    def store(self, *, create: bool = False, readonly: bool = False) -> Store:
        """The open box; ``create`` makes it if it is missing."""
        if self._store is None:
            self._store = self._open(create=create, readonly=readonly)
        return self._store

    def say_if_new(self) -> None:
        """Say where a box was made, as a mistyped path makes one, too."""
        if self._store is not None and self._is_new:
            self.say(f"this is a new card box: {self._store.engine.location}")

    def another_store(self) -> Store:
        """The box opened once more, for whoever asks to own and close; it is made if missing."""
        store = self._open(create=True, readonly=False)
        store.engine.limit_cache()
        return store

    def has_box(self) -> bool:
        """Whether there is a box to read from; it is open then."""
        try:
            self.store()
        except NoDatabaseError:
            return False
        return True

    def _open(self, *, create: bool, readonly: bool) -> Store:
        path = self.location
        if create and path == config.default_box() and isinstance(path, Path):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        store = open_store(
            path,
            user=self.config.get("user"),
            command=shorten(tidy(" ".join(self.words)), _COMMAND),
            create=create,
            readonly=readonly,
            wait=self.config.number("lock-wait"),
        )
        try:
            store.locale = self._customs(store, create=create)
        except BaseException:
            store.close()
            raise
        return store

    def _customs(self, store: Store, *, create: bool) -> Locale:
        """How the firm writes. A new box is told what it is made for; that is no step to undo."""
        from cardcrm.records import settings

        own = settings.read(store)
        if "copying" in own:
            raise StorageError(
                f"{store.engine.location} is a copy that is not finished",
                "If it was broken off, go on with it: cardcrm db copy FROM TO --resume.",
            )
        if create and "currency" not in own:
            from cardcrm import phone_regions

            self._is_new = True
            region, currency = phone_regions.of_the_system()
            own = settings.initialize(
                store, self.config.get("region") or region, self.config.get("currency") or currency
            )
        return Locale(
            self.config.get("region") or own.get("region", "GB"),
            self.config.get("currency") or own.get("currency", "GBP"),
            self.config.get("timezone"),
        )

    def close(self) -> None:
        """Close the box, if it was opened."""
        if self._store is not None:
            self._store.close()
            self._store = None

    # answering

    def show(self, what: "Sheet | Card") -> None:
        """Write a sheet or a card to standard output in the format asked for."""
        from cardcrm.render import render

        out = sys.stdout
        render(what, self.format, stream=out, color=self._colour(out), width=_width(out))

    def draw(self, page: Callable[[bool, int], str], *, instead: str = "") -> None:
        """Write a page of a form of its own to standard output.

        ``page`` is given whether to colour it, and the terminal's width (0 for a pipe); ``instead``
        is what `render.streams.writer` wants.
        """
        from cardcrm.render.streams import writer

        out = sys.stdout
        writer(out, instead)(page(self._colour(out), _width(out)))

    @property
    def is_watched(self) -> bool:
        """Whether standard output is a terminal, so that somebody reads it now."""
        return _is_terminal(sys.stdout)

    def say(self, text: str) -> None:
        """A line of words for people."""
        if self.format == "table":
            _write_words(clean(text, newlines=True))

    def answer(self, words: str, what: Callable[[], "Sheet | Card"]) -> None:
        """The result of a change: words for people, or the thing itself in another format."""
        if self.format == "table":
            self.say(words)
        else:
            self.show(what())

    def _colour(self, stream: TextIO) -> bool:
        wish = self.config.get("color")
        if wish != "auto":
            return wish == "always"
        return (
            _is_terminal(stream)
            and not os.environ.get("NO_COLOR")
            and (os.environ.get("TERM") != "dumb")
        )

    def fail(self, error: CardError) -> None:
        """Tell of an error: one clear line with a hint, or an object where JSON was asked for."""
        if self._wants_json():
            _write_words(_as_json(error))
            return
        if isinstance(error, DeclinedError):
            _write_words(error.message)
            return
        colour = self._colour_for_errors()
        lines = [f"{_paint('error:', 31, colour)} {shorten(clean(error.message), _MESSAGE)}"]
        lines += [f"  {row}" for row in _candidates(error)]
        if error.hint:
            lines.append(f"{_paint('hint:', 36, colour)} {clean(error.hint)}")
        _write_words("\n".join(lines))

    def _wants_json(self) -> bool:
        try:
            return self.format == "json"
        except CardError:  # the settings themselves may be what is wrong
            return self.flags.get("format") == "json"

    def _colour_for_errors(self) -> bool:
        try:
            return self._colour(sys.stderr)
        except CardError:
            return False

    # asking

    @property
    def asks(self) -> bool:
        """Whether there is somebody to ask."""
        return _is_terminal(sys.stdin) and _is_terminal(sys.stderr)

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask before something big. Raises UsageError where nobody can answer."""
        if yes:
            return
        if not self.asks:
            raise UsageError(f"{question} Nobody can be asked here.", "Say --yes to go ahead.")
        if self.ask(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
            raise DeclinedError("nothing was changed")

    def ask(self, prompt: str) -> str:
        """The line that somebody answers, its end and all; see `asks`."""
        sys.stderr.write(clean(prompt))
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):  # ended by ctrl+D, on the line of the question
            sys.stderr.write("\n")
        return answer

    def who(self, text: str) -> "Contact":
        """The card that a WHO names; on a terminal one picks from a numbered list."""
        from cardcrm.records.contacts.contacts import get
        from cardcrm.records.contacts.resolve import resolve

        store = self.store()
        try:
            return resolve(store, text)
        except AmbiguousError as error:
            return get(store, self._picked(error))

    def who_first(self, words: Sequence[str]) -> "tuple[Contact, list[str]]":
        """The card that the first word, or the first words together, name; and the words left."""
        from cardcrm.records.contacts.contacts import get
        from cardcrm.records.contacts.resolve import join_words, count_leading_words, resolve, count_name_words

        first = words[0] if words else ""
        try:
            contact = resolve(self.store(), first)
        except (AmbiguousError, NotFoundError) as error:
            if count := count_leading_words(self.store(), words):
                return self.who(join_words(words[:count])), list(words[count:])
            contact = get(self.store(), self._picked(error))
        return contact, list(words[count_name_words(contact.name, words) :])

    def _picked(self, error: AmbiguousError | NotFoundError) -> int:
        """The id that somebody picks of several; the error where there is nobody or nothing."""
        if not isinstance(error, AmbiguousError) or not self.asks or not error.candidates:
            raise error
        return self._pick(error)

    def _pick(self, error: AmbiguousError) -> int:
        rows = [
            f"{number:3}  {name}  {apart}".rstrip() + f"  #{id_}"
            for number, (id_, name, apart) in enumerate(error.candidates, 1)
        ]
        _write_words(clean("\n".join([f"{error.message}:", *rows]), newlines=True))
        choice = self.ask(f"Which one? [1-{len(rows)}] ").strip()
        if choice.isascii() and choice.isdigit() and 1 <= int(choice) <= len(rows):
            return error.candidates[int(choice) - 1][0]
        raise AmbiguousError("none of them was chosen", error.hint)


class DeclinedError(CardError):
    """A question was answered with no."""

    code = "declined"


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _width(stream: TextIO) -> int:
    """The columns of a terminal; 0 for a pipe or a file."""
    return os.get_terminal_size(stream.fileno()).columns if _is_terminal(stream) else 0


def _paint(text: str, code: int, colour: bool) -> str:
    return f"\033[{code}m{text}\033[0m" if colour else text


def _write_words(text: str) -> None:
    """Write to standard error whatever its encoding can hold.

    A standard error that is full takes nothing away from what was done, so the words are let go.
    """
    encoding = sys.stderr.encoding or "utf-8"
    text = "\n".join(_wrapped(line, _width(sys.stderr)) for line in text.split("\n"))
    try:
        sys.stderr.write(text.encode(encoding, "replace").decode(encoding, "replace") + "\n")
    except BrokenPipeError:
        raise
    except OSError:
        return


def _wrapped(line: str, cells: int) -> str:
    """A line that a terminal would break within a word, broken between words."""
    if not cells or len(line) <= cells:
        return line
    import textwrap

    indent = line[: len(line) - len(line.lstrip())] + "  "
    return textwrap.fill(
        line, cells, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _candidates(error: CardError) -> list[str]:
    if isinstance(error, AmbiguousError):
        return [clean(f"{id_}  {name}  {apart}").rstrip() for id_, name, apart in error.candidates]
    if isinstance(error, NotFoundError) and error.near:
        return [clean(f"did you mean {', '.join(error.near)}?")]
    return []


def _as_json(error: CardError) -> str:
    import json

    told: dict[str, object] = {"code": error.code, "message": error.message, "hint": error.hint}
    if isinstance(error, AmbiguousError):
        told["candidates"] = [
            {"id": id_, "name": name, "apart": apart} for id_, name, apart in error.candidates
        ]
    if isinstance(error, NotFoundError):
        told["near"] = list(error.near)
    return json.dumps({"error": told})
