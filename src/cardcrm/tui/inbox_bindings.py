"""The keys of the inbox."""

from cardcrm.tui.key_type import Key

INBOX_KEYS: tuple[Key, ...] = (
    Key("inbox", "reply", "r", "reply", "reply", "answer the mail in $EDITOR, with a template"),
    Key(
        "inbox",
        "mail-done",
        "x",
        "settle",
        "no answer needed",
        "mark that it needs no answer; ignore a sender who is not a contact",
    ),
    Key("inbox", "mail-deal", "d", "deal", "deal", "open a deal from the mail"),
    Key("inbox", "mail-case", "c", "case", "case", "open a case from the mail"),
    Key("inbox", "take-sender", "plus", "take", "add sender", "add the sender as a contact"),
    Key("inbox", "mine", "b", "mine", "owner", "show the mail of all contacts, or of yours"),
)

# The actions of a page that other lists have as well.
OWN_INBOX_KEYS: tuple[Key, ...] = (
    Key("inbox", "card", "tab,right", "card", "card", "go to the card"),
)

INBOX_FOOTERS: dict[tuple[str, str], str] = {
    ("inbox", "list"): "show reply mail-done log remind mail-deal mail-case take-sender card mine "
    "snooze sell edit find undo redo",
}
