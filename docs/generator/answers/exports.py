"""Declare the answers about exported files, and the warehouse."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "exported": Key("integer", "number of rows written"),
    "former_ids": Key("[integer]", "numbers of contacts that were merged into this one"),
    "held": Key("[held_row]", "rows that are about the contact"),
    "history": Key("[past_change]", "values of its rows in the journal, the oldest first"),
    "written_files": Key("integer", "files that an export has written"),
    "written_rows": Key("integer", "rows in the files that were written"),
    "written_months": Key("text", "months whose facts were written"),
    "meaning": Key("text", "what a column of the star holds"),
}

OBJECTS = {
    "file_written": "exported path",
}

ANSWERS = {
    "export": Answer(
        (
            "file_written",
            "[contact]",
            "[contact_row*]",
            "{id name held mentions former_ids imports history}",
            "[{table written_files written_rows rows written_months}]",
        ),
        "without `--to` the contacts themselves, with `--columns` as `find` lists them; with "
        "`--person` all that is held on one; with `--star` the tables that were written",
    ),
    "warehouse sql": Answer(("[{*}]",), "the keys are the columns of the query"),
    "warehouse tables": Answer(("[{table column type meaning}]",)),
    "warehouse copy": Answer(("[{table rows}]",)),
}
