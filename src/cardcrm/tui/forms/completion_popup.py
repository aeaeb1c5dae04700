"""The suggestions below a field: contacts or products that the typed text may mean.

Enter takes the one that is marked ↵: the selected one, else the one that was typed in full, else
the first. Escape closes the suggestions and keeps the text.
"""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import OptionList

from cardcrm.text import fold, sanitize
from cardcrm.tui.forms.field_layout import FieldLayout
from cardcrm.tui.forms.fields import Field, Suggestion

MAX_SUGGESTIONS = 6
MIN_LETTERS = 2


class CompletionList(OptionList, can_focus=False, inherit_bindings=False):
    """The suggestions, one a line; none is highlighted while the cursor is in the field.

    ``default`` is the number of the one that Enter takes meanwhile.
    """

    DEFAULT_CSS = """
    CompletionList {
        height: auto; max-height: 6; border: none; padding: 0; background: $paper; color: $link;
        scrollbar-size-vertical: 0; text-wrap: nowrap; text-overflow: ellipsis;
        & > .option-list--option-highlighted {
            color: $link; background: $paper; text-style: reverse;
        }
        & > .option-list--option-hover { background: $paper; }
    }
    """

    def __init__(self, indent: int) -> None:
        super().__init__(id="suggestions", compact=True)
        self.styles.margin = (0, 0, 0, indent)
        self.suggestions: list[Suggestion] = []
        self.default = 0

    def update(self, suggestions: Sequence[Suggestion], text: str) -> None:
        """Show suggestions for a text, with none selected."""
        self.suggestions = list(suggestions)
        names = [fold(name) for _, name, _ in suggestions]
        self.default = names.index(fold(text)) if fold(text) in names else 0
        self.set_options(
            Text(f"{'↵' if number == self.default else ' '} {_words(each)}", no_wrap=True)
            for number, each in enumerate(suggestions)
        )

    @property
    def selected(self) -> int:
        """The number of the highlighted suggestion; -1 for none."""
        return -1 if self.highlighted is None else self.highlighted

    def move(self, step: int) -> None:
        """Select the next suggestion or the one before; before the first is the field."""
        number = min(self.selected + step, len(self.suggestions) - 1)
        self.highlighted = number if number >= 0 else None


def _words(suggestion: Suggestion) -> str:
    id_, name, note = suggestion
    return sanitize("  ".join(filter(None, (name, f"#{id_}" if id_ else "", note))))


class CompletionPopup:
    """The suggestions of a form, for one field at a time.

    ``field`` is the field's name; "" while there are no suggestions.
    """

    def __init__(self, layout: FieldLayout) -> None:
        self._layout = layout
        self._list: CompletionList | None = None
        self.field = ""
        self._accepted = ""  # the suggestion chosen last

    @property
    def is_open(self) -> bool:
        """Return whether suggestions are shown."""
        return self._list is not None

    async def update(self, field: Field) -> None:
        """Show the suggestions for the text that is in a field now."""
        assert field.complete is not None
        text = self._layout.text_of(field.name)
        has_id = field.holds_id and self._layout.value(field.name).startswith("#")
        found = await field.complete(text) if len(text) >= MIN_LETTERS and not has_id else ()
        if self._layout.text_of(field.name) != text:
            return
        if not self._layout.widget(field.name).has_focus:
            return
        if not found or text == self._accepted or [name for _, name, _ in found] == [text]:
            self.close()
            return
        self._show(field, found[:MAX_SUGGESTIONS])

    def _show(self, field: Field, found: Sequence[Suggestion]) -> None:
        if self._list is None or self.field != field.name:
            self.close()
            line = self._layout.line_of(field.name)
            self._list, self.field = CompletionList(line.label_width), field.name
            self._layout.mount(self._list, after=line)
        self._list.update(found, self._layout.text_of(field.name))
        self._layout.call_after_refresh(self.scroll_into_view)

    def move(self, step: int) -> bool:
        """Move among the suggestions; return False if there are none in that direction."""
        if self._list is None or not (step > 0 or self._list.selected >= 0):
            return False
        self._list.move(step)
        self.scroll_into_view()
        return True

    def choose(self, number: int | None = None) -> None:
        """Write a suggestion into the field: by number, else the one that Enter takes."""
        if self._list is None:
            return
        if number is None:
            number = self._list.selected if self._list.selected >= 0 else self._list.default
        id_, name, _ = self._list.suggestions[number]
        field, self._accepted = self.field, name
        self.close()
        self._layout.accept_suggestion(field, id_, name)

    def close(self) -> None:
        """Remove the suggestions."""
        popup, self._list, self.field = self._list, None, ""
        if popup is not None:
            popup.remove()
            self._layout.call_after_refresh(self.scroll_into_view)

    def scroll_into_view(self) -> None:
        """Scroll to the focused field and as many of its suggestions as fit."""
        if self._list is None:
            self._layout.scroll_to_focus()
        else:
            self._layout.scroll_to_focus(len(self._list.suggestions), self._list.selected)
