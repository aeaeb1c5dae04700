"""Keys that are pressed while a form opens or is being saved: they are for what comes then.

Who presses `a` and writes on at once would else have the letters done as commands. They are held
until the form has the cursor, and then go to it in their order, before any key that comes later.
Who presses enter and goes on at once would else write into the form that is about to close: those
keys go to the page below it. Where it stays open, as it could not be saved, they go to nobody.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from textual import events

Deal = Callable[[events.Event], Awaitable[None]]
Later = Callable[[Callable[[], Any]], Any]  # done after what the app does now

_NEVER = ("ctrl+c", "ctrl+q")  # whoever wants to leave is not kept waiting


class Held:
    """Holds keys as long as anything opens. ``deal`` does with a key what the app does with it;
    ``screen`` is the one that keys are for.
    """

    def __init__(self, deal: Deal, screen: Callable[[], object]) -> None:
        self._deal = deal
        self._screen = screen
        self._opening = 0
        self._is_expected = False
        self._keys: list[events.Event] = []
        self._saving: object = None

    def saving(self, screen: object) -> None:
        """A form is being saved; a question that comes over it meanwhile hears its keys."""
        self._saving = screen

    def saved(self, screen: object, later: Later, *, goes_on: bool) -> None:
        """It was, and what was pressed meanwhile goes to what one sees then; or it was not."""
        if self._saving is not screen:
            return
        self._saving = None
        if not goes_on:
            self._keys.clear()
            return
        self._opening += 1  # until that is there
        later(self._let_go)

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
        if not isinstance(event, events.Key | events.Paste):
            return False
        is_asked = self._saving is not None and self._screen() is not self._saving
        if is_asked:
            self._keys.clear()  # what was pressed before a question is no answer to it
        if not self._opening and (self._saving is None or is_asked):
            return False
        if event.is_forwarded or (isinstance(event, events.Key) and event.key in _NEVER):
            return False
        self._keys.append(event)
        return True

    async def during(self, work: Coroutine[Any, Any, Any], later: Later) -> None:
        """Do what opens something; where nothing opens, the keys go."""
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
            if not self.takes(key):  # one before it may open or save another form
                await self._deal(key)
