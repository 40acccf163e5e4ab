"""All devices in the words of their chips, folded from the events: the evidence of the rules that read chip files."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.decoding.sites import Sites
from hostcore.diagnosis.chip_record import ChipRecord
from hostcore.events import Confidence, Outcome, TransferCompleted
from hostcore.events.facts import PluginFacts
from hostcore.place import BusKind, BusName

MOST_CHIPS = 256
"""Devices that are kept. Further ones are left out."""
KINDS = (BusKind.I2C, BusKind.SPI)
"""The buses whose devices have registers or commands."""


class Chips:
    """The devices whose chips are known, or likely. For one thread.

    Args:
        sites: which chip is at each address. It is fed here.

    Attributes:
        sites: the same.
        gap_ns: when events were last lost; 0 if none ever were.
    """

    def __init__(self, sites: Sites) -> None:
        self.sites = sites
        self.gap_ns = 0
        self._records: dict[tuple[BusName, int], ChipRecord] = {}
        self._loaded_ns: dict[str, int] = {}
        self._woken: set[str] = set()

    @property
    def has_gaps(self) -> bool:
        """Whether events were lost. Then, what was not seen may have happened."""
        return self.gap_ns > 0

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Learn which plugins there are now."""
        names = {each.name for each in plugins}
        self._loaded_ns = {name: at_ns for name, at_ns in self._loaded_ns.items() if name in names}
        self.sites.know(plugins)

    def take(self, transfer: TransferCompleted) -> None:
        """Take in a transfer."""
        self.sites.take(transfer)
        if transfer.address is None or transfer.outcome is Outcome.DENIED or transfer.bus.kind not in KINDS:
            return
        found = self.sites.chip(transfer.bus, transfer.address)
        site = transfer.bus, transfer.address
        record = self._records.get(site)
        chip = found.chip if found.confidence is not Confidence.POSSIBLE else None
        if chip is None:
            return
        if record is None or record.chip is not chip:
            if record is None and len(self._records) >= MOST_CHIPS:
                return
            record = self._records[site] = ChipRecord(*site, chip)
        record.take(transfer)

    def load(self, plugin: str, time_ns: int) -> None:
        """A plugin was loaded: a new instance of it, or a new version."""
        self._loaded_ns[plugin] = time_ns
        self._woken.discard(plugin)
        for record in self._records.values():
            record.forget(plugin)

    def miss(self, time_ns: int) -> None:
        """Events were lost."""
        self.gap_ns = time_ns
        for record in self._records.values():
            record.miss()

    def interrupt(self, bus: BusName) -> None:
        """A line of a bus is held low. The chips saw nothing of what was sent, so nothing else is missing."""
        for record in self._records.values():
            if record.bus == bus:
                record.miss()

    def wake(self, plugin: str) -> None:
        """A plugin that was being loaded goes on where it was in an earlier run of the host."""
        self._woken.add(plugin)

    def is_woken(self, plugin: str) -> bool:
        """Whether a plugin may have set up its chips in an earlier run of the host."""
        return plugin in self._woken

    def loaded_ns(self, plugin: str) -> int:
        """Return when a plugin was last loaded, in nanoseconds since the Unix epoch; 0 if that was not seen."""
        return self._loaded_ns.get(plugin, 0)

    def is_complete(self, plugin: str) -> bool:
        """Whether everything was seen that the instance of a plugin did."""
        return not self.is_woken(plugin) and (not self.has_gaps or self.loaded_ns(plugin) > self.gap_ns)

    def record(self, bus: BusName, address: int | None) -> ChipRecord | None:
        """Return a device, if its chip is known or likely."""
        return None if address is None else self._records.get((bus, address))

    def records(self) -> Iterator[ChipRecord]:
        """Return all devices whose chips are known or likely."""
        return iter(self._records.values())

    def is_certain(self, record: ChipRecord) -> bool:
        """Whether the chip of a device has identified itself."""
        found = self.sites.chip(record.bus, record.address)
        return found.chip is record.chip and found.confidence is Confidence.CERTAIN
