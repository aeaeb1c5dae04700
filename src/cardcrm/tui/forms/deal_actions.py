"""Changes of deals on the screen: moves, ends, next steps, and a new deal in one line."""

from typing import TYPE_CHECKING

from cardcrm.money import format_money
from cardcrm.records.deals import deals, moves, quick_entry, stored_deals
from cardcrm.records.deals.board import BoardDeal
from cardcrm.records.deals.deal_type import REASONS
from cardcrm.records.deals.moves import Moved
from cardcrm.records.deals.stages import Stage
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import DATE_HINT, format_due
from cardcrm.tui.forms.confirm_dialog import ask, confirm
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form

if TYPE_CHECKING:
    from cardcrm.records.deals.deals import Added
    from cardcrm.records.sales.sales import Sale

# The key of each reason: the first of its letters that no reason before it has.
_REASON_KEYS = {
    "p": "pricing",
    "c": "competition",
    "b": "budget",
    "f": "features",
    "t": "timing",
    "d": "no decision maker",
    "s": "silence",
    "i": "fit",
    "o": "other",
}
assert set(_REASON_KEYS.values()) == set(REASONS)
_CANCEL = {"q": "cancel (or Esc)"}


async def move(context: AppContext, deal: BoardDeal, stage: Stage, *, is_shown: bool) -> Moved:
    """Move a deal to an open stage, in which the page may show it already.

    Raises ConflictError if another user moved it meanwhile.
    """
    moved: Moved = await context.change(
        journal_command("deal", "move", deal.id, stage.name),
        lambda store: moves.move(store, deal.id, stage.id, seen=deal.stage_id),
        is_shown=is_shown,
    )
    return moved


async def win(context: AppContext, deal: BoardDeal) -> None:
    """Win a deal, which becomes a sale; one without an amount after asking."""
    has_sale = deal.amount is not None
    question = f"“{deal.title}” has no amount. Win it without a sale?"
    if not has_sale and not await confirm(context, question):
        return
    words = () if has_sale else ("--no-sale",)
    moved: Moved = await context.change(
        journal_command("deal", "win", deal.id, *words),
        lambda store: moves.win(store, deal.id, has_sale=has_sale),
    )
    context.show_message(describe_won(context, moved))


def describe_won(context: AppContext, moved: Moved) -> str:
    """Return a deal that was won in a sentence, with its sale and the canceled quotes."""
    sale = f": sale over {format_money(moved.sale.amount)}" if moved.sale else ""
    quotes = f"; canceled {', '.join(moved.quotes)}" if moved.quotes else ""
    undo = context.key_of("undo")
    return f"Won deal {moved.after.id} {moved.after.title}{sale}{quotes}; {undo} undoes it"


async def lose(context: AppContext, deal: BoardDeal) -> None:
    """Ask for the reason by one key, and lose a deal for it."""
    question = f"Why is “{deal.title}” lost?"
    reason = _REASON_KEYS.get(await ask(context, question, _REASON_KEYS | _CANCEL))
    if reason:
        await _lose(context, deal, reason)


async def _lose(context: AppContext, deal: BoardDeal, reason: str) -> None:
    moved: Moved = await context.change(
        journal_command("deal", "lose", deal.id, "--reason", reason),
        lambda store: moves.lose(store, deal.id, reason),
    )
    quotes = f"; canceled {', '.join(moved.quotes)}" if moved.quotes else ""
    undo = context.key_of("undo")
    context.show_message(f"Lost deal {deal.id} {deal.title}: {reason}{quotes}; {undo} undoes it")


async def close(context: AppContext, deal: BoardDeal) -> None:
    """Ask how a deal was closed, and win or lose it."""
    answers = {"w": "won", **{key: f"lost: {each}" for key, each in _REASON_KEYS.items()}}
    answer = await ask(context, f"How was “{deal.title}” closed?", answers | _CANCEL)
    if answer == "w":
        await win(context, deal)
    elif answer in _REASON_KEYS:
        await _lose(context, deal, _REASON_KEYS[answer])


