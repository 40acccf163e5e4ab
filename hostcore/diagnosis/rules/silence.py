"""An I2C address at which nothing answers: a wrong address, its 8-bit form, a wrong bus, or a chip without power."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hostcore.clock import NS_PER_S
from hostcore.diagnosis.case import Case
from hostcore.diagnosis.records import DeviceRecord, PluginRecord
from hostcore.diagnosis.wording import about_device, both, either, observations, place
from hostcore.events import Confidence, Evidence, Finding, Outcome, Presence, State
from hostcore.place import I2C_FIRST_ADDRESS, I2C_LAST_ADDRESS, BusName

SILENT_TRANSFERS = 3
"""Transfers in a row that nothing acknowledges, before an address counts as silent."""
SILENT_NS = 10 * NS_PER_S
"""Nanoseconds since a device answered last, before it counts as silent. A chip may be busy for some seconds."""
BRIEF_NS = 2 * NS_PER_S
"""Nanoseconds for which trouble must last. A chip or a plug that was just plugged in recovers."""
IN_USE_NS = 60 * NS_PER_S
"""A device that its driver used within this time, in nanoseconds, or within three intervals, is in use."""
PROBED_SHARE = 0.2
"""A driver that found its chip asked the other address less often than this, compared with the chip's own."""
MOST_MEANT = 8
"""Silent addresses of one driver on one bus. A driver with more only looks for what is connected."""


def silent_addresses(case: Case) -> Iterator[Finding]:
    """Explain each address at which nothing answers."""
    for device in case.i2c_devices():
        if is_silent(case, device):
            yield (None if device.has_spoken else _elsewhere(case, device)) or _nothing_there(case, device)


def is_silent(case: Case, device: DeviceRecord) -> bool:
    """Whether a device that a plugin wants to use does not answer, and has not answered for a while."""
    last = device.last
    return (
        last is not None
        and last.outcome is Outcome.NO_ACKNOWLEDGE
        and device.streak >= SILENT_TRANSFERS
        and case.now_ns - device.last_ok_ns > SILENT_NS
        and case.now_ns - device.streak_ns > BRIEF_NS
        and is_wanted(case, device)
        and not _is_probed(case, device)
    )


def is_wanted(case: Case, device: DeviceRecord) -> bool:
    """Whether a plugin that used the device still does. One that was changed may use another address by now."""
    return any(name in case.plugins and _uses(case, device, case.plugins[name]) for name in device.plugins)


def _uses(case: Case, device: DeviceRecord, plugin: PluginRecord) -> bool:
    used_ns = device.last.time_ns if device.last else 0
    if not plugin.is_at_work:
        return False
    if plugin.state is State.RUNNING:
        interval = plugin.facts.interval if plugin.facts else 0.0
        return case.now_ns - used_ns < max(IN_USE_NS, 3 * interval * NS_PER_S)
    loaded = [each.time_ns for each in plugin.states if each.after is State.LOADING]
    return not loaded or used_ns >= loaded[-1]


def _is_probed(case: Case, device: DeviceRecord) -> bool:
    """Whether drivers only looked here for a chip, such as one that they found at another of its addresses."""
    if all(_looks_around(case, device.bus, name) for name in device.plugins):
        return True
    addresses = {each for name in device.plugins for chip in case.chips_for(name) for each in chip.addresses}
    return not device.last_ok_ns and any(
        other.address in addresses
        and other.last_ok_ns > device.first_ns
        and device.plugins.keys() <= other.plugins.keys()
        and device.total < PROBED_SHARE * other.total
        for other in case.devices_on(device.bus)
    )


def _looks_around(case: Case, bus: BusName, plugin: str) -> bool:
    """Whether a driver asked for more addresses of a bus in vain than anybody has chips."""
    asked = (each for each in case.devices_on(bus) if plugin in each.plugins and not each.last_ok_ns)
    return sum(1 for _ in asked) > MOST_MEANT


