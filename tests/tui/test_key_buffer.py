"""Keys that are pressed while a form opens reach the form, and no timer of an earlier key."""

import pytest
from textual.events import Key

from cardcrm.tui.key_buffer import KeyBuffer


class Desk:
    """A buffer, the keys that it delivered, and what the app is to call later."""

    def __init__(self) -> None:
        self.delivered: list[str] = []
        self.later: list[object] = []
        self.buffer = KeyBuffer(self.deliver, lambda: None)

    async def deliver(self, event: Key) -> None:
        self.delivered.append(event.key)

    async def open_form(self) -> None:
        """Run the action of a key, and what it leaves for later."""

        async def work() -> None:
            pass

        await self.buffer.hold_during(work(), self.later.append)
        for each in self.later:
            await each()
        self.later.clear()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_keys_wait_for_the_form_in_their_order(desk: Desk) -> None:
    desk.buffer.expect_screen()
    assert desk.buffer.hold(Key("w", "w"))
    assert desk.buffer.hold(Key("e", "e"))
    await desk.open_form()
    assert desk.delivered == ["w", "e"]
    assert not desk.buffer.hold(Key("n", "n"))


async def test_keys_after_a_key_whose_action_never_ran_are_dropped(desk: Desk) -> None:
    expected = desk.buffer.expect_screen()
    desk.buffer.hold(Key("w", "w"))
    desk.buffer.give_up(expected)
    assert not desk.buffer.hold(Key("e", "e"))
    await desk.open_form()
    assert desk.delivered == []


async def test_the_timer_of_an_earlier_key_drops_no_key(desk: Desk) -> None:
    first = desk.buffer.expect_screen()
    await desk.open_form()
    desk.buffer.expect_screen()
    desk.buffer.hold(Key("w", "w"))
    desk.buffer.give_up(first)
    desk.buffer.hold(Key("e", "e"))
    await desk.open_form()
    assert desk.delivered == ["w", "e"]
