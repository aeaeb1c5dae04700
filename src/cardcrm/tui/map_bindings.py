"""The keys of the map."""

from typing import Final

from cardcrm.tui.key_type import NEXT, PREVIOUS, Key

MAP_KEYS: Final = (
    Key("contacts", "map", "at", "map", "map", "show the listed contacts on a map"),
    Key("map", "map-in", "plus,equals_sign", "zoom(1)", "zoom in", "zoom in on the contact"),
    Key("map", "map-out", "minus", "zoom(-1)", "zoom out", "zoom out"),
    Key("map", "map-all", "home,0", "show_all", "all", "show all contacts"),
    Key("map", "map-next", f"n,{NEXT}", "step(1)", "next", "choose the next contact"),
    Key("map", "map-previous", f"p,{PREVIOUS}", "step(-1)", "", "choose the previous contact"),
    Key("map", "map-place", "tab,N", "step_place(1)", "next place", "choose the next place"),
    Key("map", "map-place-before", "P", "step_place(-1)", "", "choose the previous place"),
    Key("map", "map-card", "enter", "open_card", "card", "open the card of the contact"),
    Key("map", "map-left", "left,h", "pan(-1, 0)", "", "move to the west"),
    Key("map", "map-right", "right,l", "pan(1, 0)", "", "move to the east"),
    Key("map", "map-up", "up,k", "pan(0, 1)", "", "move to the north"),
    Key("map", "map-down", "down,j", "pan(0, -1)", "", "move to the south"),
    Key("map", "map-help", "question_mark", "help", "help", "show the keys of the map"),
    Key("map", "map-leave", "escape,q", "leave", "back", "go back to the list"),
)

MAP_FOOTERS: Final = {
    ("map", "list"): "map-in map-out map-next map-place map-card map-leave map-all",
}
