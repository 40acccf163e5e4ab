"""Finds the kernel's GPIO chip for the header of a Raspberry Pi (linux/gpio.h)."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

from hostcore.backends.linux.node import DEV, Trouble, refusal, suffixes
from hostcore.backends.linux.setup import is_raspberry_pi

GPIO_GET_CHIPINFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL, which returns a struct gpiochip_info."""
HEADER_LABELS = ("pinctrl-bcm", "pinctrl-rp1")
"""The label of the header's chip starts with one of these: the processor up to the Pi 4, the RP1 on the Pi 5."""

_CHIP_INFO = struct.Struct("=32s32sI")


@dataclass(frozen=True, slots=True)
class GpioChip:
    """A chip /dev/gpiochipN."""

    path: Path
    """The chip's device file."""
    label: str
    """The driver's name for the chip, such as ``pinctrl-bcm2711``."""
    lines: int
    """Number of lines. On the header's chip, the number of a line is its BCM number."""


def header_chip() -> GpioChip | Trouble:
    """The chip of the header, or the reason why it cannot be used."""
    trouble: Trouble | None = None
    labels = []
    for path in (DEV / f"gpiochip{number}" for number in suffixes("gpiochip")):
        try:
            chip = _chip(path)
        except OSError as error:
            trouble = refusal(path, error)
            continue
        if chip.label.startswith(HEADER_LABELS):
            return chip
        labels.append(chip.label)
    if trouble is not None:
        return trouble
    found = f"the GPIO chips here are {', '.join(labels)}" if labels else "there is no GPIO chip"
    advice = 'set backend = "simulated" in host.toml'
    if is_raspberry_pi():
        advice = "this is likely a container: give it the device /dev/gpiochip0 of the Pi"
    return Trouble(f"no Raspberry Pi header, {found}", advice)


def _chip(path: Path) -> GpioChip:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        answer = bytearray(_CHIP_INFO.size)
        ioctl(file, GPIO_GET_CHIPINFO, answer)
    finally:
        os.close(file)
    _, label, lines = _CHIP_INFO.unpack(answer)
    return GpioChip(path, label.rstrip(b"\0").decode(errors="replace"), lines)
