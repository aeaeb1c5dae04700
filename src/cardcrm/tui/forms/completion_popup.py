"""The suggestions below a field: contacts or products that the typed text may mean."""

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from cardcrm.text import sanitize, shorten
from cardcrm.tui.forms.field_layout import FieldLayout
from cardcrm.tui.forms.fields import Field, Suggestion

MAX_SUGGESTIONS = 6
MIN_LETTERS = 2


class CompletionList(Widget):
    """The suggestions, one a line; Down and Enter, or a click, choose one."""

    DEFAULT_CSS = """
    CompletionList { height: auto; color: $link; background: $paper; }
    """

    class Chosen(Message):
        """A suggestion was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, indent: int) -> None:
        super().__init__(id="suggestions")
        self.styles.margin = (0, 0, 0, indent)
        self.suggestions: list[Suggestion] = []
        self.selected = -1  # -1 while the cursor is in the field

    def update(self, suggestions: Sequence[Suggestion]) -> None:
        """Show suggestions, with none selected."""
        self.suggestions, self.selected = list(suggestions), -1
        self.refresh(layout=True)

    def move(self, step: int) -> None:
        """Select the next suggestion or the one before; before the first is the field."""
        self.selected = max(-1, min(self.selected + step, len(self.suggestions) - 1))
        self.refresh()

    def render(self) -> RenderResult:
        """Return the lines."""
        text = Text(no_wrap=True, overflow="crop")
        room = max(self.size.width - 2, 0)
        for number, (id_, name, note) in enumerate(self.suggestions):
            words = filter(None, (name, f"#{id_}" if id_ else "", note))
            line = shorten(sanitize("  ".join(words)), room)
            text.append(f" {line} ", "reverse" if number == self.selected else "")
            text.append("\n" if number < len(self.suggestions) - 1 else "")
        return text

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the number of suggestions."""
        return len(self.suggestions)

    def on_click(self, event: events.Click) -> None:
        """Choose the suggestion that was clicked."""
        event.stop()
        if event.y < len(self.suggestions):
            self.post_message(self.Chosen(event.y))


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

    @property
    def has_selection(self) -> bool:
        """Return whether the cursor is on a suggestion."""
        return self._list is not None and self._list.selected >= 0

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
        self._list.update(found)
        self._layout.call_after_refresh(self.scroll_into_view)

    def move(self, step: int) -> bool:
        """Move among the suggestions; return False if there are none in that direction."""
        if self._list is None or not (step > 0 or self._list.selected >= 0):
            return False
        self._list.move(step)
        self.scroll_into_view()
        return True

    def choose(self, number: int | None = None) -> None:
        """Write a suggestion into the field: by number, else the selected one."""
        if self._list is None:
            return
        id_, name, _ = self._list.suggestions[self._list.selected if number is None else number]
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
