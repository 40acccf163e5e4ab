"""A chip's calibration that its driver does not read, reads only in part, or reads from the wrong place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from hostcore.chips.model import Access, Chip, Register, Role
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import PluginRecord
from hostcore.diagnosis.rules.known_chips import Subject, judged
from hostcore.diagnosis.wording import both, observation
from hostcore.events import Confidence, Evidence, Finding

LEAST = 5
"""Results and readings, before the calibration must have been read."""
MOST_NAMES = 4
"""Missing registers that a sentence names."""
QUANTITIES: Mapping[str, str] = {"T": "temp", "P": "press", "H": "hum", "G": "gas"}
"""What the key of a reading contains if the driver needs the parameters of a group with this last letter."""
UNUSED = "calib"
"""The beginning of the names of bytes that Bosch lists with the calibration, but that no formula uses."""


def calibrations(case: Case) -> Iterator[Finding]:
    """Compare what drivers read of the calibration with what their chips have."""
    for subject in judged(case):
        groups = _groups(subject.record.chip)
        for plugin in subject.plugins if groups else ():
            if plugin.is_at_work and subject.is_whole(plugin.name) and _has_measured(subject, plugin):
                finding = _judged(subject, plugin, groups)
                if finding is not None:
                    yield finding


def _has_measured(subject: Subject, plugin: PluginRecord) -> bool:
    """Whether the plugin has turned results into readings since it was loaded."""
    since_ns = subject.case.chips.loaded_ns(plugin.name)
    own = [each for each in subject.record.results if each.transfer.plugin == plugin.name]
    results = sum(each.transfer.time_ns >= since_ns for each in own)
    return results >= LEAST and sum(each.time_ns >= since_ns for each in plugin.readings) >= LEAST


def _groups(chip: Chip) -> dict[str, list[Register]]:
    """The parameters of a chip whose results mean nothing without them, by the beginning of their names."""
    if any(result.scale.unit for result in chip.results):
        return {}
    groups: dict[str, list[Register]] = {}
    for register in chip.registers:
        is_parameter = register.role is Role.CALIBRATION and register.access is Access.READ_ONLY
        if is_parameter and not register.name.startswith(UNUSED):
            groups.setdefault(re.split(r"\d", register.name)[0], []).append(register)
    return groups


def _judged(subject: Subject, plugin: PluginRecord, groups: Mapping[str, Sequence[Register]]) -> Finding | None:
    coverage = subject.record.coverage.get(plugin.name, {})
    needed = {name: group for name, group in groups.items() if _is_needed(subject, plugin, name)}
    if not needed:
        return None
    if not any(coverage.get(register.address) for group in needed.values() for register in group):
        return _not_read(subject, plugin)
    for name, group in needed.items():
        missing = [each for each in group if coverage.get(each.address, 0) != (1 << each.size) - 1]
        if missing and (len(missing) < len(group) or name[-1:].upper() in QUANTITIES):
            return _partial(subject, plugin, missing)
    return None


def _is_needed(subject: Subject, plugin: PluginRecord, name: str) -> bool:
    """Whether a driver with these readings needs the parameters of a group."""
    word = QUANTITIES.get(name[-1:].upper())
    return word is None or subject.publishes(plugin, word)


def _not_read(subject: Subject, plugin: PluginRecord) -> Finding | None:
    if not subject.publishes(plugin, *QUANTITIES.values()):
        return None
    last = next(each for each in reversed(subject.record.results) if each.transfer.plugin == plugin.name)
    return subject.finding(
        "calibration-not-read",
        f"{plugin.name} never reads the calibration of the {subject.chip}. Without it, nobody can tell what the "
        "chip's numbers mean.",
        f"Read the calibration in the setup of {plugin.name}, and use the formulas of the data sheet.",
        Confidence.LIKELY,
        evidence=(observation(last.transfer, "a result"),),
        plugin=plugin.name,
    )


def _partial(subject: Subject, plugin: PluginRecord, missing: Sequence[Register]) -> Finding:
    names = [subject.register(each.address) for each in missing[:MOST_NAMES]]
    more = f" and {len(missing) - MOST_NAMES} more" if len(missing) > MOST_NAMES else ""
    shown = f"{', '.join(names)}{more}" if more else both(names)
    inside = _begun_inside(subject, plugin)
    where = f" It begins at 0x{inside[0]:02x}, in the middle of {subject.register(inside[1])}." if inside else ""
    return subject.finding(
        "calibration-wrong-place" if inside else "calibration-partial",
        f"{plugin.name} reads only a part of the calibration of the {subject.chip}: {shown} "
        f"{'are' if len(missing) > 1 else 'is'} missing.{where}",
        "Compare the first register and the number of bytes of each read with the data sheet.",
        Confidence.LIKELY,
        evidence=_reads(subject),
        plugin=plugin.name,
    )


def _reads(subject: Subject) -> tuple[Evidence, ...]:
    """The transfers that read parameters, as evidence."""
    uses = [use for use in subject.record.registers.values() if use.register.role is Role.CALIBRATION]
    transfers = {use.last.sequence: use.last for use in uses if use.last is not None}
    return tuple(observation(each) for each in list(transfers.values())[:3])


def _begun_inside(subject: Subject, plugin: PluginRecord) -> tuple[int, int] | None:
    """The number at which a read began in the middle of a parameter, and the number of that parameter."""
    for number in sorted(subject.record.begun_reads.get(plugin.name, ())):
        register = subject.record.chip.register_around(number)
        if register is not None and register.role is Role.CALIBRATION and register.address != number:
            return number, register.address
    return None
