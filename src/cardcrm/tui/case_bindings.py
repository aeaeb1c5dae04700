"""The keys of the queue of cases."""

from cardcrm.tui.key_type import Key

CASE_KEYS: tuple[Key, ...] = (
    Key("cases", "case-claim", "w", "claim_case", "take", "take the case, so that it is yours"),
    Key("cases", "case-reply", "r", "reply", "reply", "log an answer to the customer"),
    Key("cases", "case-wait", "p", "wait", "wait", "let the case wait for the customer"),
    Key("cases", "case-solve", "x", "solve", "solve", "solve the case, with a last answer"),
    Key("cases", "case-whose", "W", "whose", "whose", "show all, mine, of my teams, or of no one"),
)

CASE_FOOTERS: dict[tuple[str, str], str] = {
    ("cases", "list"): "case-reply case-claim case-wait case-solve case-whose show add filter all "
    "log remind rm sort undo",
}
