"""What several commands share: the session of a run, names for completion, small readers."""

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import typer

from cardcrm.cli.session import Session
from cardcrm.errors import CardError, UsageError

if TYPE_CHECKING:
    from typer._click.core import Context

    from cardcrm.dates import When
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.sheet import Card

__all__ = [
    "QueryArgument",
    "Session",
    "WhoArgument",
    "card_of",
    "card_words",
    "from_editor",
    "no_option",
    "offered",
    "pairs",
    "participants",
    "refuse_options",
    "session_of",
    "when",
]


def session_of(ctx: typer.Context) -> Session:
    """The session of this run."""
    session = ctx.obj
    assert isinstance(session, Session)
    return session


def WhoArgument(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:  # noqa: N802
    """Names of contacts for the shell's completion; silent where there is no box."""
    from cardcrm.cli.completion import Name
    from cardcrm.records.search.prefix import complete_names

    session = ctx.obj if isinstance(ctx.obj, Session) else Session({})
    try:
        found = complete_names(session.store(readonly=True), incomplete)
        return [(Name(name), apart) for name, apart in found]
    except CardError:
        return []
    finally:
        session.close()


def QueryArgument(ctx: typer.Context, incomplete: str) -> list[str]:  # noqa: N802
    """Fields of a query and their values, where they are few; without a box its fields alone."""
    from cardcrm.cli.completion import Condition
    from cardcrm.query import FIELDS
    from cardcrm.records.query_sql import value_completion

    session = ctx.obj if isinstance(ctx.obj, Session) else Session({})
    try:
        store = session.store(readonly=True)
        known, of = (
            value_completion.list_fields(store),
            functools.partial(value_completion.list_values, store),
        )
        found = value_completion.complete_query(incomplete, known, of)
        if len(found) == 1 and found[0].endswith(":"):
            # A shell puts a space behind the only offer; several values keep it from that.
            found = value_completion.complete_query(found[0], known, of) or found
    except CardError:
        found = value_completion.complete_query(incomplete, FIELDS, lambda _: ())
    finally:
        session.close()
    return [Condition(each) for each in found]


def pairs(texts: Sequence[str], option: str) -> tuple[tuple[str, str], ...]:
    """``KEY=VALUE`` texts as pairs. Raises UsageError."""
    found = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            lacks = "nothing before the =" if equals else "no ="
            raise UsageError(f"{option} “{text}” has {lacks}", f"Write it like {option} key=value.")
        found.append((key.strip(), value))
    return tuple(found)


def refuse_options(ctx: typer.Context, words: Sequence[str]) -> None:
    """A free word that begins with two hyphens is a mistyped option, not part of a text or query.

    Raises UsageError; dashes alone are text, and so is what stands behind a word of two.
    """
    said = session_of(ctx).words
    free = said[said.index("--") + 1 :] if "--" in said else ()
    for word in words:
        if word.startswith("--") and word.strip("-") and word not in free:
            raise no_option(ctx, word)


def no_option(ctx: "Context", word: str) -> UsageError:
    """That a command has no such option; with the one that was meant, or how such a word is said
    that is none.
    """
    from cardcrm.cli.run import GLOBALS
    from cardcrm.text import near

    if word.removeprefix("--") in GLOBALS:  # with a value it would have been taken before
        return UsageError(f"{word} needs a value", "See `cardcrm --help`.")
    known = [name[2:] for param in ctx.command.params for name in param.opts if name[:2] == "--"]
    like = near(word[2:].partition("=")[0], known, limit=1) if word.startswith("--") else []
    meant = f"Did you mean --{like[0]}? " if like else ""
    more = "" if word.startswith("--") else " A name or text that begins with - stands behind --."
    return UsageError(f"no such option: {word}", f"{meant}See `{ctx.command_path} --help`.{more}")


def offered(*words: str) -> Callable[[], list[str]]:
    """Completion for an option that takes one of a few words."""
    return lambda: list(words)


def card_words(contact: "Contact") -> str:
    """A card in a sentence: its number and name, and where they work."""
    return f"{contact.id} {contact.name}" + (f" ({contact.org})" if contact.org else "")


def card_of(session: Session, contact_id: int) -> "Card":
    """The whole card, as an answer for programs."""
    from cardcrm.cli.show import full_card

    return full_card(session.store(), contact_id)


def participants(session: Session, interaction_id: int) -> str:
    """Who took part in an interaction, in a sentence."""
    from cardcrm.records.activity import interactions

    people = interactions.participants(session.store(), interaction_id)
    *others, last = (f"{id_} {name}" for id_, name in people)
    return f"{', '.join(others)} and {last}" if others else last


def when(session: Session, text: str, *, past: bool = False) -> "When":
    """A date as typed, looking forward or back. Raises UsageError."""
    from cardcrm import dates

    return dates.parse_when(text, dates.now(session.store().locale.zone), past=past)


def from_editor(session: Session, text: str = "") -> str:
    """A text written in $VISUAL or $EDITOR. Raises UsageError where nobody can write."""
    if not session.asks:
        raise UsageError("there is no text", "Give it after the name.")
    from cardcrm.editor import edited

    return edited(text)
