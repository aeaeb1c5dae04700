"""Declare the answers about the journal, the database and the settings."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "change_count": Key("integer", "number of changes in the step"),
    "host": Key("text", "machine"),
    "better": Key("text", "number as it should be stored"),
    "problem": Key("text", "what is wrong"),
    "server": Key("text", "address of the server"),
    "engine": Key("text", "database engine and version"),
    "schema_version": Key("integer", "version of the tables"),
    "connections": Key("integer", "open connections to the server"),
    "clock": Key("number", "seconds by which the clock of the server is ahead"),
    "contact_count": Key("integer", "number of contacts"),
    "reminder_count": Key("integer", "number of reminders"),
    "journal_step_count": Key("integer", "number of journal steps"),
    "backup_count": Key("integer", "number of backups beside the database"),
    "last_change": Key("instant", "instant of the last change"),
    "last_command": Key("text", "command of the last change"),
    "removed": Key("[text]", "old backups that were removed"),
    "restored_from": Key("text", "backup"),
    "replaced": Key("text", "where the old file is now"),
    "hash": Key("text", "hash of its rows"),
    "area": Key("text", "part of the database"),
    "current": Key("text", "value in force"),
    "user": Key("text", "user of the mail server"),
    "stored": Key("boolean", "the keyring has the password"),
}

OBJECTS = {
    "change": "row change field old new",
    "step": "id at author host change_count state command",
    "setting": "name current from help",
}

ANSWERS = {
    "undo": Answer(("[step]",)),
    "redo": Answer(("[step]",)),
    "journal": Answer(("[step]", "[change]"), "with ID the changes of that step"),
    "db info": Answer(
        (
            "{path server engine schema_version size connections clock contact_count "
            "interaction_count reminder_count sale_count journal_step_count last_change "
            "last_command region currency backup_count}",
        )
    ),
    "db backup": Answer(("{path size rows removed}",)),
    "db restore": Answer(("{path restored_from replaced contact_count journal_step_count}",)),
    "db copy": Answer(("[{table rows hash}]",)),
    "db check": Answer(("[{area problem}]",), "exit code 1 if there is a problem"),
    "db phones": Answer(("[{id name phone better problem}]",)),
    "db sql": Answer(("[{*}]",), "the keys are the columns of the query"),
    "config list": Answer(("[setting]",)),
    "config get": Answer(("setting",)),
    "config set": Answer(("setting",)),
    "config unset": Answer(("setting",)),
    "config path": Answer(("{path}",)),
    "config password": Answer(("{user stored}",)),
    "config cadence": Answer(("[cadence_rule]",)),
    "config columns": Answer(("[import_column]",)),
    "config rates": Answer(("[rate]",)),
    "demo": Answer(("{path contact_count}",)),
}
