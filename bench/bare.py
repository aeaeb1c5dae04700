"""The floor of the screen: the least Textual app that shows a table of ten rows."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class Bare(App[None]):
    """A table, and nothing else."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable()

    def on_mount(self) -> None:
        """Its rows."""
        table = self.query_one(DataTable)
        table.add_columns("number", "name", "city")
        table.add_rows((str(n), f"Name {n}", f"City {n}") for n in range(1, 11))


if __name__ == "__main__":
    Bare().run()
