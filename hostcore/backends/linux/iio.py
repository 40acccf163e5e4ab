"""Sensors that a kernel driver reads (dht11, bmp280, ...): industrial I/O in /sys.

They serve where user space is not fast enough, or where an overlay has given a sensor to the kernel. Source of names
and units: kernel, Documentation/ABI/testing/sysfs-bus-iio.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

from hostcore.backends.base import IIO_NAME, Iio
from hostcore.backends.linux.faults import meaning_of
from hostcore.backends.linux.node import described, text_in
from hostcore.errors import BusFaultError, UnsupportedError

DEVICES = Path("/sys/bus/iio/devices")
"""The folder that has a folder for each sensor."""
_FOLDER = "iio:device"
_CHANNEL = re.compile(r"in_(.+)_(?:input|raw)")


class LinuxIio(Iio):
    """The sensors that this computer's kernel reads. Every call looks for them again, because they come and go."""

    def devices(self) -> tuple[str, ...]:
        return tuple(_name(folder) for folder in _folders())

    def channels(self, device: str) -> tuple[str, ...]:
        return _channels(_folder_of(device))

    def read(self, device: str, channel: str) -> float:
        folder = _folder_of(device)
        present = _channels(folder)
        if channel not in present:
            raise UnsupportedError(
                f"{device} ({folder.name}) has no channel {channel}; it has {', '.join(present) or 'none'}"
            )
        try:
            return _measured(folder, channel)
        except OSError as error:
            failure, meaning = meaning_of(error)
            raise failure(f"{device} ({folder.name}), {channel}: {meaning}: {described(error)}") from error
        except ValueError as error:
            raise BusFaultError(f"{device} ({folder.name}), {channel}: the driver's answer: {error}") from error


def _folders() -> list[Path]:
    """The folders of all sensors, by number."""
    found = (folder for folder in DEVICES.glob(f"{_FOLDER}*") if folder.name.removeprefix(_FOLDER).isdecimal())
    return sorted(found, key=lambda folder: int(folder.name.removeprefix(_FOLDER)))


def _name(folder: Path) -> str:
    """The sensor's name in the device tree, if a permission can have this name; otherwise its driver's name."""
    label = text_in(folder / "label")
    return label if re.fullmatch(IIO_NAME, label) else text_in(folder / "name") or folder.name


def _folder_of(device: str) -> Path:
    named = {folder: _name(folder) for folder in _folders()}
    matching = [folder for folder, name in named.items() if name == device]
    if len(matching) == 1:
        return matching[0]
    if matching:
        folders = " and ".join(folder.name for folder in matching)
        raise UnsupportedError(
            f"{folders} are both called {device}; to tell which is meant, give them labels in the device tree"
        )
    there = f"there is {', '.join(named.values())}" if named else "there is none"
    raise UnsupportedError(f"the kernel reads no sensor {device}; {there} in {DEVICES}")


def _channels(folder: Path) -> tuple[str, ...]:
    try:
        names = [file.name for file in folder.iterdir()]
    except OSError:
        return ()
    return tuple(sorted({match[1] for name in names if (match := _CHANNEL.fullmatch(name))}))


def _measured(folder: Path, channel: str) -> float:
    """The value of a channel, in the kernel's unit."""
    done = folder / f"in_{channel}_input"
    if done.exists():
        return _number(done)
    raw = _number(folder / f"in_{channel}_raw")
    return (raw + _constant(folder, channel, "offset", 0.0)) * _constant(folder, channel, "scale", 1.0)


def _constant(folder: Path, channel: str, name: str, otherwise: float) -> float:
    """A constant of the channel, or of all channels of its type: in_voltage_scale also applies to in_voltage0_raw."""
    shared = re.sub(r"\d", "", channel)
    for owner in (channel, shared, shared.partition("_")[0]):
        file = folder / f"in_{owner}_{name}"
        if file.exists():
            return _number(file)
    return otherwise


def _number(file: Path) -> float:
    value = float(file.read_text())
    if not math.isfinite(value):
        raise ValueError(f"{value} is not a measurement")
    return value
