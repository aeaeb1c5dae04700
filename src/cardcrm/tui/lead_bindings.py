"""The keys of the leads."""

from cardcrm.tui.key_type import Key

LEAD_KEYS: tuple[Key, ...] = (
    Key(
        "leads", "lead-owner", "w", "assign", "owner", "give the lead to an owner, or by the rules"
    ),
    Key("leads", "lead-process", "p", "process", "in process", "mark the lead as in process"),
    Key("leads", "convert", "c", "convert", "convert", "convert the lead into a deal"),
    Key("leads", "recycle", "r", "recycle", "recycle", "set the lead aside for a later time"),
    Key("leads", "drop", "x", "drop", "dead", "close the lead as dead, for a reason"),
)

LEAD_FOOTERS: dict[tuple[str, str], str] = {
    ("leads", "list"): "convert lead-owner lead-process log recycle drop filter add edit show "
    "sort all remind open rm undo",
}
