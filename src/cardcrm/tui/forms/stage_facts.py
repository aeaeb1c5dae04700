"""The form that asks for what must be known of a deal before it enters a stage."""

from collections.abc import Sequence

from cardcrm.records import records
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.deals import deals, moves
from cardcrm.records.deals.board import BoardDeal
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.stage_needs import find_missing
from cardcrm.records.deals.stages import Stage
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import DATE_HINT
from cardcrm.tui.forms.deal_form import DealForm
from cardcrm.tui.forms.declared_form import contact_field
from cardcrm.tui.forms.fields import Field, Item, Values
from cardcrm.tui.forms.form import Form

_DECLARED = ("amount", "close", "org", "source", "competitor", "owner")
_ROLES = ("decision-maker", "evaluator", "champion")
_NEXT = "next"
ASKED = frozenset((*_DECLARED, *_ROLES, _NEXT))


async def ask_and_move(context: AppContext, deal: BoardDeal, stage: Stage) -> bool:
    """Open a form for what a stage needs and a deal lacks; return whether anything is missing.

    Saving the form writes the facts and moves the deal. Product lines are not asked for.
    """
    missing = await context.database.read(lambda store: find_missing(store, deal.id, stage))
    if not missing or not ASKED.issuperset(missing):
        return False

    async def save(values: Values) -> str:
        def act(store: Store) -> None:
            _write_facts(store, deal.id, missing, values)
            moves.move(store, deal.id, stage.id, seen=deal.stage_id)

        await context.change(journal_command("deal", "move", deal.id, stage.name), act)
        return f"Moved deal {deal.id} {deal.title} to {stage.name}"

    fields = [field for each in missing for field in _fields_of(context, each)]
    await context.push_screen(Form(f"{stage.name} needs more of “{deal.title}”", fields, save))
    return True


def _fields_of(context: AppContext, fact: str) -> Sequence[Item]:
    """Return the fields that ask for a fact."""
    if fact == _NEXT:
        day = validators.date_check(context.locale)
        text = Field("next", "next", hint="what to do next", required="Name the next step.")
        return text, Field("due", "due", hint=f"tomorrow, {DATE_HINT}", check=day)
    if fact in _ROLES:
        name = fact.replace("-", " ")
        field = contact_field(context, fact, "name or #id")
        return (field._replace(label=name, required=f"Name the {name}."),)
    item = DealForm(DEAL).item(context, fact)
    assert isinstance(item, Field)
    return (item._replace(required=f"The stage needs the {item.label}."),)


def _write_facts(store: Store, deal_id: int, missing: Sequence[str], values: Values) -> None:
    texts = {each: values[each] for each in missing if each in _DECLARED}
    if texts:
        records.edit(store, DEAL, [deal_id], texts)
    roles = [
        deals.Role(resolve(store, values[each]).id, each.replace("-", " "))
        for each in missing
        if each in _ROLES
    ]
    if roles:
        deals.set_roles(store, deal_id, roles)
    if _NEXT in missing:
        due = validators.parse_date(store.locale, values["due"].strip() or "tomorrow")
        deals.add_step(store, deal_id, deals.Step(values["next"], due))
