"""The sheet of paper of a form: its title, its fields, and the messages below them."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.scalar import Scalar
from textual.geometry import Region
from textual.widgets import Static

from cardcrm.text import sanitize
from cardcrm.tui.forms.field_layout import FieldLayout
from cardcrm.tui.key_type import title_of
from cardcrm.tui.keys import bindings


class FormSheet(Vertical):
    """The title above the fields; below them feedback, a warning if there may be one, and keys."""

    def __init__(self, title: str, fields: FieldLayout, *, has_warning: bool) -> None:
        super().__init__(id="sheet")
        self.title = title
        self.fields = fields
        self._has_warning = has_warning
        self._feedback = Static(id="feedback", markup=False)
        self._warning = Static(id="warning", markup=False)

    def compose(self) -> ComposeResult:
        """Yield the parts from top to bottom."""
        yield Static(sanitize(self.title), id="title", markup=False)
        yield Static("━" * 200, id="red")
        yield self.fields
        yield self._feedback
        if self._has_warning:
            yield self._warning
        yield Static(self._describe_keys(), id="keys", markup=False)

    def _describe_keys(self) -> str:
        has_text = any(field.kind == "text" for field in self.fields.fields.values())
        key_of = {each.id: title_of(self.app.get_key_display(each)) for each in bindings("form")}
        save = key_of["save"] if has_text else f"Enter or {key_of['save']}"
        editor = [f"{key_of['editor']} $EDITOR"] if has_text else []
        return " · ".join(
            [f"{save} save", f"{key_of['cancel']} cancel", *editor, "Tab or ↓ next field"]
        )

    def place_on(self, region: Region) -> None:
        """Cover a region from its top; without one, go back to the middle."""
        if region:
            self.styles.width, self.styles.margin = region.width, (region.y, 0, 0, region.x)
        else:
            self.styles.clear_rule("width")
            self.styles.clear_rule("margin")

    def limit_height(self, height: int) -> bool:
        """Give the fields the lines that the other parts leave; return whether they changed."""
        others = (each for each in self.children if each is not self.fields and each.display)
        edges = 2 if self.app.theme == "plain" else 0
        room = max(height - edges - sum(each.outer_size.height for each in others), 2)
        is_new = self.fields.styles.max_height != Scalar.from_number(room)
        if is_new:
            self.fields.styles.max_height = room
        return is_new

    def show_feedback(self, text: str, *, is_error: bool) -> None:
        """Show how a field is understood, or an error."""
        self._feedback.set_class(is_error, "-error")
        self._feedback.update(sanitize(text))

    def show_warning(self, text: str) -> None:
        """Show a note on the whole form."""
        self._warning.update(sanitize(text, newlines=True))
