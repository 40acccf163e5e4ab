"""How to enable a bus: the line for config.txt, or the kernel module.

Source of the lines: overlays/README of the Raspberry Pi firmware. Source of the names of serial ports: Raspberry Pi
documentation, "Configure UARTs".
"""

from __future__ import annotations

import re
from pathlib import Path

from hostcore.backends.linux.node import DEV, Trouble, missing, suffixes, text_in

MODEL = Path("/sys/firmware/devicetree/base/model")
"""The name of the board (kernel, Documentation/ABI/testing/sysfs-firmware-ofw)."""
DEVICE_TREE = Path("/proc/device-tree")
"""A link to the device tree, on machines that have one. In a container the link may lead nowhere: Docker hides
/sys/firmware."""
CPU = Path("/proc/cpuinfo")
"""The processor. The kernel of Raspberry Pi OS adds the line ``Model``, which containers can read too."""
SETTINGS_FILES = (Path("/boot/firmware/config.txt"), Path("/boot/config.txt"))
"""The settings of a Raspberry Pi: since Raspberry Pi OS Bookworm, and before."""
I2C_DEVICES = Path("/sys/bus/i2c/devices")
"""The I2C buses, and the devices on them that the kernel knows (Documentation/ABI/testing/sysfs-bus-i2c-devices)."""
CONSOLES = Path("/sys/class/tty/console/active")
"""The terminals to which the kernel writes its messages (Documentation/ABI/testing/sysfs-tty)."""
OVERLAY_BUSES_PI_4 = range(3, 7)
"""The I2C buses of a Pi 4 besides 0 and 1."""
OVERLAY_BUSES_PI_5 = range(4)
"""The I2C buses on the header of a Pi 5."""
OVERLAY_PORTS_PI_4 = range(2, 6)
"""The ttyAMA ports of a Pi 4 besides the one on GPIO 14 and 15."""
OVERLAY_PORTS_PI_5 = range(1, 5)
"""The ttyAMA ports of a Pi 5 besides the one on GPIO 14 and 15."""
DEBUG_PORT_PI_5 = "ttyAMA10"
"""The port of a Pi 5 to which serial0 leads: the debug port, on its own small connector."""


def board() -> str:
    """The name of the board, such as ``Raspberry Pi 4 Model B Rev 1.4``; "" if it is not known."""
    if (model := text_in(MODEL)) or not DEVICE_TREE.is_symlink():
        return model
    named = re.search(r"^Model\s*:\s*(.+)$", text_in(CPU), re.MULTILINE)
    return named[1] if named else ""


def i2c_path(bus: int) -> Path:
    """The device file of an I2C bus."""
    return DEV / f"i2c-{bus}"


def i2c_missing(bus: int) -> Trouble:
    """Why an I2C bus does not exist, and how to enable it."""
    present = [f"i2c-{number}" for number in suffixes("i2c-")]
    if (I2C_DEVICES / f"i2c-{bus}").exists():
        advice = (
            "the kernel has this bus but does not offer it: `sudo modprobe i2c-dev`, and for the next start "
            "`echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf`"
        )
    elif present and not is_raspberry_pi():
        advice = f"list the one you mean in host.toml, such as [buses.{present[0]}]"
    else:
        advice = _enabling(_i2c_line(bus))
    return missing(i2c_path(bus), [_named(each) for each in present], advice)


def i2c_adapter(bus: str) -> str:
    """The driver's name for a bus such as ``i2c-1``, which tells a USB adapter from an HDMI socket; "" if not known."""
    return text_in(I2C_DEVICES / bus / "name")


def _named(bus: str) -> str:
    return f"{bus} ({adapter})" if (adapter := i2c_adapter(bus)) else bus


def spi_path(bus: int, chip_select: int) -> Path:
    """The device file of a chip select."""
    return DEV / f"spidev{bus}.{chip_select}"


