"""An emulated machine: a folder with its /dev and /sys, and devices that are served to preloaded processes.

Paths in /sys are those of the kernel's Documentation/ABI (sysfs-bus-i2c-devices..., testing/sysfs-class-thermal).
"""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tests.emulation.device import Device, DeviceFile
from tests.emulation.gpio import GpioChip, GpioEventFile, GpioLineFile
from tests.emulation.i2c import I2cAdapter
from tests.emulation.wire import Server

PI_4 = "Raspberry Pi 4 Model B Rev 1.4"
"""The model in the device tree of a Raspberry Pi 4."""


class EmulatedKernel:
    """Serves its devices until it is closed. Use it as a context manager.

    Attributes:
        root: the value of EMULATED_ROOT for preloaded processes.
        refused: paths in /dev, and the errno of opening each.
    """

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="emulated-"))  # short: a socket's path has at most 107 characters
        self.refused: dict[str, int] = {}
        self._devices: dict[str, Device] = {}
        self._server = Server(self.root / "kernel", self._open)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.boot()

    def __enter__(self) -> EmulatedKernel:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        shutil.rmtree(self.root)

    def boot(self, model: str = PI_4) -> None:
        """Restart without any device."""
        for path in list(self._devices):
            self.unplug(path)
        self.refused.clear()
        for folder in ("dev", "sys", "proc"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
            (self.root / folder).mkdir()
        if model:
            self.write_sys("firmware/devicetree/base/model", model + "\0")

    def plug(self, path: str, device: Device) -> None:
        """Add `device` as /dev/`path`, such as ``i2c-1`` or ``spidev0.0``."""
        device.plug()
        self._devices[path] = device
        node = self.root / "dev" / path
        node.touch()
        node.chmod(0o660)
        if isinstance(device, GpioChip):
            (self.root / "sys/bus/gpio").mkdir(parents=True)
            (self.root / "sys/dev/char/254:0").mkdir(parents=True)
            (self.root / "sys/dev/char/254:0/subsystem").symlink_to("../../../bus/gpio")
        if isinstance(device, I2cAdapter):
            self._describe(int(path.removeprefix("i2c-")), device)

    def unplug(self, path: str) -> None:
        """Remove a device. Its open files fail from now on."""
        self._devices.pop(path).unplug()
        (self.root / "dev" / path).unlink(missing_ok=True)
        shutil.rmtree(self.root / "sys/class/i2c-dev" / path, ignore_errors=True)
        shutil.rmtree(self.root / "sys/bus/i2c/devices" / path, ignore_errors=True)

    def link(self, name: str, target: str) -> None:
        """Make /dev/`name` a symbolic link to something real, such as a pseudo terminal."""
        (self.root / "dev" / name).symlink_to(target)

    def write_sys(self, path: str, text: str) -> None:
        """Write a file in /sys."""
        place = self.root / "sys" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def describe_i2c(self, bus: int, controller: str, clock_hz: int | None = None) -> None:
        """Give a bus its place in the device tree, such as ``soc/i2c@7e804000``, where its clock is set."""
        node = self.root / "sys/firmware/devicetree/base" / controller
        node.mkdir(parents=True, exist_ok=True)
        if clock_hz is not None:
            (node / "clock-frequency").write_bytes(clock_hz.to_bytes(4, "big"))
        link = self.root / f"sys/bus/i2c/devices/i2c-{bus}/of_node"
        link.symlink_to(f"../../../../firmware/devicetree/base/{controller}")

    def map_pins(self, name: str, size: int, words: Mapping[int, int]) -> None:
        """Create the file that maps a chip's registers, such as ``gpiomem``. They keep what is written to them.

        Args:
            name: the file's name in /dev.
            size: how many bytes of registers there are.
            words: the content of registers, by the number of the word; the others are 0.
        """
        registers = bytearray(size)
        for word, value in words.items():
            registers[4 * word : 4 * word + 4] = value.to_bytes(4, "little")
        (self.root / "dev" / name).write_bytes(registers)

    def _describe(self, bus: int, adapter: I2cAdapter) -> None:
        self.write_sys(f"class/i2c-dev/i2c-{bus}/name", f"{adapter.name}\n")
        self.write_sys(f"bus/i2c/devices/i2c-{bus}/name", f"{adapter.name}\n")
        for address, driver in adapter.claimed.items():
            client = f"bus/i2c/devices/{bus}-{address:04x}"
            self.write_sys(f"{client}/name", f"{driver}\n")
            (self.root / "sys" / client / "driver").symlink_to(f"../../drivers/{driver}")

    def _open(self, path: str) -> DeviceFile:
        name = path.removeprefix("/dev/")
        if name in self.refused:
            raise OSError(self.refused[name], "refused")
        if requested := re.fullmatch(r"line-(\d+)(-events)?", name):
            kind = GpioEventFile if requested[2] else GpioLineFile
            return kind(self._gpio_chip(), int(requested[1]))
        if name not in self._devices:
            raise OSError(errno.ENODEV, "no such device")
        return self._devices[name].open()

    def _gpio_chip(self) -> GpioChip:
        """The chip whose lines were requested. A machine has only one."""
        chip = next((device for device in self._devices.values() if isinstance(device, GpioChip)), None)
        if chip is None:
            raise OSError(errno.ENODEV, "unplugged")
        return chip
