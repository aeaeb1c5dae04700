"""A knowledge article on the screen, to be read."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm.records.records import Record
from cardcrm.text import pluralize, sanitize
from cardcrm.tui.widgets.reading_text import ReadingText


class ArticleScreen(ModalScreen[None]):
    """The title, the product, the votes and the text of an article; nothing can be changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,backspace", "dismiss", "close", show=False),
    ]
    DEFAULT_CSS = """
    ArticleScreen { align: center middle; background: $background; }
    ArticleScreen > Vertical { width: 100%; max-width: 96; height: 100%; padding: 0 1; }
    ArticleScreen Static { height: auto; max-height: 6; }
    ArticleScreen #title { text-style: bold; }
    ArticleScreen #keys { color: $muted; height: 1; }
    ArticleScreen ReadingText { height: 1fr; margin: 1 0 0 0; }
    """

    def __init__(self, article: Record) -> None:
        super().__init__()
        self.article = article
        self._text = ReadingText(article.values["text"])

    def compose(self) -> ComposeResult:
        """Yield the title, the facts, the text and the key."""
        with Vertical():
            yield Static(sanitize(self.article.values["title"]), id="title", markup=False)
            yield Static(self._describe(), markup=False)
            yield self._text
            yield Static("Esc close", id="keys", markup=False)

    def on_mount(self) -> None:
        """Let the keys scroll the text."""
        self._text.focus()

    def _describe(self) -> str:
        values = self.article.values
        facts = (
            f"article {self.article.id}, version {values['version']}",
            sanitize(values["product"] or ""),
            f"helped {pluralize(values['helped'], 'time')}" if values["helped"] else "",
            f"did not help {pluralize(values['failed'], 'time')}" if values["failed"] else "",
        )
        return " · ".join(filter(None, facts))
