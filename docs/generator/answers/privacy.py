"""Declare the answers about personal data: what is held on a contact, and its erasure."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "forgotten": Key("boolean", "false where only the plan was asked for"),
    "erased_rows": Key("[noun_count]", "rows that are erased, by noun"),
    "kept_rows": Key("[noun_count]", "rows that are kept without the contact, by noun"),
    "struck_out": Key("[mention]", "texts about others in which the contact is struck out"),
    "shared": Key("[shared_value]", "values that stay because another contact has them too"),
    "copies": Key("[known_copy]", "copies of the database that still hold the contact"),
    "synced_files": Key("[text]", "files of a sync that still hold the contact"),
    "noun": Key("text", "noun"),
    "facts": Key("[fact]", "values of a row that are not empty"),
}

OBJECTS = {
    "noun_count": "noun count",
    "mention": "noun id field text",
    "shared_value": "text contact_id contact",
    "held_row": "noun id facts",
    "fact": "field text",
    "past_change": "at author command row change field old new",
    "known_copy": "path date",
}

ANSWERS = {
    "forget": Answer(
        (
            "{id name forgotten erased_rows kept_rows struck_out mentions shared copies "
            "synced_files imports}",
        ),
        "with `--dry-run` the plan",
    ),
}
