"""Whether this machine has buses to which a person can wire a sensor. If it has none, all buses may be simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from hostcore.backends.linux.node import DEV, text_in
from hostcore.backends.linux.setup import I2C_DEVICES, i2c_adapter, is_raspberry_pi
from hostcore.place import BusKind, BusName

KERNEL_FILES: Mapping[BusKind, str] = {
    BusKind.I2C: "dev/i2c-{unit}",
    BusKind.SPI: "dev/spidev{unit}.*",
    BusKind.GPIO: "dev/gpiochip*",
    BusKind.UART: "dev/{unit}",
    BusKind.IIO: "sys/bus/iio/devices/iio:device*",
    BusKind.SYSTEM: "sys/class/thermal/thermal_zone*",
}
"""The path below / that exists if the kernel has a bus of this kind (kernel, Documentation/i2c/dev-interface.rst,
Documentation/spi/spidev.rst, Documentation/userspace-api/gpio, Documentation/ABI/testing/sysfs-bus-iio
and sysfs-class-thermal)."""
GPIO_DEVICES = Path("/sys/bus/gpio/devices")
"""The GPIO chips (linux/gpio.h: each has a character device of the same name)."""
INNER_CLASSES = ("0x03", "0x0c05")
"""The class codes of graphics cards and SMBus controllers start with one of these (PCI Code and ID Assignment
Specification, sections 1.4 and 1.13). Their I2C buses go to monitors, memory modules and fans."""


def kernel_file(bus: BusName) -> str:
    """Return the path below / that exists if the kernel has this bus. It may be a pattern."""
    return KERNEL_FILES[bus.kind].format(unit=bus.unit)


def is_wanted(bus: BusName) -> bool:
    """Return whether ``backend = "auto"`` means this machine's own bus: it is there, or others are."""
    return any(outer_devices(kernel_file(bus))) or has_hardware()


def has_hardware() -> bool:
    """Return whether this machine is a Raspberry Pi, or has a bus to which a sensor can be wired.

    Such a bus is each /dev/spidev*, each /dev/i2c-* except those of graphics cards and SMBus controllers, and each
    /dev/gpiochip* except the pads of a PC's chipset, which ACPI describes. A serial port, a sensor of the kernel's or a
    temperature is no sign, because most PCs have them.
    """
    return is_raspberry_pi() or any(any(outer_devices(f"dev/{name}*")) for name in ("i2c-", "spidev", "gpiochip"))


def outer_devices(pattern: str) -> Iterator[Path]:
    """Yield the files below / that match `pattern`, without the devices inside a PC; see `has_hardware`."""
    return (path for path in Path("/").glob(pattern) if not _is_inside(path))


def inner_bus(pattern: str) -> str:
    """Name the bus inside this PC that matches `pattern`, with its adapter; "" if there is none."""
    found = next((path for path in Path("/").glob(pattern) if _is_inside(path)), None)
    if found is None:
        return ""
    adapter = i2c_adapter(found.name)
    return f"{found} ({adapter})" if adapter else str(found)


def _is_inside(path: Path) -> bool:
    if path.parent != DEV:
        return False
    if path.name.startswith("i2c-"):
        place = (I2C_DEVICES / path.name).resolve()
        return any(text_in(each / "class").startswith(INNER_CLASSES) for each in place.parents)
    if path.name.startswith("gpiochip"):
        return ((GPIO_DEVICES / path.name).resolve().parent / "firmware_node").exists()
    return False
