"""Packages that many drivers name and that cannot work in the sandbox, and what to use in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NATIVE = "has native code, and only pure Python runs in the sandbox"
_NETWORK = "needs the network, which the sandbox does not have"
_BLUETOOTH = "needs Bluetooth, which the sandbox does not have"
_GPIO = "use gpiozero, RPi.GPIO or digitalio, which this host provides"
_READINGS = "return a reading: the host shows, stores and publishes it"
_DRAWING = "draw with adafruit_framebuf, or as plugins/oled.py does"
_NUMBERS = "use array, struct and statistics"


@dataclass(frozen=True)
class Advice:
    """Why a package cannot work, and an alternative."""

    reason: str
    """What it has or needs, such as ``has native code, ...``."""
    instead: str = ""
    """An alternative, "" if there is none."""
    is_native: bool = False
    """Whether the package has no pure wheel in any version that drivers use."""

    def __str__(self) -> str:
        return f"{self.reason}; {self.instead}" if self.instead else self.reason


ADVICE: Mapping[str, Advice] = {
    "adafruit-dht": Advice(_NATIVE, "use adafruit-circuitpython-dht", is_native=True),
    "bluepy": Advice(_BLUETOOTH, is_native=True),
    "gpiod": Advice(_NATIVE, _GPIO, is_native=True),
    "hidapi": Advice(_NATIVE, is_native=True),
    "lgpio": Advice(_NATIVE, _GPIO, is_native=True),
    "matplotlib": Advice(_NATIVE, "the host draws the readings", is_native=True),
    "numpy": Advice(_NATIVE, _NUMBERS, is_native=True),
    "opencv-python": Advice(_NATIVE, is_native=True),
    "opencv-python-headless": Advice(_NATIVE, is_native=True),
    "pandas": Advice(_NATIVE, "use csv and statistics", is_native=True),
    "picamera": Advice(_NATIVE, is_native=True),
    "picamera2": Advice(_NATIVE, is_native=True),
    "pillow": Advice(_NATIVE, _DRAWING, is_native=True),
    "psutil": Advice(_NATIVE, "use system.status() of host", is_native=True),
    "pygame": Advice(_NATIVE, _DRAWING, is_native=True),
    "scipy": Advice(_NATIVE, _NUMBERS, is_native=True),
    "wiringpi": Advice(_NATIVE, _GPIO, is_native=True),
    "adafruit-gpio": Advice("needs modules for other boards", "use the adafruit-circuitpython package of the chip"),
    "aiohttp": Advice(_NETWORK, _READINGS),
    "bleak": Advice(_BLUETOOTH),
    "flask": Advice(_NETWORK, "the host serves the readings: wasi-host run --web"),
    "paho-mqtt": Advice(_NETWORK, _READINGS),
    "pigpio": Advice("talks to a daemon over the network, which the sandbox does not have", _GPIO),
    "requests": Advice(_NETWORK, _READINGS),
    "websockets": Advice(_NETWORK, _READINGS),
}
"""Advice by the name of the package (PEP 503)."""


def alternative(package: str) -> str:
    """Return an alternative to a package, with a semicolon before it; "" if none is known."""
    advice = ADVICE.get(package)
    return f"; {advice.instead}" if advice and advice.instead else ""
