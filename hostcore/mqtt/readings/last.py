"""Readings that come after the front end has said good-bye: plugins end a moment later than front ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hostcore.broker.unsent import UnsentChanges, UnsentReading
from hostcore.mqtt.readings.outbox import Outbox


class LastReadings:
    """What waits for the broker, for the history. It implements `hostcore.broker.unsent.Unsent`.

    Args:
        outbox: the readings.
        take_rest: puts all readings into it that have come meanwhile. It is called when no plugin runs any more.
    """

    def __init__(self, outbox: Outbox, take_rest: Callable[[], None]) -> None:
        self._outbox, self._take_rest = outbox, take_rest
        self.found: Callable[[Sequence[UnsentReading]], None] = outbox.found
        self.forget_copy: Callable[[], None] = outbox.forget_copy
        self.not_copied: Callable[[str], None] = outbox.not_copied
        self.copied: Callable[[UnsentChanges], None] = outbox.copied

    def changes(self, *, is_last: bool) -> UnsentChanges:
        """See `hostcore.broker.unsent.Unsent`."""
        if is_last:
            self._take_rest()
        return self._outbox.changes(is_last=is_last)
