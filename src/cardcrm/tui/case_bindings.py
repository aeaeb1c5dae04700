"""The keys of the queue of cases."""

from cardcrm.tui.key_type import Key

CASE_KEYS: tuple[Key, ...] = (
    Key("cases", "case-claim", "w", "claim_case", "claim", "make the case yours"),
    Key("cases", "case-reply", "r", "reply", "reply", "log an answer to the customer"),
    Key("cases", "case-wait", "p", "wait", "wait", "mark the case as waiting for the customer"),
    Key("cases", "case-solve", "x", "solve", "solve", "solve the case, with a last answer"),
    Key(
        "cases",
        "case-owner",
        "W",
        "next_owner",
        "owner",
        "show all cases, mine, my teams', unassigned",
    ),
)

CASE_FOOTERS: dict[tuple[str, str], str] = {
    ("cases", "list"): "case-reply case-claim case-wait case-solve case-owner show add filter all "
    "log remind rm sort undo",
}
