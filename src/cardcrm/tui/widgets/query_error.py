"""The line below a search box that says why its query is refused."""

from textual.widgets import Static


class QueryErrorLine(Static):
    """The error of a query; it takes no room while there is none."""

    DEFAULT_CSS = """
    QueryErrorLine { height: auto; color: $error; padding: 0 1; display: none; }
    QueryErrorLine.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__(id="error", markup=False)
        self._text = ""

    def show_error(self, text: str) -> None:
        """Show an error, or none for an empty text."""
        if text != self._text:
            self._text = text
            self.update(text)
            self.set_class(bool(text), "-shown")
