"""Trouble of a whole I2C bus: it is missing, empty, stuck, or all its devices fail together."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import BusRecord, DeviceRecord
from hostcore.diagnosis.rules.silence import BRIEF_NS, SILENT_TRANSFERS, answering, is_silent, is_wanted
from hostcore.diagnosis.wording import both, observation, place
from hostcore.events import Confidence, Evidence, Finding, Outcome, Presence, TransferCompleted
from hostcore.events.transfers import WIRE_FAULTS
from hostcore.place import BusKind, BusName

TOGETHER_NS = 5 * NS_PER_S
"""Devices of one bus whose trouble began within this time, in nanoseconds, have the same trouble."""
RECENT_NS = 60 * NS_PER_S
"""A device that was used within this time, in nanoseconds, is in use."""
BUS_FAULTS = (Outcome.BUS, Outcome.TIMEOUT, Outcome.ARBITRATION_LOSS)
"""Outcomes that are not a chip's refusal."""
PINS = {"i2c-0": "GPIO 0 (pin 27) and GPIO 1 (pin 28)", "i2c-1": "GPIO 2 (pin 3) and GPIO 3 (pin 5)"}
"""SDA and SCL on the 40-pin header (Raspberry Pi documentation, "GPIO and the 40-pin header")."""


def missing_buses(case: Case) -> Iterator[Finding]:
    """Find buses of host.toml that plugins need, but this machine does not offer."""
    for bus in case.buses.values():
        if bus.facts.is_usable:
            continue
        users = [each.name for each in case.plugins.values() if _needs(each.facts, bus.facts.name)]
        if users:
            yield Finding(
                "missing-bus",
                f"{bus.facts.name} cannot be used, so {both(users)} cannot work: {bus.facts.reason}",
                "wasi-host doctor says how to set it up.",
                Confidence.CERTAIN,
                (Evidence(f"at the start, {bus.facts.name} could not be opened"),),
                bus=bus.facts.name,
            )


def bus_trouble(case: Case) -> Iterator[Finding]:
    """Find I2C buses on which nothing works."""
    for name, bus in case.buses.items():
        if name.kind is BusKind.I2C and bus.facts.is_usable:
            found = _stuck(case, bus) or _empty(case, bus) or _together(case, bus)
            if found:
                yield found


def _needs(facts: object, bus: BusName) -> bool:
    permissions = getattr(facts, "permissions", ())
    return any(getattr(each, "bus_name", None) == bus for each in permissions)


def _in_use(case: Case, bus: BusRecord) -> list[DeviceRecord]:
    return [
        each
        for each in case.devices_on(bus.facts.name)
        if each.last is not None and case.now_ns - each.last.time_ns < RECENT_NS and is_wanted(case, each)
    ]


def _stuck(case: Case, bus: BusRecord) -> Finding | None:
    """Something holds SDA or SCL low, so that no transfer is possible."""
    name = bus.facts.name
    if low := case.doubts.low_lines(name):
        sentence = f"Something holds {both(low)} of {name} low, so nothing can talk on the bus."
        seen = [_last(each.last, each.count) for each in case.doubts.blind(name).values()]
        return _found(bus, "stuck-bus", (sentence, _UNSTICK.format(bus=name)), Confidence.CERTAIN, seen)
    devices = _in_use(case, bus)
    failing = [each for each in devices if each.last and each.last.outcome in BUS_FAULTS and _lasts(case, each, 2)]
    if failing and failing == devices and (len(failing) > 1 or _scan_failed(bus) or _timed_out(failing)):
        sentence = (
            f"Every transfer on {name} ends in a bus error, to every address: likely, a chip or a short "
            "circuit holds SDA or SCL low."
        )
        return _whole(bus, "stuck-bus", (sentence, _UNSTICK.format(bus=name)), Confidence.LIKELY, devices)
    return None


_UNSTICK = (
    "Try wasi-host unstick {bus}. If it stays low, switch the power off and on, then unplug the chips one by one."
)


def _lasts(case: Case, device: DeviceRecord, transfers: int) -> bool:
    """Whether the last transfers, at least this number, ended alike, and for longer than pushing a plug in takes."""
    return device.streak >= transfers and case.now_ns - device.streak_ns > BRIEF_NS


def _scan_failed(bus: BusRecord) -> bool:
    found = bus.found.values()
    return bool(found) and all(each.presence is Presence.FAULT for each in found)


def _timed_out(devices: list[DeviceRecord]) -> bool:
    return all(each.last is not None and each.last.outcome is Outcome.TIMEOUT for each in devices)


def _empty(case: Case, bus: BusRecord) -> Finding | None:
    """Nothing ever answered on this bus."""
    devices = case.devices_on(bus.facts.name)
    silent = [each for each in devices if is_silent(case, each)]
    if not silent or len(silent) < len(devices) or any(each.last_ok_ns for each in devices):
        return None
    name = bus.facts.name
    pins = f" ({PINS[name]})" if name in PINS else ""
    advice = f"Check 3.3 V and GND first, then whether SDA and SCL{pins} are swapped. Is it the right bus?"
    if bus.scan is not None and not answering(case, name) and bus.scan.time_ns > silent[0].first_ns:
        sentence = f"Nothing answers on {name}: a scan found no device at any address."
        return _whole(bus, "empty-bus", (sentence, advice), Confidence.CERTAIN, silent)
    if len(silent) > 1 and bus.scan is None:
        sentence = f"Nothing answers on {name}: none of the {len(silent)} devices that drivers look for."
        return _whole(bus, "empty-bus", (sentence, advice), Confidence.LIKELY, silent)
    return None


def _together(case: Case, bus: BusRecord) -> Finding | None:
    """All devices answered, and then stopped at the same time."""
    devices = _in_use(case, bus)
    failing = [
        each
        for each in devices
        if each.last and each.last.outcome in WIRE_FAULTS and _lasts(case, each, SILENT_TRANSFERS) and each.last_ok_ns
    ]
    if len(failing) < 2 or len(failing) < len(devices):
        return None
    began = [each.streak_ns for each in failing]
    if max(began) - min(began) > TOGETHER_NS:
        return None
    sentence = (
        f"All {len(failing)} devices in use on {bus.facts.name} stopped answering within "
        f"{max(1, round((max(began) - min(began)) / NS_PER_S))} s of each other: the bus, not the chips."
    )
    advice = "Check what they share: 3.3 V, GND, SDA and SCL between the Pi and the first chip."
    return _whole(bus, "bus-lost", (sentence, advice), Confidence.LIKELY, failing)


def _whole(
    bus: BusRecord, kind: str, words: tuple[str, str], confidence: Confidence, devices: list[DeviceRecord]
) -> Finding:
    """Return a finding with this sentence and advice about a bus, with the last transfer of each device."""
    evidence = [_last(each.last, each.streak) for each in devices if each.last is not None]
    return _found(bus, kind, words, confidence, evidence)


def _found(
    bus: BusRecord, kind: str, words: tuple[str, str], confidence: Confidence, evidence: list[Evidence]
) -> Finding:
    return Finding(kind, *words, confidence, tuple(evidence), bus=bus.facts.name, is_simulated=not bus.facts.is_real)


def _last(transfer: TransferCompleted, streak: int) -> Evidence:
    return observation(transfer, f"{place(transfer.bus, transfer.address)}, {streak} in a row")
