"""What is offered while one types in a field: cards or products that the text may mean."""

from typing import TYPE_CHECKING

from cardcrm.tui.forms.fields import Field, Offers

if TYPE_CHECKING:
    from cardcrm.tui.forms.field_layout import Paper
    from cardcrm.tui.forms.fields import Offer

_MOST = 6


class Offering:
    """The offers of a form, for one field at a time; ``field`` is its name, "" where none are."""

    def __init__(self, paper: "Paper") -> None:
        self._paper = paper
        self._offers: Offers | None = None
        self.field = ""
        self._taken = ""  # what was chosen of them

    @property
    def is_open(self) -> bool:
        """Whether anything is offered."""
        return self._offers is not None

    @property
    def is_chosen(self) -> bool:
        """Whether the cursor is among what is offered."""
        return self._offers is not None and self._offers.at >= 0

    async def look(self, field: Field) -> None:
        """Offer what a field finds for what stands in it by now."""
        assert field.find is not None
        text = self._paper.text_of(field.name)
        known = field.by_id and self._paper.value(field.name).startswith("#")
        found = await field.find(text) if len(text) >= 2 and not known else ()
        if self._paper.text_of(field.name) != text or not self._paper.widget(field.name).has_focus:
            return
        if not found or text == self._taken or [name for _, name, _ in found] == [text]:
            self.close()
            return
        self._show(field, list(found)[:_MOST])

    def _show(self, field: Field, found: "list[Offer]") -> None:
        if self._offers is None or self.field != field.name:
            self.close()
            line = self._paper.line_of(field.name)
            self._offers, self.field = Offers(line.label_room), field.name
            self._paper.mount(self._offers, after=line)
        self._offers.take(found)
        self._paper.call_after_refresh(self.reveal)

    def move(self, step: int) -> bool:
        """Go down among what is offered, or up again; whether there was anything to go to."""
        if self._offers is None or not (step > 0 or self._offers.at >= 0):
            return False
        self._offers.move(step)
        self.reveal()
        return True

    def choose(self, number: int | None = None) -> None:
        """Write what was chosen into the field: one by its number, else the one at the cursor."""
        if self._offers is None:
            return
        id_, name, _ = self._offers.cards[self._offers.at if number is None else number]
        field, self._taken = self.field, name
        self.close()
        self._paper.put_card(field, id_, name)

    def close(self) -> None:
        """Take away what is offered."""
        offers, self._offers, self.field = self._offers, None, ""
        if offers is not None:
            offers.remove()
            self._paper.call_after_refresh(self.reveal)

    def reveal(self) -> None:
        """Bring the field one is in into sight, and below it as much of what is offered as fits."""
        if self._offers is None:
            self._paper.reveal()
        else:
            self._paper.reveal(len(self._offers.cards), self._offers.at)
