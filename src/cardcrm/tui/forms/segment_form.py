"""The form to save a search as a segment."""

from cardcrm.errors import UsageError
from cardcrm.records.contacts.part_types import tag_key
from cardcrm.records.query_sql import segments
from cardcrm.records.query_sql.save_segment import save_segment
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
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
        known = await context.database.read(segments.list_segments)
        before = next((each for each in known if each.name == tag_key(name)), None)
        if before is not None:
            question = f"Segment {before.name} already exists: {before.query}\nReplace it?"
            if not await confirm(context, question):
                raise UsageError("not saved", "Choose another name.")
        saved = await context.change(
            journal_command("segment add", name, query),
            lambda store: save_segment(store, name, query),
        )
        noun = "contact" if saved.size == 1 else "contacts"
        return f"Saved. Find it with segment:{saved.segment.name} ({saved.size:,} {noun} now)"

    form = Form("Save the search as a segment", _FIELDS, save, values={"query": query.strip()})
    await context.push_screen(form)
