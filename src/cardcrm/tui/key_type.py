"""An action of the screen and its keys."""

from typing import Final, NamedTuple

NEXT: Final = "right_square_bracket,greater_than_sign"
PREVIOUS: Final = "left_square_bracket,less_than_sign"


class Key(NamedTuple):
    """An action and its keys.

    ``scope`` names the part of the screen that handles the action. ``action`` is Textual's name of
    it. ``label`` is shown in the footer, unless it is empty. ``help`` says what the action does.
    """

    scope: str
    id: str
    keys: str
    action: str
    label: str
    help: str


def title_of(display: str) -> str:
    """Return the display of a key as text shows it: ``Esc``, ``^O``, ``F4``."""
    return display.upper() if display.startswith("^") else display.capitalize()
