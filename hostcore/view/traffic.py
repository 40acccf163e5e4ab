"""The last transfers, each with what its decoding needs, and the transfers behind each plugin's last reading."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.chips.library import Library, shipped_library
from hostcore.decoding.decoded import NOTHING_EARLIER, Decoded, Earlier
from hostcore.decoding.decoder import decode
from hostcore.decoding.pulses import Capture
from hostcore.decoding.registers import RegisterMemory
from hostcore.decoding.sites import UNKNOWN, SiteChip, Sites
from hostcore.events import ChipIdentified, ConnectionRestored, ReadingFailed, ReadingPublished, TransferCompleted
from hostcore.events.facts import PluginFacts
from hostcore.place import BusKind, BusName
from hostcore.quick_dataclass import dataclass, replace
from hostcore.ring import Ring
from hostcore.view.feed import Feed
from hostcore.view.part import Part, Takers

TRANSFERS = 5_000
"""Transfers that are kept; one that carries `TRANSFER_BYTES` or more counts for several."""
TRANSFER_BYTES = 200
"""Bytes that a transfer may carry before it counts for two."""
MESSAGE_BYTES = 90
"""Bytes that a message takes besides its data. The first three of a transfer come with it."""
READING_TRANSFERS = 200
"""Transfers that are kept of each plugin's last reading; one that carries many bytes counts for several."""
MOST_DEVICES = 1_024
"""Devices whose last transfer is remembered."""
MOST_READERS = 256
"""Plugins whose transfers are kept apart. Those of further ones are only in the list of all."""
REACH = 64
"""The most transfers that one which began earlier goes before. Each comes when it has ended, so a long one is late."""
LATE_NS = 5_000_000_000
"""A transfer that began longer before the newest one is not late: the clock was set back."""
LEAST_UNDER_WAY = 8
"""Accesses that may be under way at the same time, if there are fewer plugins. Each thread of a plugin has one."""
CHIPPED = (BusKind.I2C, BusKind.SPI)
"""The buses that have chips with chip files."""


@dataclass(frozen=True, slots=True)
class SeenTransfer:
    """A transfer, and the part of the past that its decoding needs."""

    transfer: TransferCompleted
    """Without the edges of a capture, which take much memory."""
    site: SiteChip = UNKNOWN
    """The chip, as far as it was known when the transfer came."""
    earlier: Earlier = NOTHING_EARLIER
    gap_ns: int | None = None
    """Nanoseconds since the end of the transfer before on the same bus. None if unknown, or if this one is late."""
    device_gap_ns: int | None = None
    """The same for the same device."""
    follows_lost: bool = False
    """Whether transfers right before it are missing, on any bus: they were not kept, or were lost on the way here."""
    capture: Capture | None = None
    """The pulses of a GPIO capture."""
    weight: int = 1
    """The transfers that it counts for, because of its size."""

    @property
    def whole(self) -> TransferCompleted:
        """The transfer with the edges of its capture."""
        return replace(self.transfer, edges=self.capture.edges) if self.capture else self.transfer

    def decoded(self) -> Decoded:
        """Return its bytes in the words of its chip."""
        return decode(self.transfer, self.site.chip, self.earlier.values, self.earlier)


class ReadingTransfers:
    """The transfers of one plugin, by the reading that they are for."""

    def __init__(self) -> None:
        self._since = self._ring()
        self._last = self._ring()
        self.ended_ns = 0
        """When the last reading came; 0 before the first."""

    @property
    def last(self) -> tuple[SeenTransfer, ...]:
        """Those between the reading before the last one and the last one, oldest first."""
        return tuple(self._last.all())

    @property
    def left_out(self) -> int:
        """How many of those are not kept any more."""
        return self._last.first

    def take(self, seen: SeenTransfer) -> None:
        """One more transfer."""
        self._since.append(seen)

    def end(self, time_ns: int) -> None:
        """A reading has come, or has failed."""
        self._last, self._since, self.ended_ns = self._since, self._ring(), time_ns

    @staticmethod
    def _ring() -> Ring[SeenTransfer]:
        return Ring(READING_TRANSFERS, _weight_of)