async def reopen(
    context: AppContext, deal: BoardDeal, stage: Stage | None = None, *, is_sure: bool = False
) -> None:
    """Open a closed deal again, in a stage or in that which it was closed from.

    This asks first, unless the user ``is_sure`` and no sale is deleted.
    """
    sale = await context.database.read(lambda store: _sale_of(store, deal.id))
    if (sale or not is_sure) and not await confirm(context, _reopening(deal, stage, sale)):
        return
    name = stage.name if stage else ""
    moved: Moved = await context.change(
        journal_command("deal", "reopen", deal.id, *(("--stage", name) if name else ())),
        lambda store: moves.reopen(store, deal.id, f"#{stage.id}" if stage else ""),
    )
    deleted = f"; sale {moved.sale.id} is deleted" if moved.sale else ""
    quotes = f"; reopened {', '.join(moved.quotes)}" if moved.quotes else ""
    opened = f"Opened deal {deal.id} {deal.title} in {moved.after.stage}"
    context.show_message(f"{opened}{deleted}{quotes}; {context.key_of('undo')} undoes it")


def _sale_of(store: Store, deal_id: int) -> "Sale | None":
    """Return the sale that a deal became."""
    from cardcrm.records.sales import sales

    sale_id = stored_deals.get(store, deal_id).sale_id
    return sales.get(store, sale_id) if sale_id else None


def _reopening(deal: BoardDeal, stage: Stage | None, sale: "Sale | None") -> str:
    """Return the question before a closed deal is opened again."""
    place = f" in {stage.name}" if stage else ""
    if sale is None:
        reason = f" ({deal.lost_reason})" if deal.lost_reason else ""
        return f"“{deal.title}” is {deal.status}{reason}. Open it again{place}?"
    amount = format_money(sale.amount)
    return f"Open “{deal.title}” again{place}? This deletes sale {sale.id} over {amount}."


async def plan_step(context: AppContext, deal: BoardDeal) -> None:
    """Open the form for the next step of a deal."""
    fields = (
        Field("text", "next", hint="what to do next", required="A next step needs a text."),
        Field(
            "due",
            "due",
            hint=f"tomorrow, {DATE_HINT}",
            check=validators.date_check(context.locale),
        ),
        Field("promise", "promised", kind="choice", choices=("no", "yes")),
    )

    async def save(values: Values) -> str:
        when = validators.parse_date(context.locale, values["due"].strip() or "tomorrow")
        step = deals.Step(values["text"], when, promise=values["promise"] == "yes")
        words = ("--next", values["text"], "--due", values["due"] or "tomorrow")
        added = await context.change(
            journal_command("deal", "edit", deal.id, *words),
            lambda store: deals.add_step(store, deal.id, step),
        )
        return f"Next step of {deal.title}, {format_due(context, added)}: {added.text}"

    await context.push_screen(Form(f"Next step of “{deal.title}”", fields, save, docks=False))


async def add_quickly(context: AppContext, line: str, stage: Stage | None, pipeline: int) -> int:
    """Add the deal that a line describes, to a stage unless the line names one; return its id.

    Raises UsageError, NotFoundError and AmbiguousError.
    """

    def act(store: Store) -> "Added":
        return deals.add(store, texts_of(store, line, stage, pipeline))

    added: Added = await context.change(journal_command("deal", "add", line), act)
    values = added.record.values
    undo = context.key_of("undo")
    context.show_message(
        f"Added deal {added.record.id} {values['title']} ({values['contact']}); {undo} undoes it"
    )
    return added.record.id


def texts_of(store: Store, line: str, stage: Stage | None, pipeline: int) -> dict[str, str]:
    """Return the texts of a new deal of a pipeline by the keys of its fields."""
    texts = dict(quick_entry.parse(store, line).texts)
    if "pipeline" not in texts:
        texts["pipeline"] = f"#{pipeline}"
        if stage is not None:
            texts.setdefault("stage", f"#{stage.id}")
    return texts


def describe_entry(store: Store, line: str) -> str:
    """Return how a line is understood: the title, the contact and the other fields."""
    from cardcrm.records.deals.deal_type import DEAL

    entry = quick_entry.parse(store, line)
    parts = [entry.texts["title"] or "(no title)", entry.contact.name]
    for key, text in entry.texts.items():
        field = DEAL.field(key)
        if key in ("title", "contact") or field is None or not text:
            continue
        is_name = key in ("stage", "pipeline", "org")
        shown = text if is_name else field.format(field.parse_value(text, store), store)
        parts.append(shown if key == "amount" else f"{field.option} {shown}")
    return " · ".join(parts)
