"""The last transfers."""

from __future__ import annotations

from hostcore.events import TransferCompleted
from hostcore.view.feed import Feed
from hostcore.view.part import Part, Takers

TRANSFERS = 5_000
"""Transfers that are kept; one of more than `TRANSFER_BYTES` counts for several."""
TRANSFER_BYTES = 200
"""Bytes that a transfer may carry before it counts for two."""


class Traffic(Feed[TransferCompleted], Part):
    """The transfers of all plugins, on all buses."""

    def __init__(self) -> None:
        super().__init__(TRANSFERS, _weight)

    def takes(self) -> Takers:
        return {TransferCompleted: self.append}


def _weight(transfer: TransferCompleted) -> int:
    carried = 0
    for message in transfer.messages:
        carried += len(message.data)
    return 1 + carried // TRANSFER_BYTES