def impossible_addresses(case: Case) -> Iterator[Finding]:
    """Find addresses beyond 7 bits: data sheets that count the R/W bit print them."""
    for device in case.i2c_devices():
        address = device.address or 0
        seven_bits = address >> 1
        if (
            is_wanted(case, device)
            and address > I2C_LAST_ADDRESS
            and I2C_FIRST_ADDRESS <= seven_bits <= I2C_LAST_ADDRESS
        ):
            yield _eight_bit(case, device, Confidence.CERTAIN)


def _elsewhere(case: Case, device: DeviceRecord) -> Finding | None:
    """Explain a device that was never heard by another place at which it is."""
    return _eight_bit_form(case, device) or _other_address(case, device) or _other_bus(case, device)


def _eight_bit_form(case: Case, device: DeviceRecord) -> Finding | None:
    """The driver's address is that of its chip, one bit too far to the left."""
    address = device.address or 0
    seven_bits = address >> 1
    expected = [chip for name in device.plugins for chip in case.chips_for(name)]
    fits = any(seven_bits in chip.addresses and address not in chip.addresses for chip in expected)
    answers = seven_bits in answering(case, device.bus) and not case.is_used(device.bus, seven_bits)
    if fits:
        return _eight_bit(case, device, Confidence.CERTAIN if answers else Confidence.LIKELY)
    return _eight_bit(case, device, Confidence.LIKELY) if answers and not expected else None


def _eight_bit(case: Case, device: DeviceRecord, confidence: Confidence) -> Finding:
    address = device.address or 0
    seven_bits = address >> 1
    meant = [chip.name for name in device.plugins for chip in case.chips_for(name)]
    answers = what_is_at(case, device.bus, seven_bits, meant)
    there = f", where {answers}" if seven_bits in answering(case, device.bus) else ""
    return about_device(
        device,
        "8-bit-address",
        f"{_driver(device)} asks for 0x{address:02x} on {device.bus}. That is an address in 8-bit form, with the "
        f"R/W bit: in 7 bits it is 0x{seven_bits:02x}{there}.",
        f"Write 0x{seven_bits:02x} in {_driver(device)}. Linux and all libraries count 7 bits.",
        confidence,
    )


def _other_address(case: Case, device: DeviceRecord) -> Finding | None:
    """The chip answers at another address that it can have, or something else answers that no driver uses."""
    free = [each for each in answering(case, device.bus) if not case.is_used(device.bus, each)]
    expected = [chip for name in device.plugins for chip in case.chips_for(name)]
    others = sorted({each for chip in expected for each in chip.addresses if each in free})
    if others:
        return _wrong_address(case, device, others[0], dict.fromkeys(chip.name for chip in expected))
    if not expected and len(free) == 1:
        return _wrong_address(case, device, free[0], ())
    return None


def _wrong_address(case: Case, device: DeviceRecord, other: int, expected: Collection[str]) -> Finding:
    identity = case.identity(device.bus, other)
    is_it = identity is not None and any(name in expected for name in identity)
    if is_it or (identity and not expected):
        confidence = Confidence.CERTAIN if is_it else Confidence.LIKELY
    else:
        confidence = Confidence.LIKELY if expected else Confidence.POSSIBLE
    wanted = f", where {_driver(device)} looks for its {either(expected)}" if expected else ""
    return about_device(
        device,
        "wrong-address",
        f"Nothing answers at {place(device.bus, device.address)}{wanted}. At 0x{other:02x}, "
        f"{what_is_at(case, device.bus, other, expected)}: wrong address.",
        f"Change the address to 0x{other:02x} in {_driver(device)} and in host.toml, or change the chip's address pin.",
        confidence,
        evidence=_seen(case, device, device.bus),
    )


