"""`sla`: service levels, the times within which cases are answered and solved."""

from typing import Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.record_edit import run_edit
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType
from cardcrm.records.service.sla_type import SLA

app = build(SLA, without=("add", "edit"))


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a service level; say to how many open cases it applies."""
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values["words"]
    if len(words) > 1:
        raise UsageError(
            "the name of a service level has no spaces", f"For example: {'-'.join(words)}"
        )
    store = session.store(create=True)
    texts = read_texts(session, type_, values) | {"name": "".join(words)}
    record = records.add(store, type_, texts)
    return Result(
        lambda: show_record(store, record),
        f"added {describe(store, record)}",
        notes=_describe_effect(session),
    )


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit service levels; the new times apply to open cases at once."""
    result = run_edit(ctx, type_, values)
    if values["dry_run"]:
        return result
    return result._replace(notes=(*result.notes, *_describe_effect(session_of(ctx))))


def _describe_effect(session: Session) -> tuple[str, ...]:
    """Return for how many open cases service levels count, and how many deadlines are missed."""
    from cardcrm.reports.service.open_cases import count_open_cases

    count = count_open_cases(session.store())
    if not count.open:
        return ()
    cases = f"{count.open:,} open case{'s' * (count.open != 1)}"
    verb = "has" if count.ruled == 1 else "have"
    ruled = f"{count.ruled:,} of {cases} {verb} a service level"
    return (f"applies at once: {ruled}, {count.late:,} missed a deadline",)


add_command(
    app,
    SLA,
    "add",
    run=_add,
    examples=(
        'add desk --solve 8h --hours "mon-fri 9:00-12:00,13:00-17:00"',
        "add gold --first 30m --group mvc:yes --holidays GB-ENG",
    ),
)
add_command(app, SLA, "edit", run=_edit, examples=("edit desk --solve 16h",))
