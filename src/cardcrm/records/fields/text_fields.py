"""Fields of words: text, keys, choices, flags and users."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.errors import UsageError
from cardcrm.records.fields.field import Columns, Context, Field, Row
from cardcrm.text import find_similar, fold, normalize_block, normalize_line

if TYPE_CHECKING:
    from cardcrm.store.table_registry import Check


class Text(Field):
    """A line of text. One that ``identifies`` a contact is its name, or a part of its address."""

    __slots__ = ("identifies",)
    is_wide = True
    normalize = staticmethod(normalize_line)

    def __init__(self, column: str, *, identifies: bool = False, **options: Any) -> None:
        super().__init__(column, **options)
        self.identifies = identifies

    def checks(self) -> "dict[str, Check]":
        """Return the test for control characters."""
        from cardcrm.store.stored_values import is_line

        return {self.column: is_line}


class Block(Text):
    """Text of many lines, of at most ``most`` characters."""

    __slots__ = ("most",)

    def __init__(self, column: str, *, most: int = 10**9, **options: Any) -> None:
        super().__init__(column, **options)
        self.most = most

    def normalize(self, value: str) -> str:
        """Return a text as it is stored. Raises UsageError for one that is too long."""
        block = normalize_block(value)
        if len(block) > self.most:
            raise UsageError(
                f"the {self.phrase} has {len(block):,} characters", f"The maximum is {self.most:,}."
            )
        return block

    def checks(self) -> "dict[str, Check]":
        """Return the test for control characters, line ends aside."""
        from cardcrm.store.stored_values import is_block

        return {self.column: is_block}


class Key(Text):
    """A reference number of another program, or an article number: compared as a whole."""

    __slots__ = ()
    sql = "{key}"
    is_wide = False

    def __init__(self, column: str, *, match: str = "whole", **options: Any) -> None:
        super().__init__(column, match=match, **options)

    @property
    def empty(self) -> Any:
        """The content of the column if there is no key: NULL where keys must differ."""
        return None if self.is_unique and not self.is_required else ""

    def _constraint(self) -> str:
        if self.is_unique or self.is_required:
            return super()._constraint()
        return " NOT NULL DEFAULT ''"


class MessageId(Key):
    """The Message-ID of a mail; NULL in rows that are not mails."""

    __slots__ = ()
    is_nullable = True
    is_portable = True

    def __init__(self, column: str, **options: Any) -> None:
        super().__init__(column, automatic=True, **options)

    def _constraint(self) -> str:
        return " UNIQUE" if self.is_unique else ""


class Uid(Key):
    """The permanent id that exported files carry."""

    __slots__ = ()
    is_portable = True

    def __init__(self, column: str = "uid", **options: Any) -> None:
        super().__init__(
            column,
            automatic=True,
            unique=True,
            sortable=False,
            phrase="permanent id",
            **options,
        )

    def initial(self, store: Context) -> Any:  # noqa: ARG002
        """Return a fresh UUID."""
        from cardcrm.records.contacts.uids import new_uid

        return new_uid()


class Choice(Field):
    """One of a few words; ``aliases`` are other words for them.

    In a query each of the ``groups`` is a word for several of them.
    """

    __slots__ = ("aliases", "allowed", "choices", "groups", "words")
    metavar = "WORD"

    def __init__(
        self,
        column: str,
        choices: Sequence[str],
        *,
        words: Mapping[str, str] | None = None,
        aliases: Mapping[str, str] | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(column, **options)
        self.choices = tuple(choices)
        self.allowed = self.choices if self.is_required else (*self.choices, "")
        self.aliases = aliases or {}
        self.groups = groups or {}
        self.words = words or {}  # what people read in place of a choice
        self.example = self.choices[0]
        self.help = self.help or f"{self.label.capitalize()}: {_listed(self.choices)}."

    @property
    def empty(self) -> str:
        """The default of a field that needs a value."""
        return self.default if self.is_required else ""

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the choice as people read it."""
        return self.words.get(value, value or "")

    def to_text(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return the choice itself."""
        return value or ""

    def normalize(self, value: str) -> str:
        """Return the choice that a text names. Raises UsageError with the nearest one."""
        if value in self.allowed:
            return value
        word = fold(value)
        word = self.aliases.get(word, word)
        if word in self.allowed:
            return word
        like = find_similar(word, self.choices, limit=1)
        hint = f"Did you mean {like[0]}? " if like else ""
        raise UsageError(
            f"unknown {self.label} “{value.strip()}”", f"{hint}Use {_listed(self.choices)}."
        )

    def checks(self) -> "dict[str, Check]":
        """Return the test for one of the choices."""
        return {self.column: self.allowed.__contains__}

    def _constraint(self) -> str:
        allowed = ", ".join(f"'{each}'" for each in self.allowed)
        return f"{super()._constraint()} CHECK ({self.column} IN ({allowed}))"

    def values(self, store: Context) -> Sequence[str]:  # noqa: ARG002
        """Return all choices."""
        return self.choices


class Flag(Field):
    """Yes or no."""

    __slots__ = ()
    sample = "yes"
    sql = "INTEGER"
    metavar = "YES|NO"
    empty = 0
    normalize = staticmethod(int)

    @property
    def json_type(self) -> str:
        """The type of the value in JSON."""
        return "boolean"

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        return int(yes_or_no(self.label, text))

    def read(self, row: Row, store: Context) -> Any:  # noqa: ARG002
        """Return whether the flag is set."""
        return bool(row[self.column])

    def pack(self, data: Columns) -> None:
        """Replace 1 by true."""
        if self.column in data:
            data[self.column] = bool(data[self.column])

    def unpack(self, data: Columns) -> None:
        """Replace true by 1. Raises UsageError for another word."""
        value = data.get(self.column, False)
        if not isinstance(value, bool):
            raise UsageError(f"{self.column} must be true or false")
        data[self.column] = int(value)

    def format(self, value: Any, store: Context) -> str:  # noqa: ARG002
        """Return yes or no."""
        return "yes" if value else "no"

    def checks(self) -> "dict[str, Check]":
        """Return the test for yes or no."""
        return {self.column: (0, 1).__contains__}

    def _constraint(self) -> str:
        return " NOT NULL DEFAULT 0"

    def values(self, store: Context) -> Sequence[str]:  # noqa: ARG002
        """Return both words."""
        return ("yes", "no")


class Condition(Flag):
    """A filter by a condition that no column holds: yes or no.

    ``write_sql`` gets the store, a function that returns the mark of a parameter, and the alias of
    the row.
    """

    __slots__ = ("write_sql",)

    def __init__(
        self, key: str, write_sql: Callable[[Any, Callable[[Any], str], str], str], **options: Any
    ) -> None:
        super().__init__(key, **options)
        self.write_sql = write_sql


class ContactFilter(Field):
    """A filter of contacts that also finds the rows of those contacts, such as a territory."""

    __slots__ = ()


class User(Field):
    """A user's name; ``me`` is the user who runs the command.

    What is open of the rows of a field that ``hands_over`` goes to others when the user leaves.
    """

    __slots__ = ("hands_over",)
    sample = "ann"
    metavar = "USER"
    normalize = staticmethod(normalize_line)

    def __init__(self, column: str, *, hands_over: bool = False, **options: Any) -> None:
        super().__init__(column, **options)
        self.hands_over = hands_over

    def initial(self, store: Context) -> Any:
        """Return the user who runs the command."""
        return store.author.name

    def checks(self) -> "dict[str, Check]":
        """Return the test for control characters."""
        from cardcrm.store.stored_values import is_line

        return {self.column: is_line}

    def _value(self, text: str, store: Context) -> Any:
        return name_user(text, store)


def author_field() -> User:
    """Return the field of the user who added a row."""
    return User(
        "author", non_ascii_key="author_key", label="by", automatic=True,
        help="User who added it.",
    )  # fmt: skip


class Users(Text):
    """Several users, with commas between them.

    In a field that ``hands_over``, others take the place of a user who leaves.
    """

    __slots__ = ("hands_over",)
    sample = "ann,bob"
    metavar = "USER,USER"

    def __init__(self, column: str, *, hands_over: bool = False, **options: Any) -> None:
        super().__init__(column, **options)
        self.hands_over = hands_over

    @staticmethod
    def normalize(value: str) -> str:
        """Return the names, each once."""
        return ", ".join(split_users(value))

    def _value(self, text: str, store: Context) -> Any:
        return name_users(text, store)


def name_user(text: str, store: Context) -> str:
    """Return the user that a text names; ``me`` is the one who runs the command."""
    name = normalize_line(text)
    return store.author.name if name.lower() == "me" else name


def name_users(text: str, store: Context) -> str:
    """Return the users that a text names, each once; ``me`` is the one who runs the command."""
    return Users.normalize(", ".join(name_user(each, store) for each in split_users(text)))


def split_users(text: str) -> list[str]:
    """Return the users that a text names, each once."""
    names = (normalize_line(each) for each in text.replace(";", ",").split(","))
    return list(dict.fromkeys(filter(None, names)))


def yes_or_no(label: str, text: str) -> bool:
    """Return whether a text says yes. Raises UsageError for any other word than yes or no."""
    word = text.strip().lower()
    if word in ("yes", "y", "true", "1", "any"):
        return True
    if word in ("no", "n", "false", "0", "none"):
        return False
    raise UsageError(f"{label} must be yes or no", f"“{text.strip()}” was given.")


def _listed(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