def _other_bus(case: Case, device: DeviceRecord) -> Finding | None:
    """The address answers on another bus."""
    address = device.address or 0
    for name in case.buses:
        if name != device.bus and address in answering(case, name) and not case.is_used(name, address):
            return about_device(
                device,
                "wrong-bus",
                f"Nothing answers {_driver(device)} at {place(device.bus, address)}, but 0x{address:02x} answers on "
                f"{name}: wrong bus.",
                f"Let {_driver(device)} use bus {name.unit}, or move the chip's wires to {device.bus}.",
                Confidence.LIKELY,
                evidence=_seen(case, device, name),
            )
    return None


def _nothing_there(case: Case, device: DeviceRecord) -> Finding:
    """Nothing explains the silence: the chip has no power, no wire, or is not there."""
    scan = case.buses[device.bus].scan
    silent = f"Nothing answers at {place(device.bus, device.address)}"
    if scan is None or scan.time_ns < device.streak_ns:
        sentence = f"{silent}, {_count(device)}."
        advice = "Scan the bus (key s in the pane Bus, or wasi-host scan) to see what answers."
        return about_device(device, "silent-address", sentence, advice, Confidence.CERTAIN)
    evidence = _seen(case, device, device.bus)
    if device.last_ok_ns:
        return _went_away(device, silent, evidence)
    others = " Other devices on this bus answer." if answering(case, device.bus) else ""
    sentence = f"{silent}, neither for {_driver(device)} nor in a scan.{others}"
    advice = "Check the chip's 3.3 V, GND, SDA and SCL, its solder joints, and the pins that choose its address."
    return about_device(device, "silent-address", sentence, advice, Confidence.CERTAIN, evidence=evidence)


def _went_away(device: DeviceRecord, silent: str, evidence: tuple[Evidence, ...]) -> Finding:
    """The device answered before, or seemed to."""
    sentence = (
        f"{silent} any more, and a scan does not find it. Before, it answered {device.outcomes[Outcome.OK]} times."
    )
    advice = "Check the chip's power and its four wires: it went away while it was in use."
    if device.has_spoken:
        return about_device(device, "silent-address", sentence, advice, Confidence.CERTAIN, evidence=evidence)
    sentence = f"{sentence[:-1]}, but nobody ever read a 1 from it: that may have been SDA, held low."
    advice = "Check the chip's power and its four wires, and whether it has this address at all."
    return about_device(device, "silent-address", sentence, advice, Confidence.LIKELY, evidence=evidence)


def answering(case: Case, bus: BusName) -> tuple[int, ...]:
    """Return the addresses that answered in the last scan of a bus."""
    found = case.buses[bus].found if bus in case.buses else {}
    return tuple(address for address, each in found.items() if each.presence in (Presence.PRESENT, Presence.GHOST))


def what_is_at(case: Case, bus: BusName, address: int, meant: Collection[str] = ()) -> str:
    """Return what is at an address that answers: ``a chip answers that is a BME280``, ``... that could be a ...``.

    Args:
        case: the evidence.
        bus: the bus.
        address: the address.
        meant: names of the chips that a driver looks for. They come first among those that could be there.
    """
    identity = case.identity(bus, address)
    if identity:
        return f"a chip answers that is a {either(identity)}"
    likeliest = sorted(case.candidates(bus, address), key=lambda chip: chip.name not in meant)
    candidates = [chip.name for chip in likeliest][:3]
    return f"a chip answers that could be a {either(candidates)}" if candidates else "a chip answers"


def _seen(case: Case, device: DeviceRecord, bus: BusName) -> tuple[Evidence, ...]:
    """Return the last tries, and what the last scan of a bus found."""
    scan = case.buses[bus].scan
    found = ", ".join(f"0x{each:02x}" for each in answering(case, bus)) or "nothing"
    return (*observations(device, 2), Evidence(f"the last scan of {bus} found {found}", scan.time_ns if scan else 0))


def _driver(device: DeviceRecord) -> str:
    return both(device.plugins)


def _count(device: DeviceRecord) -> str:
    tries = f"{device.streak} tries of {_driver(device)}"
    return f"in the last {tries}" if device.last_ok_ns else f"in {tries} so far"
