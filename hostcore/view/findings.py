"""The present findings of the diagnosis, and what each of them concerns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hostcore.events import Confidence, ConnectionRestored, EventsDropped, Finding, FindingCleared, FindingRaised
from hostcore.events.event_json import to_json
from hostcore.events.findings import FindingKey
from hostcore.permissions import GpioPermission, I2cPermission, Permission, SpiPermission
from hostcore.place import BusName
from hostcore.view.part import MayUse, Part, Takers


class Findings(Part):
    """What the diagnosis finds wrong now.

    Attributes:
        revision: grows whenever they change.
    """

    def __init__(self) -> None:
        self._present: dict[FindingKey, FindingRaised] = {}
        self._sorted: tuple[FindingRaised, ...] = ()
        self._permissions: dict[str, tuple[Permission, ...]] = {}
        self.revision = 0

    def __len__(self) -> int:
        return len(self._present)

    def takes(self) -> Takers:
        return {
            FindingRaised: self.raise_,
            FindingCleared: self.clear,
            EventsDropped: self.forget,
            ConnectionRestored: self.meet,
        }

    def know(self, plugins: tuple[MayUse, ...]) -> None:
        """Learn which plugins may use which device."""
        self._permissions = {each.name: each.permissions for each in plugins}

    def all(self) -> tuple[FindingRaised, ...]:
        """The findings: the surest first, and of equally sure ones the oldest."""
        return self._sorted

    def about_plugin(self, plugin: str) -> Iterator[FindingRaised]:
        """The findings about a plugin: its own, and those about devices and buses that it may use."""
        granted = self._permissions.get(plugin, ())
        for each in self.all():
            finding = each.finding
            shares = not finding.plugin and any(_is_at(permission, finding) for permission in granted)
            if finding.plugin == plugin or shares:
                yield each

    def trouble_of(self, plugin: str) -> FindingRaised | None:
        """The surest finding because of which a plugin must not look healthy; None if there is none."""
        return next((each for each in self.about_plugin(plugin) if each.finding.is_grave), None)

    def failure_of(self, plugin: str) -> FindingRaised | None:
        """The surest finding because of which a plugin can crash or report only errors; None if there is none."""
        grave = (each for each in self.about_plugin(plugin) if each.finding.is_grave)
        return next((each for each in grave if each.finding.explains_failure), None)

    def about_device(self, bus: BusName, address: int) -> Iterator[FindingRaised]:
        """The findings about a device, and those about its whole bus."""
        return (each for each in self.all() if each.finding.bus == bus and each.finding.address in (address, None))

    def at_addresses(self, bus: BusName) -> dict[int, Finding]:
        """The surest finding about each address of a bus that has one."""
        found = (each.finding for each in reversed(self._sorted))
        return {each.address: each for each in found if each.bus == bus and each.address is not None}

    def about_readings(self) -> dict[tuple[str, str], Finding]:
        """The surest finding about each reading that has one, by plugin and key."""
        found = (each.finding for each in reversed(self._sorted))
        return {(each.plugin, each.reading): each for each in found if each.reading}

    def counts(self) -> Counter[tuple[str, Confidence]]:
        """How many findings there are of each kind and confidence."""
        return Counter((each.finding.kind, each.finding.confidence) for each in self._present.values())

    def raise_(self, event: FindingRaised) -> None:
        """There is a finding, a new sentence for one, or one still holds."""
        before = self._present.get(event.finding.key)
        if before is None or (before.finding, before.since_ns) != (event.finding, event.since_ns):
            self._present[event.finding.key] = event
            self._changed()

    def clear(self, event: FindingCleared) -> None:
        """A finding holds no longer."""
        self._present.pop(event.finding.key, None)
        self._changed()

    def forget(self, _lost: EventsDropped) -> None:
        """Some may hold no longer, and nobody would say so. Those that still hold are raised again within a minute."""
        self._present.clear()
        self._changed()

    def meet(self, event: ConnectionRestored) -> None:
        """A host that was started again says what it finds."""
        if event.is_new_host:
            self._present.clear()
            self._changed()

    def _changed(self) -> None:
        self._sorted = tuple(sorted(self._present.values(), key=lambda each: each.urgency))
        self.revision += 1


def finding_json(raised: FindingRaised) -> dict[str, Any]:
    """A finding for JSON: the fields of `Finding`, and ``since_ns``."""
    return {**to_json(raised.finding), "since_ns": raised.since_ns}


def _is_at(permission: Permission, finding: Finding) -> bool:
    """Whether a permission is for the device of a finding, or for a device on the bus that it is about."""
    if finding.bus is None or getattr(permission, "bus_name", None) != finding.bus:
        return False
    match permission:
        case I2cPermission(first=first, last=last):
            return finding.address is None or first <= finding.address <= last
        case SpiPermission(chip_select=place) | GpioPermission(line=place):
            return finding.address in {None, place}
        case _:
            return finding.address is None
