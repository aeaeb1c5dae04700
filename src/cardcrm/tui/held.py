"""Keys that are pressed while a form opens: they are for the form, not for what it lies on.

Who presses `a` and writes on at once would else have the letters done as commands. They are held
until the form has the cursor, and then go to it in their order, before any key that comes later.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from textual import events

Deal = Callable[[events.Event], Awaitable[None]]

_NEVER = ("ctrl+c", "ctrl+q")  # whoever wants to leave is not kept waiting


class Held:
    """Holds keys as long as anything opens. ``deal`` does with a key what the app does with it."""

    def __init__(self, deal: Deal) -> None:
        self._deal = deal
        self._opening = 0
        self._is_expected = False
        self._keys: list[events.Event] = []

    def expect(self) -> None:
        """A key was pressed that opens a form, as soon as the widget that has the keys hears it."""
        if not self._is_expected:
            self._is_expected = True
            self._opening += 1

    def give_up(self) -> None:
        """It did not; what was typed for it goes: nobody knows what it would do elsewhere."""
        if self._is_expected:
            self._is_expected = False
            self._opening -= 1
            self._keys.clear()

    def takes(self, event: events.Event) -> bool:
        """Whether an event was held."""
        if not self._opening or not isinstance(event, events.Key | events.Paste):
            return False
        if event.is_forwarded or (isinstance(event, events.Key) and event.key in _NEVER):
            return False
        self._keys.append(event)
        return True

    async def during(
        self, work: Coroutine[Any, Any, Any], later: Callable[[Callable[[], Any]], Any]
    ) -> None:
        """Do what opens something; ``later`` has the app do something after what it does now.

        Where nothing opens, the keys go.
        """
        self.expect()
        self._is_expected = False
        try:
            await work
        except BaseException:
            self._keys.clear()
            raise
        finally:
            later(self._let_go)

    async def _let_go(self) -> None:
        """In the app's own turn, so that no later key comes in between."""
        self._opening -= 1
        if self._opening:
            return
        keys, self._keys = self._keys, []
        for key in keys:
            await self._deal(key)
