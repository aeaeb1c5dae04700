"""Show a table of ten rows in a minimal Textual app: the floor of the screen's figures."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class BareApp(App[None]):
    """A table and nothing else."""

    def compose(self) -> ComposeResult:
        """Add the table."""
        yield DataTable()

    def on_mount(self) -> None:
        """Fill the table."""
        table = self.query_one(DataTable)
        table.add_columns("number", "name", "city")
        table.add_rows((str(n), f"Name {n}", f"City {n}") for n in range(1, 11))


if __name__ == "__main__":
    BareApp().run()
