"""Opening an address or number in the program that the settings name."""

import asyncio
import shlex
from typing import TYPE_CHECKING

from cardcrm.errors import ServiceError, UsageError
from cardcrm.text import digits

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp
    from cardcrm.tui.widgets.card_lines import Target

WAIT = 5.0  # seconds in which a program that cannot open it says so


def address_of(target: "Target") -> str:
    """A contact point as a URI. Raises UsageError for a social address, which has none."""
    if target.point == "email":
        return f"mailto:{target.text}"
    if target.point == "phone":
        plus = "+" if target.text.strip().startswith("+") else ""
        return f"tel:{plus}{digits(target.text)}"
    if target.point == "web":
        return target.text if "://" in target.text else f"https://{target.text}"
    raise UsageError(f"“{target.text}” cannot be opened", "y copies it.")


async def open_point(app: "CardApp", target: "Target") -> None:
    """Start the program; tell where it fails. Raises UsageError, ServiceError."""
    address = address_of(target)
    try:
        words = shlex.split(app.open_command)
    except ValueError as error:
        raise UsageError(f"the setting open-command cannot be read: {error}") from error
    if not words:
        raise UsageError("nothing is set to open it", "cardcrm config set open-command xdg-open")
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            address,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ServiceError(
            f"“{words[0]}” cannot be started: {error.strerror}",
            "cardcrm config set open-command COMMAND names another; y copies the address.",
        ) from error
    app.say(f"opening {address}")
    try:
        code = await asyncio.wait_for(process.wait(), WAIT)
    except TimeoutError:
        return  # it runs on, as it should
    if code:
        raise ServiceError(f"“{words[0]}” could not open {address} (exit {code})")
