"""Finds the kernel's GPIO chip for the header of a Raspberry Pi, and who holds its lines (linux/gpio.h)."""

from __future__ import annotations

import os
import struct
from fcntl import ioctl
from pathlib import Path

from hostcore.backends.linux.node import DEV, Trouble, refusal, suffixes
from hostcore.backends.linux.setup import is_raspberry_pi
from hostcore.errors import LineClaimedError
from hostcore.place import GPIO, Place
from hostcore.quick_dataclass import dataclass

GPIO_GET_CHIPINFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL, which returns a struct gpiochip_info."""
GPIO_V2_GET_LINEINFO = 0xC100B405
"""GPIO_V2_GET_LINEINFO_IOCTL, which fills in a struct gpio_v2_line_info."""
LINE_USED = 1
"""GPIO_V2_LINE_FLAG_USED: a program or the kernel holds the line."""
HEADER_LABELS = ("pinctrl-bcm", "pinctrl-rp1")
"""The label of the header's chip starts with one of these: the processor up to the Pi 4, the RP1 on the Pi 5."""

_CHIP_INFO = struct.Struct("=32s32sI")
_LINE_INFO = struct.Struct("=32s32sIIQ176x")


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


def claimed(number: int) -> LineClaimedError:
    """Return the error for a line of the header that something else holds. It names what holds it, if that is known.

    Blocks for some system calls.
    """
    owner = _holder(number)
    problem = f"{owner or 'something else'} uses it; `gpioinfo` lists who has which line"
    return LineClaimedError(problem, Place(GPIO, number), owner)


def _holder(number: int) -> str:
    """Return the name that the holder of a line gave to the kernel; "" if there is none, or it is not known."""
    chip = header_chip()
    if isinstance(chip, Trouble):
        return ""
    try:
        answer = _asked(chip.path, GPIO_V2_GET_LINEINFO, _LINE_INFO.pack(b"", b"", number, 0, 0))
    except OSError:
        return ""
    _, consumer, _, _, flags = _LINE_INFO.unpack(answer)
    return _text(consumer) if flags & LINE_USED else ""


def _chip(path: Path) -> GpioChip:
    _, label, lines = _CHIP_INFO.unpack(_asked(path, GPIO_GET_CHIPINFO, bytes(_CHIP_INFO.size)))
    return GpioChip(path, _text(label), lines)


def _asked(path: Path, request: int, question: bytes) -> bytes:
    """Return the answer of a chip to an ioctl."""
    file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        answer = bytearray(question)
        ioctl(file, request, answer)
    finally:
        os.close(file)
    return bytes(answer)


def _text(field: bytes) -> str:
    """Return the text of a fixed field. Any program can put any bytes there."""
    text = field.split(b"\0")[0].decode(errors="replace")
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
