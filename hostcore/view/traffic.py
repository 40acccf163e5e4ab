"""The last transfers."""

from __future__ import annotations

from dataclasses import replace

from hostcore.events import TransferCompleted
from hostcore.view.feed import Feed
from hostcore.view.part import Part, Takers

TRANSFERS = 5_000
"""Transfers that are kept; one that carries `TRANSFER_BYTES` or more counts for several."""
TRANSFER_BYTES = 200
"""Bytes that a transfer may carry before it counts for two."""
MESSAGE_BYTES = 90
"""Bytes that a message takes besides its data. The first three of a transfer come with it."""


class Traffic(Feed[TransferCompleted], Part):
    """The transfers of all plugins, on all buses, without the edges of captures.

    An edge takes about 90 bytes, and a capture has up to 1,024 of them: 5,000 captures would hold 450 MB.
    """

    def __init__(self) -> None:
        super().__init__(TRANSFERS, _weight)

    def takes(self) -> Takers:
        return {TransferCompleted: self._take}

    def _take(self, transfer: TransferCompleted) -> None:
        self.append(replace(transfer, edges=()) if transfer.edges else transfer)


def _weight(transfer: TransferCompleted) -> int:
    further = len(transfer.messages[3:]) * MESSAGE_BYTES
    return 1 + (sum(len(message.data) for message in transfer.messages) + further) // TRANSFER_BYTES
