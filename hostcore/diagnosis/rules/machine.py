"""The computer: its supply, the speed of its buses, clock stretching, and lines that other programs hold."""

from __future__ import annotations

from collections.abc import Iterator

from hostcore.diagnosis.case import Case
from hostcore.diagnosis.rules.silence import is_wanted
from hostcore.diagnosis.wording import about_device, only, place
from hostcore.events import Confidence, Evidence, Finding, Outcome
from hostcore.place import GPIO

EIO = 5
"""The error of i2c-bcm2835 for a clock that was stretched too long (kernel, drivers/i2c/busses/i2c-bcm2835.c)."""
LEAST_FAULTS = 2
USUAL_LIMIT_MS = 35
"""How long i2c-bcm2835 waits for a clock that is stretched, unless it is told otherwise (its parameter clk_tout_ms)."""
TOO_FAST = 1.1
"""The clock of a real bus may exceed its nominal value by some percent, because it is divided from the core's clock."""


def undervoltage(case: Case) -> Iterator[Finding]:
    """Find a supply that is too weak."""
    machine = case.machine
    if machine is not None and machine.undervoltage:
        yield Finding(
            "undervoltage",
            "The Pi's supply is too low: it fell below 4.63 V. Sensors may fail or report wrong values.",
            "Use the official power supply and a short cable, and unplug what draws current.",
            Confidence.CERTAIN,
            (Evidence("the kernel reports undervoltage", machine.time_ns),),
        )


def too_fast(case: Case) -> Iterator[Finding]:
    """Find buses whose clock is faster than a chip allows."""
    for device in case.i2c_devices():
        site = case.sites.chip(device.bus, device.address or 0)
        health = case.buses[device.bus].health
        limit = site.chip.bus.fastest_hz if site.chip and site.chip.bus else None
        speed = (health.configured_hz or health.measured_hz) if health else None
        if site.chip and limit and speed and speed > TOO_FAST * limit and site.confidence is not Confidence.POSSIBLE:
            yield about_device(
                device,
                "bus-too-fast",
                f"{device.bus} runs at {_khz(speed)}, but the {site.chip.name} at 0x{device.address or 0:02x} allows "
                f"{_khz(limit)} at most.",
                f"Set dtparam=i2c_arm_baudrate={limit} in /boot/firmware/config.txt, and start the Pi again.",
                site.confidence,
            )


def stretched_too_long(case: Case) -> Iterator[Finding]:
    """Find devices that hold the clock for longer than the controller waits."""
    for device in case.i2c_devices():
        last = device.last
        if last is None or last.errno != EIO or last.outcome is not Outcome.BUS or device.streak < LEAST_FAULTS:
            continue
        site = case.sites.chip(device.bus, device.address or 0)
        health = case.buses[device.bus].health
        told = health.stretch_limit_ms if health else None
        limit = USUAL_LIMIT_MS if told is None else told
        stretches = site.chip.bus.stretches_ms if site.chip and site.chip.bus else None
        if stretches and stretches > limit and is_wanted(case, device):
            waits = f"{'usually waits' if told is None else 'waits'} {limit} ms"
            yield about_device(
                device,
                "stretched-too-long",
                f"The {site.chip.name if site.chip else 'chip'} at {place(device.bus, device.address)} may hold the "
                f"clock for {stretches:g} ms, and the controller {waits}: transfers end in a bus error.",
                "Use its mode without clock stretching, or a software bus (dtoverlay=i2c-gpio), which waits longer.",
                Confidence.LIKELY,
            )


def claimed_lines(case: Case) -> Iterator[Finding]:
    """Find GPIO lines that another program, or the kernel, holds."""
    for device in case.devices.values():
        last = device.last
        if device.bus == GPIO and last is not None and last.claimed_by and is_wanted(case, device):
            driver = only(device.plugins) or "the driver"
            yield about_device(
                device,
                "claimed-line",
                f"GPIO {device.address} is in use by {last.claimed_by}, so {driver} cannot have it.",
                f"If {last.claimed_by} is a program, end it. If it is the kernel's, remove its overlay from "
                "/boot/firmware/config.txt. Or wire the part to another line.",
                Confidence.CERTAIN,
            )


def _khz(hertz: int) -> str:
    return f"{hertz / 1000:g} kHz"
