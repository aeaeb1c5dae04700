"""Declare the answers about imported files and mail."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "unchanged": Key("integer", "number of entries that say nothing new"),
    "refused": Key("[refusal]", "entries that were refused or left out, at most 1,000"),
    "refused_count": Key("integer", "number of refused entries; only these make exit code 1"),
    "line": Key("integer", "line of the file, from 1"),
    "as": Key("text", "field that has the values of the column"),
    "kept": Key("boolean", "false where the values of the column are not stored"),
    "guess": Key("boolean", "the name of the column is only close to a known one"),
    "columns": Key("[file_column]", "each column or property of the files"),
    "differences": Key("[difference]", "changes of known contacts, at most 1,000"),
    "files": Key("[imported_file]", "each file that was read"),
    "skipped": Key("[skipped_mail]", "messages that no person wrote to you"),
    "unknown": Key("[unknown_correspondent]", "correspondents who are not contacts, at most 100"),
    "unknown_count": Key("integer", "number of correspondents who are not contacts"),
    "contacts_created": Key("integer", "number of contacts added for correspondents"),
    "doubtful_dates": Key("integer", "number of messages without a usable Date header"),
    "cut_count": Key("integer", "number of messages that were cut at the limit of their size"),
    "messages": Key("[logged_mail]", "messages that were logged, at most 100"),
    "contact_ids": Key("[integer]", "numbers of the contacts"),
    "organizations": Key("integer", "number of organizations added for people"),
    "groups": Key("integer", "number of groups that became tags"),
    "program": Key("text", "program that wrote the file"),
    "unreadable": Key("integer", "number of values that were kept as text"),
    "consent_count": Key("integer", "consents to mail that were recorded"),
    "opt_outs_respected": Key("integer", "consents left out, as their addresses refused before"),
    "not_taken": Key("[text]", "values of rows whose contacts have others"),
    "odd_phones": Key("integer", "number of invalid phone numbers, kept as written"),
    "regions": Key("[text]", "countries assumed for national phone numbers"),
    "bad_file": Key("text", "file of the bad entries"),
    "date_order": Key("text", "order of day and month that was assumed"),
}

OBJECTS = {
    "file_read": "added changed path",
    "refusal": "file line column reason",
    "difference": "line id name field old new",
    "file_column": "column as kept count guess reason",
    "imported_file": (
        "file kind created:integer updated:integer unchanged refused_count left_out bad_file "
        "organizations? groups? odd_phones? unreadable? consent_count? opt_outs_respected? "
        "not_taken? regions? date_order? differences? contacts:integer? program? "
        "skipped? unknown? unknown_count? contacts_created? doubtful_dates? cut_count? messages?"
    ),
    "skipped_mail": "reason count",
    "unknown_correspondent": "name email count",
    "logged_mail": "id message_id status direction contact_ids",
}

ANSWERS = {
    "log-mail": Answer(("{created:integer updated:integer unchanged refused columns files}",)),
    "import": Answer(("{created:integer updated:integer unchanged refused columns files}",)),
}