class Traffic(Feed[SeenTransfer], Part):
    """The transfers of all plugins, on all buses, in the order in which they got their bus.

    Args:
        library: the chip files.

    Attributes:
        sites: which chip is at each address.
        registers: the registers of each device as they were last seen.
    """

    def __init__(self, library: Library | None = None) -> None:
        super().__init__(TRANSFERS, _weight_of)
        self.sites = Sites(library or shipped_library())
        self.registers = RegisterMemory(self.sites)
        self._ends: dict[tuple[BusName, int | None] | BusName, int] = {}
        self._readers: dict[str, ReadingTransfers] = {}
        self._newest, self._most_under_way = 0, LEAST_UNDER_WAY

    def takes(self) -> Takers:
        return {
            TransferCompleted: self._take,
            ChipIdentified: self.sites.identify,
            ReadingPublished: self._reading,
            ReadingFailed: self._reading,
            ConnectionRestored: self._meet,
        }

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Learn which plugins there are now. The readings of those that are gone are forgotten."""
        self.sites.know(plugins)
        self._most_under_way = max(LEAST_UNDER_WAY, len(plugins))
        names = {each.name for each in plugins}
        self._readers = {name: each for name, each in self._readers.items() if name in names}

    def of_reading(self, plugin: str) -> ReadingTransfers:
        """Return the transfers behind a plugin's last reading."""
        return self._readers.get(plugin) or ReadingTransfers()

    def told(self, transfers: Iterable[TransferCompleted]) -> list[SeenTransfer]:
        """Return transfers of a report, as far as what is known now of their chips helps to decode them."""
        return [SeenTransfer(_light(each), self._site(each), capture=Capture.of(each.edges)) for each in transfers]

    def _take(self, transfer: TransferCompleted) -> None:
        self.sites.take(transfer)
        earlier = self.registers.take(transfer)
        follows_lost = self._follows_lost(transfer)
        device = transfer.bus, transfer.address
        capture = Capture.of(transfer.edges)
        seen = SeenTransfer(
            _light(transfer),
            self._site(transfer),
            earlier,
            self._since(transfer.bus, transfer.got_bus_ns),
            self._since(device, transfer.got_bus_ns),
            follows_lost,
            capture,
            _weight(transfer, capture),
        )
        if transfer.sequence and (len(self._ends) < MOST_DEVICES or device in self._ends):
            for place in (transfer.bus, device):
                self._ends[place] = max(self._ends.get(place, 0), transfer.left_bus_ns)
        self._keep(seen)
        if transfer.plugin in self._readers or len(self._readers) < MOST_READERS:
            self._readers.setdefault(transfer.plugin, ReadingTransfers()).take(seen)

    def _follows_lost(self, transfer: TransferCompleted) -> bool:
        """Look whether more transfers are missing than can be under way. Then nobody knows when the last one was."""
        before, self._newest = self._newest, max(self._newest, transfer.sequence)
        is_lost = 0 < before < transfer.sequence - 1 - self._most_under_way
        if is_lost:
            self._ends.clear()
        return is_lost

    def _meet(self, event: ConnectionRestored) -> None:
        if event.is_new_host:  # its numbers begin again
            self._newest = 0
            self._ends.clear()

    def _keep(self, seen: SeenTransfer) -> None:
        newest = next(self.items.newest_first(), seen)
        if _got_bus_ns(newest) - _got_bus_ns(seen) > LATE_NS:
            self.append(seen)
        else:
            self.put(seen, _got_bus_ns, REACH)

    def _site(self, transfer: TransferCompleted) -> SiteChip:
        if transfer.address is None or transfer.bus.kind not in CHIPPED:
            return UNKNOWN
        return self.sites.chip(transfer.bus, transfer.address)

    def _since(self, place: tuple[BusName, int | None] | BusName, began_ns: int) -> int | None:
        ended_ns = self._ends.get(place)
        return began_ns - ended_ns if ended_ns is not None and ended_ns <= began_ns else None

    def _reading(self, event: ReadingPublished | ReadingFailed) -> None:
        if reader := self._readers.get(event.plugin):
            reader.end(event.time_ns)


def _light(transfer: TransferCompleted) -> TransferCompleted:
    """The transfer without the edges of a capture: one takes about 90 bytes, and a capture has up to 1,024 of them."""
    return replace(transfer, edges=()) if transfer.edges else transfer


def _got_bus_ns(seen: SeenTransfer) -> int:
    return seen.transfer.got_bus_ns


def _weight_of(seen: SeenTransfer) -> int:
    return seen.weight


def _weight(transfer: TransferCompleted, capture: Capture | None) -> int:
    size = len(capture.packed) if capture else 0
    for message in transfer.messages:
        size += len(message.data)
    return 1 + (size + len(transfer.messages[3:]) * MESSAGE_BYTES) // TRANSFER_BYTES
