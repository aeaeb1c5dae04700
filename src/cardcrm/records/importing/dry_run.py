"""Do some work only to see what it would change."""

import contextlib
from collections.abc import Callable

from cardcrm.errors import CardcrmError
from cardcrm.store import Store


class _RollBackError(CardcrmError):
    """Raised to roll a dry run back."""


def dry_run(store: Store, work: Callable[[], None]) -> None:
    """Do some work and roll it back."""
    with contextlib.suppress(_RollBackError), store.transaction():
        work()
        raise _RollBackError("a dry run is rolled back")
