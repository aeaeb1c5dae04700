"""Changes of quotes on the screen: sent, viewed, accepted, refused, revised, billed, written."""

from collections.abc import Callable
from pathlib import Path

from cardcrm.errors import ConflictError
from cardcrm.formats.documents.quote_fields import gather_fields, read_firm
from cardcrm.formats.documents.quote_file import build_file, find_missing_letters, find_template
from cardcrm.paths import expand_path
from cardcrm.records.deals import stored_deals
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.quote_lines import QuoteLine, lines_of
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import record_form
from cardcrm.tui.forms.deal_actions import describe_won
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form


async def add(context: AppContext, deal_id: int) -> None:
    """Open the form for a new quote, of a deal unless its id is 0."""
    if not deal_id:
        await record_form.add(context, "quote")
        return
    deal = await context.database.read(lambda store: stored_deals.get(store, deal_id))
    text = f"#{deal_id}"
    names = {f"deal {text}": deal.title}
    await record_form.add(context, "quote", values={"deal": text}, names=names)


async def send(context: AppContext, quote: Record) -> None:
    """Mark a quote as sent."""
    await _mark(context, quote, "send", "sent", lambda store: quotes.send(store, quote.id))


async def view(context: AppContext, quote: Record) -> None:
    """Mark a quote as viewed."""
    await _mark(context, quote, "view", "viewed", lambda store: quotes.mark_viewed(store, quote.id))


async def _mark(
    context: AppContext, quote: Record, verb: str, status: str, act: Callable[[Store], Record]
) -> None:
    await context.change(journal_command("quote", verb, quote.id), act)
    context.show_message(_describe(context, quote, status))


def _describe(context: AppContext, quote: Record, status: str) -> str:
    return f"Quote {quote.values['number']} is {status}; {context.key_of('undo')} undoes it"


async def refuse(context: AppContext, quote: Record) -> None:
    """Open the form for the reason why a quote is refused."""

    async def save(values: Values) -> str:
        reason = values["reason"].strip()
        words = ("--reason", reason) if reason else ()
        await context.change(
            journal_command("quote", "refuse", quote.id, *words),
            lambda store: quotes.refuse(store, quote.id, reason),
        )
        return _describe(context, quote, "refused")

    fields = [Field("reason", "reason", hint="too dear; may stay empty")]
    title = f"Quote {quote.values['number']} is refused"
    await context.push_screen(Form(title, fields, save, docks=False))


async def accept(context: AppContext, quote: Record) -> None:
    """Accept a quote; one with optional lines after asking which of them the customer takes."""
    lines = await context.database.read(lambda store: lines_of(store, quote.id))
    optional = {number: each for number, each in enumerate(lines, 1) if each.optional}
    if not optional:
        context.show_message(await _accept(context, quote, []))
        return

    async def save(values: Values) -> str:
        taken = [number for number in optional if values[f"line{number}"] == "yes"]
        return await _accept(context, quote, taken)

    fields = [_taking_field(number, each) for number, each in optional.items()]
    title = f"Optional lines that {quote.values['contact']} takes"
    await context.push_screen(Form(title, fields, save, docks=False))


def _taking_field(number: int, line: QuoteLine) -> Field:
    return Field(f"line{number}", line.line.product, kind="choice", choices=("no", "yes"))


async def _accept(context: AppContext, quote: Record, taken: list[int]) -> str:
    numbers = [str(each) for each in taken]
    words = [word for each in numbers for word in ("--with", each)]
    done: quotes.Accepted = await context.change(
        journal_command("quote", "accept", quote.id, *words),
        lambda store: quotes.accept(store, quote.id, optional=numbers),
    )
    late = " after its last day" if done.is_late else ""
    return f"Quote {quote.values['number']} is accepted{late}. {describe_won(context, done.moved)}"


async def revise(context: AppContext, quote: Record) -> Record:
    """Add the next version of a quote, and return it."""
    added: Record = await context.change(
        journal_command("quote", "revise", quote.id),
        lambda store: quotes.revise(store, quote.id, {}),
    )
    return added


async def bill(context: AppContext, quote: Record) -> None:
    """Open the form for an invoice over a quote."""
    await record_form.add(context, "invoice", values={"quote": str(quote.id)})


async def write(context: AppContext, quote: Record) -> None:
    """Open the form for the file of a quote."""

    async def save(values: Values) -> str:
        path = expand_path(values["path"].strip())
        if path.exists():
            raise ConflictError(f"{path} already exists", "Choose another name.")
        content, missing = await context.database.read(_builder(context, quote.id, path))
        path.write_bytes(content)
        lacking = f"; its font lacks {missing}, so use .html" if missing else ""
        return f"Wrote quote {quote.values['number']} to {path}{lacking}"

    field = Field("path", "file", hint="a .pdf, .html or .md file", required="Fill in a file name.")
    name = f"{quote.values['number']}.html"
    title = f"Write quote {quote.values['number']}"
    await context.push_screen(Form(title, [field], save, values={"path": name}, docks=False))


def _builder(
    context: AppContext, quote_id: int, path: Path
) -> Callable[[Store], tuple[bytes, str]]:
    """Return a function that builds a file and names the letters that its font lacks."""

    def build(store: Store) -> tuple[bytes, str]:
        values = gather_fields(store, quote_id, read_firm(context.setting))
        content = build_file(path, values, find_template(context.setting, path))
        return content, find_missing_letters(path, values)

    return build
