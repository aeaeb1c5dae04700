"""The form of a deal, as far as it is not declared."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from cardcrm.records.deals import pipelines, stages
from cardcrm.store import Store
from cardcrm.text import fold
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.declared_form import NounForm
from cardcrm.tui.forms.fields import Complete, Field, Item, Suggestion


class DealForm(NounForm):
    """The form of a deal, with the fields that are typed most at the top."""

    order = (
        "title", "contact", "amount", "close", "stage", "own_probability", "owner", "source",
        "org", "pipeline", "competitor", "opened", "closed", "lost_reason", "lost_note", "ref",
    )  # fmt: skip
    hints: ClassVar = {
        "title": "new roof",
        "contact": "name or #id",
        "amount": "12000",
        "close": "expected day: 15 dec, 6w",
        "stage": "the first one",
        "own_probability": "that of the stage",
        "owner": "who looks after it",
        "source": "fair, referral, web",
        "org": "that of the contact",
        "pipeline": "the first one",
        "competitor": "who else may win it",
        "opened": "today",
        "closed": "day on which it was won or lost",
        "lost_note": "why it was lost, in a few words",
        "ref": "number elsewhere",
    }
    required: ClassVar = {"title": "A deal needs a title.", "contact": "A deal needs a contact."}

    def item(self, context: AppContext, key: str) -> Item:
        """Return one field; pipelines and stages are completed."""
        found = super().item(context, key)
        names = {"stage": _stage_names, "pipeline": _pipeline_names}.get(key)
        if names is None or not isinstance(found, Field):
            return found
        return found._replace(complete=_complete_names(context, names))

    def new_values(self) -> dict[str, str]:
        """Return the values that the form for a new deal begins with."""
        return {each.key: each.default for each in self.type.editable}


def complete_stage(context: AppContext) -> Complete:
    """Return a function that completes the name of a stage."""
    return _complete_names(context, _stage_names)


def _complete_names(context: AppContext, names: Callable[[Store], list[str]]) -> Complete:
    async def complete(text: str) -> Sequence[Suggestion]:
        known = await context.database.read(names)
        return [(0, each, "") for each in known if fold(each).startswith(fold(text))]

    return complete


def _pipeline_names(store: Store) -> list[str]:
    return [each.name for each in pipelines.list_pipelines(store)]


def _stage_names(store: Store) -> list[str]:
    """Return the names of the stages of all pipelines, each once."""
    known = pipelines.list_pipelines(store)
    found = (stage.name for each in known for stage in stages.list_stages(store, each.id))
    return list(dict.fromkeys(found))
