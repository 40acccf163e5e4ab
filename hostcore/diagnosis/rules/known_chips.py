"""What the rules that read chip files have in common: which devices they judge, and how they speak of them."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.chip_record import ChipRecord
from hostcore.diagnosis.records import DeviceRecord, PluginRecord
from hostcore.diagnosis.rules.silence import is_wanted
from hostcore.diagnosis.wording import both, only, place
from hostcore.events import Confidence, Evidence, Finding
from hostcore.quick_dataclass import dataclass

GRACE_NS = 15 * NS_PER_S
"""Nanoseconds after a plugin was loaded in which it keeps its old findings: it may not have got there again."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A device that a rule judges, with its chip."""

    case: Case
    record: ChipRecord
    device: DeviceRecord

    @property
    def sure(self) -> Confidence:
        """How sure a finding is that has no other explanation, if the chip is the one."""
        return Confidence.CERTAIN if self.case.chips.is_certain(self.record) else Confidence.LIKELY

    @property
    def name(self) -> str:
        """The chip's name."""
        return self.record.chip.name

    @property
    def chip(self) -> str:
        """The chip for a person, within a sentence after "the": ``BME280 at 0x76 on i2c-1``."""
        return f"{self.name} at {place(self.record.bus, self.record.address)}"

    @property
    def driver(self) -> str:
        """The plugins that use the device, for a person."""
        return both(self.device.plugins)

    @property
    def plugins(self) -> list[PluginRecord]:
        """The plugins that use the device."""
        return [self.case.plugins[name] for name in self.device.plugins if name in self.case.plugins]

    def is_whole(self, plugin: str) -> bool:
        """Whether all transfers of a plugin with the device were seen since the plugin was loaded."""
        chips, first_ns = self.case.chips, self.record.first_ns
        return chips.is_complete(plugin) and first_ns <= max(self.device.first_ns, chips.loaded_ns(plugin))

    def publishes(self, plugin: PluginRecord, *words: str) -> bool:
        """Whether the last reading of a plugin has a number whose key contains one of these words."""
        keys = plugin.readings[-1].numbers if plugin.readings else {}
        return any(word in key.lower() for key in keys for word in words)

    def register(self, number: int) -> str:
        """A register for a person: ``ctrl_meas (0xf4)``, or ``0xf4`` if the chip file does not list it."""
        found = self.record.chip.register_around(number)
        digits = f"0x{number:0{2 * max(1, self.record.chip.bus.register_bytes)}x}"
        return f"{found.name} ({digits})" if found else digits

    def finding(
        self,
        kind: str,
        sentence: str,
        advice: str,
        sure: Confidence,
        *,
        evidence: tuple[Evidence, ...],
        plugin: str = "",
        reading: str = "",
    ) -> Finding:
        """Return a finding about how a plugin uses the device; by default, about the only one that does."""
        return Finding(
            kind,
            sentence,
            advice,
            sure,
            evidence,
            plugin or only(self.device.plugins),
            self.record.bus,
            self.record.address,
            reading,
            is_simulated=self.device.is_simulated,
        )


def judged(case: Case) -> tuple[Subject, ...]:
    """Return the devices that have the chip that their drivers are for, as far as is known."""
    return case.once(_subjects)


def _subjects(case: Case) -> tuple[Subject, ...]:
    return tuple(_wanted(case))


def _wanted(case: Case) -> Iterator[Subject]:
    for record in case.chips.records():
        device = case.device(record.bus, record.address)
        if device is None or not is_wanted(case, device) or _contradicts(record):
            continue
        expected = case.expected_at(device)
        if not expected or any(chip is record.chip for chip in expected):
            yield Subject(case, record, device)


def _contradicts(record: ChipRecord) -> bool:
    """Whether a register that always reads the same read otherwise: then it is another chip, or the bits flip."""
    for each in record.chip.identity:
        use = record.registers.get(each.register.address)
        if use is not None and any(value not in each.answers for value in use.values):
            return True
    return False


def is_at_work(case: Case, plugin: str) -> bool:
    """Whether a plugin is at work."""
    return plugin in case.plugins and case.plugins[plugin].is_at_work


def is_present(case: Case, plugin: str, last_ns: int) -> bool:
    """Whether what a plugin did still counts: it is at work, and was not loaded again since, or only just now."""
    if not is_at_work(case, plugin):
        return False
    loaded_ns = case.chips.loaded_ns(plugin)
    return last_ns >= loaded_ns or case.now_ns - loaded_ns < GRACE_NS
