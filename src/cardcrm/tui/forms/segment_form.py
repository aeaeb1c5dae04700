"""The form for a segment: a search that is kept under a name."""

from typing import TYPE_CHECKING

from cardcrm.errors import UsageError
from cardcrm.records.contacts.parts import parse_tag
from cardcrm.records.query_sql import columns, compiler, segments
from cardcrm.records.query_sql.segments import Segment
from cardcrm.store import Store
from cardcrm.tui.forms.activity_forms import command_words
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.forms.form import Field, Form, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

_FIELDS = (
    Field("name", "name", hint="slipping", must="A segment needs a name."),
    Field("query", "search", hint="tag:vip last>90d", must="A segment needs a search."),
)


async def keep(app: "CardApp", words: str) -> None:
    """Keep a search under a name; one that is taken is asked about."""

    async def save(values: Values) -> str:
        name, query = values["name"], values["query"]
        await _sure(app, name)

        def act(store: Store) -> tuple[Segment, int]:
            segment, _ = segments.save(store, name, query)
            # Counted before it is kept, so that a search that cannot be done is not.
            return segment, columns.count(store, compiler.parse(store, f"segment:{segment.name}"))

        segment, count = await app.change(command_words("segment add", name, query), act)
        cards = f"{count:,} card{'s' * (count != 1)}"
        return f"segment:{segment.name} finds it again: {cards} now"

    title = "Keep a search under a name"
    await app.push_screen(Form(title, _FIELDS, save, values={"query": words.strip()}))


async def _sure(app: "CardApp", name: str) -> None:
    """Raises UsageError where a segment of that name is to stay as it is."""
    known = await app.desk.ask(segments.list_segments)
    before = next((each for each in known if each.name == parse_tag(name)), None)
    if before is None:
        return
    if not await confirm(app, f"{before.name} is kept already: {before.query}\nReplace it?"):
        raise UsageError("nothing was kept", "Give it another name.")
