"""The same for several accounts at once, so that one that hangs does not hold up the others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ..config import AccountSettings


def side_by_side(action: Callable[[AccountSettings], None], accounts: Sequence[AccountSettings]) -> None:
    """Do it for all of them, and wait. Raises what one of them has raised."""
    if len(accounts) == 1:
        action(accounts[0])
        return
    raised: list[BaseException] = []

    def guarded(account: AccountSettings) -> None:
        try:
            action(account)
        except BaseException as exc:  # noqa: BLE001  # raised again by the caller, below
            raised.append(exc)

    threads = [threading.Thread(target=guarded, args=(each,), daemon=True) for each in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
