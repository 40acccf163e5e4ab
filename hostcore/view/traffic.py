"""The last transfers."""

from __future__ import annotations

from hostcore.events import TransferCompleted
from hostcore.view.feed import Feed
from hostcore.view.part import Part, Takers

TRANSFERS = 5_000
"""Transfers that are kept; one that carries `TRANSFER_BYTES` or more counts for several."""
TRANSFER_BYTES = 200
"""Bytes that a transfer may carry before it counts for two."""
EDGE_BYTES = 100
"""Bytes that an edge of a capture counts for; it takes 92 in memory."""


class Traffic(Feed[TransferCompleted], Part):
    """The transfers of all plugins, on all buses."""

    def __init__(self) -> None:
        super().__init__(TRANSFERS, _weight)

    def takes(self) -> Takers:
        return {TransferCompleted: self.append}


def _weight(transfer: TransferCompleted) -> int:
    carried = EDGE_BYTES * len(transfer.edges)
    for message in transfer.messages:
        carried += len(message.data)
    return 1 + carried // TRANSFER_BYTES
