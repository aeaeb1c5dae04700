"""A long text in the user's own editor, while the screen steps aside."""

from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from cardcrm import editor
from cardcrm.errors import ServiceError

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


def edited(app: "CardApp", text: str) -> str:
    """The text as it was left in $VISUAL or $EDITOR. Raises ServiceError."""
    trouble = None
    try:
        with app.suspend():  # the screen comes back only where nothing is raised in here
            try:
                text = editor.edited(text)
            except ServiceError as error:
                trouble = error
    except SuspendNotSupported as error:
        raise ServiceError("an editor cannot be opened here") from error
    if trouble is not None:
        raise trouble
    return text
