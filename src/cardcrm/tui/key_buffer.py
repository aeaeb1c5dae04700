"""A buffer for keys that are pressed while a form opens or is being saved.

Letters typed right after ``a`` belong in the form that is about to open; without the buffer they
would run as commands. They are held until the form has the focus and then delivered in order,
before any later key. Keys typed right after Enter belong to the page below the form that is about
to close. If the form stays open because it could not be saved, they are dropped.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from textual import events

Deliver = Callable[[events.Event], Awaitable[None]]
CallLater = Callable[[Callable[[], Any]], Any]  # as `MessagePump.call_later`

_NEVER_HELD = ("ctrl+c", "ctrl+q")  # quitting never waits


class KeyBuffer:
    """Holds keys while a screen opens or a form is saved.

    ``deliver`` handles a key as the app does; ``active_screen`` returns the screen that gets keys.
    """

    def __init__(self, deliver: Deliver, active_screen: Callable[[], object]) -> None:
        self._deliver = deliver
        self._active_screen = active_screen
        self._opening = 0
        self._is_expecting = False
        self._expected = 0  # number of the latest key that opens a form
        self._keys: list[events.Event] = []
        self._saving: object = None

    def begin_save(self, screen: object) -> None:
        """Hold keys while a form is saved, except those for a question that opens above it."""
        self._saving = screen

    def end_save(self, screen: object, call_later: CallLater, *, is_closing: bool) -> None:
        """Deliver the held keys to the screen below a form that closes; drop them if it stays."""
        if self._saving is not screen:
            return
        self._saving = None
        if not is_closing:
            self._keys.clear()
            return
        self._opening += 1  # until the screen below is active
        call_later(self._release)

    def expect_screen(self) -> int:
        """Hold keys from the key that opens a form until its action runs.

        Returns the number by which `give_up` knows the key.
        """
        self._expected += 1
        if not self._is_expecting:
            self._is_expecting = True
            self._opening += 1
        return self._expected

    def stop_expecting(self, call_later: CallLater) -> None:
        """Deliver the held keys, because the action opens no form after all."""
        if self._is_expecting:
            self._is_expecting = False
            call_later(self._release)

    def give_up(self, expected: int) -> None:
        """Drop the held keys if the action of a key did not run, unless a later one is awaited."""
        if self._is_expecting and expected == self._expected:
            self._is_expecting = False
            self._opening -= 1
            self._keys.clear()

    def hold(self, event: events.Event) -> bool:
        """Hold a key if it has to wait; return whether it was held."""
        if not isinstance(event, events.Key | events.Paste):
            return False
        is_question = self._saving is not None and self._active_screen() is not self._saving
        if is_question:
            self._keys.clear()  # keys pressed before a question do not answer it
        if not self._opening and (self._saving is None or is_question):
            return False
        if event.is_forwarded or (isinstance(event, events.Key) and event.key in _NEVER_HELD):
            return False
        self._keys.append(event)
        return True

    async def hold_during(self, work: Coroutine[Any, Any, Any], call_later: CallLater) -> None:
        """Hold keys while work opens a screen; drop them if it fails."""
        self.expect_screen()
        self._is_expecting = False
        try:
            await work
        except BaseException:
            self._keys.clear()
            raise
        finally:
            call_later(self._release)

    async def _release(self) -> None:
        """Deliver the held keys; called by the app's own loop, so that no later key overtakes."""
        self._opening -= 1
        if self._opening:
            return
        keys, self._keys = self._keys, []
        for key in keys:
            if not self.hold(key):  # an earlier one may open or save another form
                await self._deliver(key)
