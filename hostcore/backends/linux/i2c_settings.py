"""How the kernel has set up an I2C bus, from /sys."""

from __future__ import annotations

import re
from pathlib import Path

from hostcore.backends.i2c import I2cSettings, KernelDevice
from hostcore.backends.linux.node import text_in
from hostcore.backends.linux.setup import I2C_DEVICES, i2c_adapter
from hostcore.files import read_bounded

STRETCH_LIMIT = Path("/sys/module/i2c_bcm2835/parameters/clk_tout_ms")
"""The limit of clock stretching in milliseconds, for all buses of this driver (Raspberry Pi's kernel,
drivers/i2c/busses/i2c-bcm2835.c)."""
STRETCH_ADAPTER = "bcm2835"
"""The names of that driver's adapters start like this."""
_MULTIPLEXER = "i2c0mux"
"""The buses 0 and 10 of a Pi share the controller i2c0 (kernel, bindings/i2c/i2c-mux-pinctrl.yaml)."""
_CONTROLLER_0 = "i2c@7e205000"
_DEVICE = r"\d+-00([0-9a-f]{2})"
"""The name of a device's folder: the bus and the 7-bit address. A 10-bit address has an a before it."""


def i2c_settings(bus: int) -> I2cSettings:
    """Return how /dev/i2c-`bus` is set up. Blocks for as long as reading some small files takes."""
    adapter = i2c_adapter(f"i2c-{bus}")
    node = controller(bus)
    limit = text_in(STRETCH_LIMIT) if adapter.startswith(STRETCH_ADAPTER) else ""
    return I2cSettings(
        adapter,
        _number_in(node / "clock-frequency") if node else None,
        int(limit) if limit.isdecimal() else None,
        _kernel_devices(bus),
    )


def controller(bus: int) -> Path | None:
    """Return the folder of a bus's controller in the device tree; None if it has none, like a USB adapter."""
    node = I2C_DEVICES / f"i2c-{bus}" / "of_node"
    if not node.exists():
        return None
    node = node.resolve()
    return node.parents[1] / _CONTROLLER_0 if node.parent.name == _MULTIPLEXER else node


def _number_in(file: Path) -> int | None:
    """The number in a file of the device tree: 32 bits, big-endian (Devicetree Specification 0.4, section 2.2.4)."""
    try:
        content = read_bounded(file, 4)
    except OSError:
        return None
    return int.from_bytes(content, "big") if len(content) == 4 else None


def _kernel_devices(bus: int) -> tuple[KernelDevice, ...]:
    folders = {re.fullmatch(_DEVICE, each.name): each for each in sorted(I2C_DEVICES.glob(f"{bus}-*"))}
    return tuple(
        KernelDevice(int(named[1], 16), text_in(folder / "name"), _driver(folder))
        for named, folder in folders.items()
        if named
    )


def _driver(device: Path) -> str:
    try:
        return (device / "driver").readlink().name
    except OSError:
        return ""
