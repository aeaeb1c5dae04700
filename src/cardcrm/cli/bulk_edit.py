"""`edit` of nouns with options of their own: one row by its number, or all that a query finds."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple

import typer

from cardcrm.cli.record_group import ASK_FROM, name_rows, report_change
from cardcrm.cli.record_options import MANY, chosen_ids, parse_id
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType

Yes = Annotated[
    bool, typer.Option("--yes", help="Do not ask for confirmation.", rich_help_panel=MANY)
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only list what would change.", rich_help_panel=MANY)
]


class Chosen(NamedTuple):
    """The rows to edit as typed, by a number or a query; the other words are the text."""

    ids: list[int]
    words: list[str]
    yes: bool
    dry_run: bool

    @property
    def one(self) -> int | None:
        """The only row, unless it is merely to be listed."""
        return self.ids[0] if len(self.ids) == 1 and not self.dry_run else None


def is_given(ctx: typer.Context, *names: str) -> bool:
    """Return whether the command line has any of some parameters, even if its value is empty."""
    sources = (ctx.get_parameter_source(name) for name in names)
    return any(source is not None and source.name == "COMMANDLINE" for source in sources)


def refuse_no_change(ctx: typer.Context, type_: RecordType, options: Sequence[str]) -> None:
    """Raise UsageError where no parameter names a change."""
    if not is_given(ctx, *options):
        raise UsageError("nothing to change", f"See `cardcrm {type_.name} edit --help`.")


def choose(
    session: Session, type_: RecordType, words: Sequence[str], where: str, *, yes: bool, dry: bool
) -> Chosen:
    """Return the rows that the first word or a query names. Raises UsageError."""
    if where.strip():
        ids = chosen_ids(session, type_, {"ids": [], "where": where})
        return Chosen(ids, list(words), yes, dry)
    if not words:
        raise UsageError(f"which {type_.name}?", "Give its number, or --where QUERY.")
    return Chosen([parse_id(type_, words[0])], list(words[1:]), yes, dry)


def edit_many(
    session: Session, type_: RecordType, chosen: Chosen, change: Callable[[int], Any]
) -> Result:
    """Change rows in one step, or only list them; many are changed after a question."""
    from cardcrm.records import records
    from cardcrm.store.retry import run_in_transaction

    ids = chosen.ids
    if not ids or chosen.dry_run:
        return name_rows(session, type_, ids, "would change")
    if len(ids) >= ASK_FROM:
        session.confirm(f"change {len(ids)} {type_.plural}", yes=chosen.yes)
    store = session.store()

    def work() -> int:
        changed = 0
        for each in ids:
            before = records.get(store, type_, each)
            change(each)
            changed += records.get(store, type_, each) != before
        return changed

    return report_change(session, type_, ids, run_in_transaction(store, work))
