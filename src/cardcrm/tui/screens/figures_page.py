"""The base of pages that compute figures of all customers, in one currency at a time."""

from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.screens.page import Page


class FiguresPage(Page):
    """A page whose figures take long, so that they are computed on a separate connection."""

    def __init__(self) -> None:
        super().__init__()
        self.currency = ""  # "" is the firm's own one, or the first that has sales
        self.currencies: tuple[str, ...] = ()  # those with sales, the shown one first
        self.is_computing = False
        self._is_outdated = False  # whether to compute once more afterwards

    def reload_soon(self) -> None:
        """Compute the figures; if that is in progress, once more afterwards.

        A computation cannot be canceled.
        """
        self.is_stale = False
        if self.is_computing:
            self._is_outdated = True
        else:
            self.is_computing = True
            start_task(self, self._reload_all, group="figures", exclusive=False)

    async def reload(self) -> None:
        """Compute the figures on a separate connection: many customers take seconds."""
        self.is_computing = True
        try:
            await self.compute()
            while self._is_outdated:
                self._is_outdated = False
                await self.compute()
        finally:
            self.is_computing = False

    @property
    def is_outdated(self) -> bool:
        """Return whether the figures in the making are to be computed once more."""
        return self._is_outdated

    async def compute(self) -> None:
        """Compute all figures and show them."""
        raise NotImplementedError

    def action_currency(self) -> None:
        """Switch to the next currency."""
        known = self.currencies
        if len(known) < 2:
            self.context.show_message("All sales are in one currency")
            return
        at = known.index(self.currency) if self.currency in known else 0
        self.currency = known[(at + 1) % len(known)]
        self.reload_soon()
