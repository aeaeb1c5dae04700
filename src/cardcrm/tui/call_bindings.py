"""The keys of call mode."""

from typing import Final

from cardcrm.tui.key_type import NEXT, PREVIOUS, Key

CALL_KEYS: Final = (
    # The letters are for the card, while it has the focus in place of the line
    Key("call", "reached", "f2,r", "outcome('reached')", "reached", "record that you spoke"),
    Key(
        "call",
        "no-answer",
        "f3,n",
        "outcome('no answer')",
        "no answer",
        "record that no one answered; the next try is planned",
    ),
    Key("call", "call-back", "f4,b", "outcome('back')", "call back", "plan when to call back"),
    Key(
        "call",
        "not-interested",
        "f5,i",
        "outcome('not interested')",
        "not interested",
        "record that the contact is not interested",
    ),
    Key(
        "call",
        "wrong-number",
        "f6,w",
        "outcome('wrong number')",
        "wrong number",
        "mark the number as wrong, and plan to find the right one",
    ),
    Key("call", "call-snooze", "f7,s", "snooze", "snooze", "move the reminder to another day"),
    Key("call", "call-undo", "f8,u", "undo", "undo", "undo the last card, and turn back to it"),
    Key("call", "dial", "f9,o", "dial", "dial", "dial the number; the time starts again"),
    Key("call", "skip", f"pagedown,{NEXT}", "turn(1)", "skip", "turn to the next card; text stays"),
    Key("call", "turn-back", f"pageup,{PREVIOUS}", "turn(-1)", "back", "turn back a card"),
    Key("call", "scroll-up", "up", "scroll_card(-1)", "", "scroll the card up"),
    Key("call", "scroll-down", "down", "scroll_card(1)", "", "scroll the card down"),
    Key("call", "to-card", "tab", "switch_focus", "", "go from the line to the card, or back"),
    Key("call", "call-help", "ctrl+g,question_mark", "help", "help", "show the keys of call mode"),
    Key("call", "call-leave", "escape", "leave", "leave", "leave call mode"),
)

CALL_FOOTERS: Final = {
    ("call", "outcomes"): "reached no-answer call-back not-interested wrong-number",
    ("call", "list"): "skip call-snooze call-undo dial call-leave turn-back",
    ("call", "end"): "call-undo turn-back call-leave",
}
