"""Editing a long text in the user's own editor, while the screen is suspended."""

from textual.app import SuspendNotSupported

from cardcrm import editor
from cardcrm.errors import ServiceError
from cardcrm.tui.context import AppContext


def edit_text(context: AppContext, text: str) -> str:
    """Return the text as edited in $VISUAL or $EDITOR. Raises ServiceError."""
    trouble = None
    try:
        with context.suspend():  # the screen comes back only if nothing is raised in here
            try:
                text = editor.edit_text(text)
            except ServiceError as error:
                trouble = error
    except SuspendNotSupported as error:
        raise ServiceError("can't open an editor on this terminal") from error
    if trouble is not None:
        raise trouble
    return text
