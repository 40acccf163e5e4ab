"""Which GPIO chip of the kernel has the lines of the Raspberry Pi's header (linux/gpio.h)."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

from hostcore.backends.linux.node import DEV, Trouble, refusal, suffixes

GPIO_GET_CHIPINFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL; answers with a struct gpiochip_info."""
HEADER_LABELS = ("pinctrl-bcm", "pinctrl-rp1")
"""How the labels of the header's chip start: the processor up to the Pi 4, the RP1 of the Pi 5."""

_CHIP_INFO = struct.Struct("=32s32sI")


@dataclass(frozen=True, slots=True)
class GpioChip:
    """A chip /dev/gpiochipN."""

    path: Path
    """Its device file."""
    label: str
    """What its driver calls it, such as ``pinctrl-bcm2711``."""
    lines: int
    """How many lines it has; on the header's chip, a line's number is its BCM number."""


def header_chip() -> GpioChip | Trouble:
    """The chip of the header, or why there is none."""
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
    return Trouble(f"no Raspberry Pi header, {found}", 'set backend = "simulated" in host.toml')


def _chip(path: Path) -> GpioChip:
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        answer = bytearray(_CHIP_INFO.size)
        ioctl(file, GPIO_GET_CHIPINFO, answer)
    finally:
        os.close(file)
    _, label, lines = _CHIP_INFO.unpack(answer)
    return GpioChip(path, label.rstrip(b"\0").decode(errors="replace"), lines)
