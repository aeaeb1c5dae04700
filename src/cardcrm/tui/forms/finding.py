"""Finding cards while one types in a field that names one."""

from typing import TYPE_CHECKING

from cardcrm.tui.forms.fields import Field, Find, Several, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


def finder(app: "CardApp", kind: str = "") -> Find:
    """Looks for cards (of a kind) while one types."""

    async def find(text: str) -> list[tuple[int, str, str]]:
        from cardcrm.records.search import offers

        return await app.desk.ask(lambda store: offers(store, text, kind))

    return find


def with_field(app: "CardApp") -> Several:
    """Those who took part: a card each."""
    who = Field("who", hint="who else took part: name or #id", find=finder(app), by_id=True)
    return Several("with", "with", ((who,),))


def with_shown(texts: Values) -> dict[str, str]:
    """Texts with lines under ``with`` as the form shows them: a field for each line."""
    people = filter(None, texts["with"].split("\n"))
    return {**texts, **{f"with-{number}-who": line for number, line in enumerate(people)}}


def with_said(values: Values) -> dict[str, str]:
    """The form's values as texts with lines under ``with``."""
    people = [text.strip() for name, text in values.items() if name.startswith("with-")]
    texts = {name: text for name, text in values.items() if not name.startswith("with-")}
    return {**texts, "with": "\n".join(filter(None, people))}
