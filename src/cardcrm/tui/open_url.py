"""Opening a contact point in the program named by the setting ``open-command``."""

import asyncio

from cardcrm.errors import ServiceError
from cardcrm.opener import split_command, to_url
from cardcrm.tui.context import AppContext

FAILURE_WAIT = 5.0  # seconds in which a program that fails to open an address exits


async def open_contact_point(context: AppContext, kind: str, value: str) -> None:
    """Start the program on a contact point. Raises UsageError, ServiceError."""
    url = to_url(kind, value)
    command = split_command(context.open_command)
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
