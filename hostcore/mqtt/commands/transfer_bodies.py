"""What the messages of ``events/traffic`` say: each transfer, in the words of its chip if that is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from hostcore.chips.model import Chip
from hostcore.clock import timestamp
from hostcore.decoding.decoded import Earlier
from hostcore.decoding.decoder import decode
from hostcore.decoding.registers import RegisterMemory
from hostcore.decoding.sites import Sites
from hostcore.decoding.words import line
from hostcore.events import Event, TransferCompleted
from hostcore.events.facts import PluginFacts
from hostcore.log.safe_text import log_line
from hostcore.place import BusKind

MOST_BYTES = 256
"""The most bytes of a transfer that are told. The frame of a display has a thousand, ten times a second."""
LONGEST_TEXT = 500
"""The most characters of a transfer in words."""


class TransferBodies:
    """Describes transfers. It must get all of them, because the words of one depend on those before. For one thread.

    Args:
        plugins: the present plugins; their names tell which chips they are for.
    """

    def __init__(self, plugins: tuple[PluginFacts, ...]) -> None:
        from hostcore.chips.library import shipped_library  # noqa: PLC0415 - reads files

        self._sites = Sites(shipped_library())
        self._sites.know(plugins)
        self._registers = RegisterMemory(self._sites)

    def __call__(self, event: Event) -> Callable[[], dict[str, Any]]:
        """Take in a transfer, and return what makes its message: most transfers of a busy bus have none."""
        assert isinstance(event, TransferCompleted)
        self._sites.take(event)
        return partial(self._body, event, self._registers.take(event))

    def _body(self, event: TransferCompleted, earlier: Earlier) -> dict[str, Any]:
        flags = {"simulated": event.is_simulated, "injected": event.is_injected}
        body = {
            "time": timestamp(event.time_ns),
            "plugin": event.plugin,
            "bus": event.bus,
            "address": event.address,
            "text": log_line(self._words(event, earlier), LONGEST_TEXT),
            "outcome": event.outcome.value,
            "messages": _messages(event),
            "duration": event.duration_ns / 1e9,
            "line": event.source_line,
        }
        problem = {"problem": event.detail} if event.detail else {}
        return {**body, **problem, **{name: True for name, holds in flags.items() if holds}}

    def _words(self, transfer: TransferCompleted, earlier: Earlier) -> str:
        return line(decode(transfer, self._chip(transfer), earlier.values, earlier), transfer.address)

    def _chip(self, transfer: TransferCompleted) -> Chip | None:
        if transfer.address is None or transfer.bus.kind not in (BusKind.I2C, BusKind.SPI):
            return None
        return self._sites.chip(transfer.bus, transfer.address).chip


def _messages(transfer: TransferCompleted) -> list[dict[str, str]]:
    """The bytes of each message as hexadecimal digits, up to `MOST_BYTES` of the whole transfer."""
    found, left = list[dict[str, str]](), MOST_BYTES
    for each in transfer.messages:
        found.append({"write" if each.written else "read": each.data[: max(0, left)].hex()})
        left -= len(each.data)
    return found[:MOST_BYTES]
