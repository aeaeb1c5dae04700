"""The form to save a search as a segment."""

from cardcrm.errors import UsageError
from cardcrm.records.contacts.part_types import parse_tag
from cardcrm.records.query_sql import columns, compiler, segments
from cardcrm.records.query_sql.segments import Segment
from cardcrm.store import Store
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.activity_forms import journal_command
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form

_FIELDS = (
    Field("name", "name", hint="slipping", required="A segment needs a name."),
    Field("query", "search", hint="tag:vip last>90d", required="A segment needs a search."),
)


async def save_search(context: AppContext, query: str) -> None:
    """Open the form to save a search as a segment."""

    async def save(values: Values) -> str:
        name, query = values["name"], values["query"]
        await _confirm_replacing(context, name)

        def act(store: Store) -> tuple[Segment, int]:
            segment, _ = segments.save(store, name, query)
            # Counted in the same transaction, so that an invalid search is not saved.
            return segment, columns.count(store, compiler.parse(store, f"segment:{segment.name}"))

        command = journal_command("segment add", name, query)
        segment, count = await context.change(command, act)
        noun = "contact" if count == 1 else "contacts"
        return f"Saved. Find it with segment:{segment.name} ({count:,} {noun} now)"

    form = Form("Save the search as a segment", _FIELDS, save, values={"query": query.strip()})
    await context.push_screen(form)


async def _confirm_replacing(context: AppContext, name: str) -> None:
    """Ask before a segment is replaced. Raises UsageError if it is to stay."""
    known = await context.database.read(segments.list_segments)
    before = next((each for each in known if each.name == parse_tag(name)), None)
    if before is None:
        return
    question = f"Segment {before.name} already exists: {before.query}\nReplace it?"
    if not await confirm(context, question):
        raise UsageError("not saved", "Choose another name.")
