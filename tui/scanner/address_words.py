"""Facts about one address of an I2C bus, in words."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style

from hostcore.chips.library import Library, library_with
from hostcore.events import Confidence
from hostcore.events.facts import ScanMode
from hostcore.place import BusName
from hostcore.quick_dataclass import dataclass
from hostcore.view.scans import Owners, owners
from hostcore.view.view import View
from tui.document import wrapped
from tui.finding_words import ink_of, sentence_of
from tui.lines import Line
from tui.look import Look
from tui.text import counted, safe

MODES = {
    ScanMode.AUTO: "as i2cdetect: reads a byte at 0x30-0x37 and 0x50-0x5f, elsewhere writes only the address",
    ScanMode.QUICK: "writes only the address; can corrupt a few chips (Atmel AT24RF08)",
    ScanMode.READ: "reads one byte; can lock up a few chips that only take writes",
}
"""How each mode probes, and the harm it can do."""


@dataclass(frozen=True, slots=True)
class AddressWords:
    """Writes the lines about one address."""

    view: View
    look: Look
    bus: BusName
    address: int

    def lines(self, width: int) -> Iterator[Line]:
        """All lines, for a width in cells: presence, users, findings, traffic and chip."""
        yield from self._who(width)
        yield from self._findings(width)
        yield from self._traffic(width)
        yield from self._chip(width)

    def _who(self, width: int) -> Iterator[Line]:
        line = f"0x{self.address:02x} {self._presence()}"
        owner = self._owners()
        if len(owner.writers) > 1:
            yield from wrapped(f"{line}, CONFLICT: {' and '.join(owner.writers)} may use it", self.look.bad, width)
        else:
            users = f", used by {', '.join(owner.names)}" if owner.names else ""
            yield from wrapped(line + users, self.look.strong, width)

    def _findings(self, width: int) -> Iterator[Line]:
        for raised in self.view.findings.about_device(self.bus, self.address):
            finding = raised.finding
            yield from wrapped(f"{finding.confidence}: {sentence_of(finding)}", ink_of(finding, self.look), width)
            yield from wrapped(f"-> {safe(finding.advice)}", self.look.accent, width)

    def _good(self) -> Style:
        """The style of good news. There is none about an address with a finding that is certain or likely."""
        about = self.view.findings.about_device(self.bus, self.address)
        return self.look.plain if any(each.finding.is_grave for each in about) else self.look.good

    def _presence(self) -> str:
        scan = self.view.scans.of(self.bus)
        probed = scan.found.get(self.address) if scan else None
        if scan is None or probed is None:
            return "not scanned" if self.view.connection.is_recorded else "not scanned: press s"
        change = ", new since the last scan" if self.address in scan.appeared else ""
        change = ", gone since the last scan" if self.address in scan.vanished else change
        if (stuck := self.view.health.stuck(self.bus)) is not None:
            change = f" in the last scan; now the bus is stuck: {stuck.stuck_words}"
        return probed.presence.value + change + (f", {safe(probed.detail)}" if probed.detail else "")

    def _traffic(self, width: int) -> Iterator[Line]:
        traffic = self.view.scans.traffic(self.bus, self.address)
        if traffic is None:
            return
        text = f"{counted(traffic.transfers, 'transfer')}, {counted(traffic.failed, 'failure')}"
        yield from wrapped(text, self.look.bad if traffic.failed else self.look.plain, width)
        if traffic.last_error:
            yield from wrapped(f"last failure: {safe(traffic.last_error)}", self.look.bad, width)
        if seen := len(self.view.traffic.registers.cells(self.bus, self.address)):
            yield from wrapped(f"{counted(seen, 'register')} seen: Enter shows them", self.look.plain, width)

    def _chip(self, width: int) -> Iterator[Line]:
        """The chip if it is known, or what its driver is for; else the chips that it could be."""
        told = self.view.scans.identity(self.bus, self.address)
        if told is not None and told.chips:
            yield from wrapped(f"is {' or '.join(told.chips)}: {safe(told.detail)}", self._good(), width)
            return
        if told is not None and told.is_contradictory:
            yield from wrapped(f"answers differently each time: {safe(told.detail)}", self.look.bad, width)
        elif told is not None:
            yield from wrapped(f"not identified: {safe(told.detail)}", self.look.warn, width)
        site = self.view.traffic.sites.chip(self.bus, self.address)
        if site.confidence is not Confidence.POSSIBLE:
            ink = self._good() if site.confidence is Confidence.CERTAIN else self.look.plain
            yield from wrapped(f"{site.words}: {safe(site.why)}", ink, width)
            return
        was_asked = told is not None and not told.is_contradictory
        if self.view.scans.is_empty(self.bus, self.address) and not self._owners().names:
            return
        if chips := could_be(self._library(), self.address, was_asked=was_asked):
            yield from wrapped(f"could be {chips}", self.look.muted, width)

    def _owners(self) -> Owners:
        owned = owners(each.facts for each in self.view.plugins.all() if each.facts)
        return owned.get((self.bus, self.address), Owners())

    def _library(self) -> Library:
        return library_with(self.view.facts.chips_folder)


def could_be(library: Library, address: int, *, was_asked: bool = False) -> str:
    """The known chips that may have this address: ``BME680, BME280 (air sensor), BMP180 (pressure sensor)``.

    Args:
        library: the chips.
        address: 7 bits.
        was_asked: whether identification registers were read in vain. Leaves out the chips that have one.
    """
    chips = [chip for chip in library.at(address) if not (was_asked and chip.identity)]
    by_purpose: dict[str, list[str]] = {}
    for chip in chips:
        by_purpose.setdefault(chip.purpose, []).append(chip.name)
    return ", ".join(f"{', '.join(names)} ({purpose})" for purpose, names in by_purpose.items())
