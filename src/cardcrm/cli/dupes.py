"""`dupes`: find contacts that are stored twice."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    Limit,
    complete_contact,
    complete_query,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import DryRun, Yes
from cardcrm.cli.contact_output import describe_contact, pluralize
from cardcrm.cli.record_output import list_lines
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.sheet import Column, Numbers, Phrases, Sheet

if TYPE_CHECKING:
    from cardcrm.records.deduplication.groups import Group
    from cardcrm.records.deduplication.pairs import Pair, Progress

app = typer.Typer()

_DEFAULT_LEAST = 0.7
_LEAST_AUTO = 0.9  # below it, one of a hundred joined pairs would be two people


@app.command("dupes", context_settings={"ignore_unknown_options": True})
def dupes(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts to look for duplicates of; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    least: Annotated[
        float, typer.Option("--min", metavar="SCORE", help="Lowest score, from 0 to 1.")
    ] = _DEFAULT_LEAST,
    limit: Limit = 0,
    auto: Annotated[
        float | None,
        typer.Option(
            metavar="SCORE", help="Merge all pairs of at least a score, such as 0.98, in one step."
        ),
    ] = None,
    different: Annotated[
        tuple[str, str],
        typer.Option(
            "--not",
            metavar="WHO WHO",
            help="Two contacts that are different; they are not listed again.",
            autocompletion=complete_contact,
        ),
    ] = ("", ""),
    maybe: Annotated[
        tuple[str, str],
        typer.Option(
            "--maybe",
            metavar="WHO WHO",
            help="Two contacts that --not has marked and that may be one.",
            autocompletion=complete_contact,
        ),
    ] = ("", ""),
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Find contacts that are likely to be stored twice.

    Each pair has a score from 0 to 1, the probability that both are one, and the reasons. Names
    may differ in their order, form, spelling or a slip. --auto merges the surest pairs into the
    older contact of each; `cardcrm undo` separates all of them again.

    Examples:
        cardcrm dupes

        cardcrm dupes city:leeds --min 0.9 --limit 20

        cardcrm dupes --auto 0.98 --dry-run

        cardcrm dupes --not 12 57

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    _check(least, auto)
    if any(different) or any(maybe):
        if query or auto is not None or (any(different) and any(maybe)):
            raise UsageError("--not and --maybe stand alone", "Leave the other options out.")
        return _record(session, different if any(different) else maybe, is_distinct=any(different))
    found = _find(session, query, least if auto is None else auto)
    if auto is not None:
        return _merge_all(session, found, yes=yes, dry_run=dry_run)
    shown = found[:limit] if limit else found
    return Result(_list_pairs(shown), notes=_summarize(session, found, shown))


def _check(least: float, auto: float | None) -> None:
    """Raise UsageError for scores out of their range."""
    if not 0 <= least <= 1:
        raise UsageError("--min must be between 0 and 1", "For example: --min 0.9")
    if auto is not None and not _LEAST_AUTO <= auto <= 1:
        raise UsageError(
            f"--auto must be between {_LEAST_AUTO} and 1",
            "For less sure pairs: cardcrm dupes, then cardcrm merge A B",
        )


def _record(session: Session, pair: tuple[str, str], *, is_distinct: bool) -> Result:
    """Mark two contacts as different, or remove the mark."""
    from cardcrm.records.deduplication import distinct

    first, second = map(session.find_contact, pair)
    store = session.store()
    change = distinct.add_distinct if is_distinct else distinct.remove_distinct
    is_new = change(store, first.id, second.id)
    names = f"{describe_contact(first)} and {describe_contact(second)}"
    if is_distinct:
        message = f"{names} are different contacts" + ("" if is_new else ", as recorded before")
    else:
        message = f"{names} may be duplicates again" if is_new else f"{names} were not marked"
    ids, both = Numbers((first.id, second.id)), Phrases((first.name, second.name))
    columns = (Column("ids", "ids"), Column("names", "names"), Column("different", "different"))
    return Result(Sheet(columns, [(ids, both, is_distinct)], ids="ids"), message)


def _find(session: Session, query: Sequence[str], least: float) -> "list[Pair]":
    """Return the pairs that a query finds, and show the progress meanwhile."""
    from cardcrm.records.deduplication import pairs
    from cardcrm.records.query_sql import columns, contact_query

    store = session.store()
    ids = columns.find_ids(store, contact_query.parse(store, " ".join(query))) if query else None
    with _progress(session) as progress:
        return pairs.find_pairs(store, ids=ids, least=least, progress=progress)


@contextlib.contextmanager
def _progress(session: Session) -> "Iterator[Progress]":
    """Show a bar on a terminal while many contacts are compared."""
    from cardcrm.records.deduplication import pairs
    from cardcrm.render.progress import MIN_TRACKED, progress_bar

    total = session.store().count_rows("contact")
    if total < MIN_TRACKED:
        yield pairs.SILENT
        return
    with progress_bar(100, "comparing contacts") as update:
        yield pairs.Progress(
            lambda done: update(15 * done // total),
            lambda done: update(15 + 15 * done // total),
            lambda done: update(30 + min(70, 70 * done // (pairs.PAIRS_EACH * total))),
        )


def _list_pairs(found: "Sequence[Pair]") -> Sheet:
    columns = (
        Column("score", "score"),
        Column("ids", "ids"),
        Column("names", "names", wide=True, min_width=16, wrapped=True),
        Column("reasons", "reasons", wide=True, style="dim", min_width=16, wrapped=True),
    )
    rows = (
        (_cut(each.score), Numbers(each.ids), Phrases(each.names), Phrases(each.reasons))
        for each in found
    )
    return Sheet(columns, rows, ids="ids")


def _cut(score: float) -> float:
    """Return a score with two decimals that is not above it, so that 0.98 is at least 0.98."""
    return int(score * 100 + 1e-9) / 100


def _summarize(
    session: Session, found: "Sequence[Pair]", shown: "Sequence[Pair]"
) -> tuple[str, ...]:
    """Return what the list leaves out, and what to do with a pair."""
    from cardcrm.records.deduplication.distinct import count_distinct

    if not found:
        hidden = count_distinct(session.store())
        more = f"; {pluralize(hidden, 'pair')} marked as different" if hidden else ""
        return (f"no likely duplicates{more}",)
    first, second = found[0].ids
    what = pluralize(len(found), "likely pair")
    part = f"{len(shown)} of {what}" if len(shown) < len(found) else what
    return (
        f"{part}; to merge: cardcrm merge {first} {second}; "
        f"if they are different: cardcrm dupes --not {first} {second}",
    )


def _merge_all(session: Session, found: "Sequence[Pair]", *, yes: bool, dry_run: bool) -> Result:
    """Merge the pairs after a question that lists them."""
    from cardcrm.records.deduplication.groups import group_pairs, merge_groups
    from cardcrm.render.progress import MIN_TRACKED, progress_bar

    groups = group_pairs(found)
    joined = {each for group in groups for each in group}
    pairs = [each for each in found if joined.issuperset(each.ids)]
    if not groups:
        return Result(_list_pairs(()), "no pairs are that sure; nothing was changed")
    gone = sum(len(group) - 1 for group in groups)
    what = f"{pluralize(gone, 'contact')} into {_count_kept(groups)}"
    lines = list_lines(f"{pluralize(len(pairs), 'pair')}:", [_describe(each) for each in pairs])
    if dry_run:
        return Result(_list_pairs(pairs), f"{lines}\nwould merge {what}")
    if not yes and session.can_ask:
        session.say(lines)
    session.confirm(f"merge {what}", yes=yes)
    store = session.store()
    if gone < MIN_TRACKED:
        merge_groups(store, groups, lambda _done: None)
    else:
        with progress_bar(len(groups), "merging") as update:
            merge_groups(store, groups, update)
    return Result(_list_pairs(pairs), f"merged {what}; to separate them again: cardcrm undo")


def _count_kept(groups: "Sequence[Group]") -> str:
    return "another one" if len(groups) == 1 else f"{len(groups):,} others"


def _describe(pair: "Pair") -> str:
    (first, second), (name, other) = pair.ids, pair.names
    return f"{_cut(pair.score):.2f}  {first} {name} and {second} {other}: {', '.join(pair.reasons)}"
