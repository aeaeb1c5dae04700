"""Opening a contact point in the program named by the setting ``open-command``."""

import asyncio
import shlex

from cardcrm.errors import ServiceError, UsageError
from cardcrm.text import extract_digits
from cardcrm.tui.context import AppContext

FAILURE_WAIT = 5.0  # seconds in which a program that fails to open an address exits


def url_of(kind: str, value: str) -> str:
    """Return a contact point as a URL. Raises UsageError for a social address, which has none."""
    if kind == "email":
        return f"mailto:{value}"
    if kind == "phone":
        plus = "+" if value.strip().startswith("+") else ""
        return f"tel:{plus}{extract_digits(value)}"
    if kind == "web":
        return value if "://" in value else f"https://{value}"
    raise UsageError(f"can't open “{value}”", "Press y to copy it.")


async def open_contact_point(context: AppContext, kind: str, value: str) -> None:
    """Start the program on a contact point. Raises UsageError, ServiceError."""
    url = url_of(kind, value)
    command = _split_command(context.open_command)
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            url,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ServiceError(
            f"can't start “{command[0]}”: {error.strerror}",
            "Set another with cardcrm config set open-command COMMAND; y copies the address.",
        ) from error
    context.show_message(f"Opening {url}")
    try:
        code = await asyncio.wait_for(process.wait(), FAILURE_WAIT)
    except TimeoutError:
        return  # the program keeps running, as it should
    if code:
        raise ServiceError(f"“{command[0]}” could not open {url} (exit {code})")


def _split_command(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"invalid open-command setting: {error}") from error
    if not words:
        raise UsageError("no program is set", "cardcrm config set open-command xdg-open")
    return words
