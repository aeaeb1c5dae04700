"""`message`: the mail that was queued and sent."""

from typing import Any

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.bulk_edit import confirm_rows
from cardcrm.cli.record_edit import run_rm
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import Values, choose, command_help, many_params, which_param
from cardcrm.cli.result import Result
from cardcrm.cli.signature import give_signature
from cardcrm.records.mail import message_states
from cardcrm.records.mail.message_type import MESSAGE
from cardcrm.records.record_type import RecordType

app = build(MESSAGE, without=("add", "show", "edit", "rm", "import"))


def _add_commands() -> None:
    params = [which_param(MESSAGE), *many_params(MESSAGE)]
    texts = {
        "cancel": (_cancel, "Cancel messages that are queued.", "cancel --where status:queued"),
        "retry": (_retry, _RETRY, "retry 12"),
        "rm": (_remove, "Remove messages that were never sent.", "rm 12"),
    }
    for name, (run, text, example) in texts.items():

        def command(ctx: typer.Context, run: Any = run, **values: Any) -> Result:
            return run(ctx, values)  # type: ignore[no-any-return]

        give_signature(command, params)
        command.__doc__ = command_help(MESSAGE, text, example)
        app.command(name)(command)


_RETRY = (
    "Queue messages again that failed, were given up or are uncertain.\n\nAn uncertain message may "
    "have arrived, so it is asked about first: look into the folder of sent mail."
)


def _show(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    """Show a message with its attachments."""
    from cardcrm.cli.attachment_files import show_message
    from cardcrm.cli.record_output import list_ids

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if len(ids) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_message(session.store(), ids[0]))


def _cancel(ctx: typer.Context, values: Values) -> Result:
    return _change(ctx, values, "cancel")


def _retry(ctx: typer.Context, values: Values) -> Result:
    return _change(ctx, values, "retry")


def _change(ctx: typer.Context, values: Values, verb: str) -> Result:
    """Change the messages that can be changed; name the others in an error."""
    from cardcrm.cli.record_output import list_ids, name_rows

    session = session_of(ctx)
    ids = choose(session, MESSAGE, values).ids
    store = session.store()
    act = message_states.cancel if verb == "cancel" else message_states.retry
    uncertain = message_states.check(store, ids, verb)
    if values["dry_run"] or not ids:
        return Result(
            lambda: list_ids(session, MESSAGE, ids),
            name_rows(store, MESSAGE, ids, f"would {verb}"),
        )
    if uncertain:
        also = f", {len(uncertain):,} of which may have arrived already"
        confirm_rows(session, ids, MESSAGE, "send again", yes=values["yes"], also=also)
    elif len(ids) > 2:
        confirm_rows(session, ids, MESSAGE, verb, yes=values["yes"])
    act(store, ids)
    done = "canceled" if verb == "cancel" else "queued again:"
    return Result(lambda: list_ids(session, MESSAGE, ids), f"{done} {MESSAGE.counted(len(ids))}")


def _remove(ctx: typer.Context, values: Values) -> Result:
    session = session_of(ctx)
    message_states.check(session.store(), choose(session, MESSAGE, values).ids, "remove")
    return run_rm(ctx, MESSAGE, values)


add_command(app, MESSAGE, "show", run=_show)
_add_commands()
