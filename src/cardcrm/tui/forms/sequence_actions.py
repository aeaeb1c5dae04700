"""Changes of sequences on the screen."""

from cardcrm.records.records import Record
from cardcrm.records.sequences import sequences
from cardcrm.records.sequences.sequence_status import PAUSED
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext


async def pause(context: AppContext, sequence: Record) -> None:
    """Pause a sequence, or let a paused one go on."""
    is_paused = sequence.columns["status"] == PAUSED
    verb = "resume" if is_paused else "pause"
    change = sequences.resume if is_paused else sequences.pause
    name = sequence.values["name"]
    await context.change(
        journal_command("sequence", verb, name), lambda store: change(store, sequence.id)
    )
    context.show_message(f"Sequence {name} {'resumed' if is_paused else 'paused'}")