def spi_missing(bus: int, chip_select: int) -> Trouble:
    """Why an SPI device does not exist, and how to enable it."""
    if bus == 0:
        line = "dtparam=spi=on"
    elif _is_pi("5") and bus > 1:
        line = f"dtoverlay=spi{bus}-{chip_select + 1}cs-pi5"
    else:
        line = f"dtoverlay=spi{bus}-{chip_select + 1}cs"
    present = [f"spidev{number}" for number in suffixes("spidev")]
    return missing(spi_path(bus, chip_select), present, _enabling(line))


def uart_path(port: str) -> Path:
    """The device file of a serial port."""
    return DEV / port


def uart_missing(port: str) -> Trouble:
    """Why a serial port does not exist, and how to enable it."""
    kinds = ("serial", "ttyAMA", "ttyS", "ttyUSB", "ttyACM")
    present = [f"{kind}{number}" for kind in kinds for number in suffixes(kind)]
    advice = "plug the adapter in" if port.startswith(("ttyUSB", "ttyACM")) else _enabling(_uart_line(port))
    return missing(uart_path(port), present, advice)


def uart_elsewhere(port: str) -> Trouble | None:
    """Why a port is not the one of the header, although its name suggests it, and how to get that one; else None."""
    if not (_is_pi("5") and port.startswith("serial") and uart_path(port).resolve().name == DEBUG_PORT_PI_5):
        return None
    present = uart_path("ttyAMA0").exists()
    return Trouble(
        f"{uart_path(port)} is {DEBUG_PORT_PI_5}, the debug port, not GPIO 14 and 15",
        "for those use [buses.uart-ttyAMA0]" + ("" if present else f": {_enabling(_uart_line('ttyAMA0'))}"),
    )


def iio_missing() -> Trouble:
    """Why there is no sensor that a kernel driver reads, and how to set one up, for example a DHT11 or DHT22."""
    return Trouble("the kernel reads no sensor itself", _enabling("dtoverlay=dht11,gpiopin=4"))


def console_ports() -> tuple[str, ...]:
    """The terminals to which the kernel writes its messages, such as ``tty1`` and ``ttyAMA0``."""
    return tuple(text_in(CONSOLES).split())


def _enabling(line: str) -> str:
    if not is_raspberry_pi():
        return 'this machine is not a Raspberry Pi: plug an adapter in, or set backend = "simulated" in host.toml'
    file = next((file for file in SETTINGS_FILES if file.exists()), SETTINGS_FILES[0])
    return f"add the line {line} to {file} and restart"


def is_raspberry_pi() -> bool:
    """Whether this machine is a Raspberry Pi."""
    return board().startswith("Raspberry Pi")


def _is_pi(generation: str) -> bool:
    """Whether this Pi is of this generation: generation 5 has the Pi 5, the Pi 500 and the Compute Module 5."""
    return any(f"Raspberry Pi {kind}{generation}" in board() for kind in ("", "Compute Module "))


def _i2c_line(bus: int) -> str:
    if _is_pi("5") and bus in OVERLAY_BUSES_PI_5 and bus != 1:
        return f"dtoverlay=i2c{bus}-pi5"
    if bus <= 1:
        return ("dtparam=i2c_vc=on", "dtparam=i2c_arm=on")[bus]
    if _is_pi("4") and bus in OVERLAY_BUSES_PI_4:
        return f"dtoverlay=i2c{bus}"
    return f"dtoverlay=i2c-gpio,bus={bus},i2c_gpio_sda=23,i2c_gpio_scl=24"


def _uart_line(port: str) -> str:
    number = port.removeprefix("ttyAMA")
    if port == "ttyAMA0":
        return "dtparam=uart0=on" if _is_pi("5") else "dtoverlay=disable-bt"
    if _is_pi("5") and number in map(str, OVERLAY_PORTS_PI_5):
        return f"dtoverlay=uart{number}-pi5"
    if _is_pi("4") and number in map(str, OVERLAY_PORTS_PI_4):
        return f"dtoverlay=uart{number}"
    return "enable_uart=1"
