"""Packages that many drivers name and that cannot work in the sandbox, and what to use in their place."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import cast

from hostcore import shipped
from hostcore.quick_dataclass import dataclass

_NATIVE = "has native code, and only pure Python runs in the sandbox"
_NETWORK = "needs the network, which the sandbox does not have"
_BLUETOOTH = "needs Bluetooth, which the sandbox does not have"


def _alternatives() -> Mapping[str, str]:
    """Return the literal of the guest's module `alternatives`, so that the sandbox and the host say the same."""
    *_, assigned, _docstring = ast.parse((shipped.guest_sources() / "alternatives.py").read_bytes()).body
    found: dict[str, str] = ast.literal_eval(cast("ast.Assign", assigned).value)
    return found


_INSTEAD = _alternatives()


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
    "adafruit-dht": Advice(_NATIVE, _INSTEAD["dht"], is_native=True),
    "bluepy": Advice(_BLUETOOTH, is_native=True),
    "gpiod": Advice(_NATIVE, _INSTEAD["gpio"], is_native=True),
    "hidapi": Advice(_NATIVE, is_native=True),
    "lgpio": Advice(_NATIVE, _INSTEAD["gpio"], is_native=True),
    "matplotlib": Advice(_NATIVE, _INSTEAD["plots"], is_native=True),
    "numpy": Advice(_NATIVE, _INSTEAD["numbers"], is_native=True),
    "opencv-python": Advice(_NATIVE, is_native=True),
    "opencv-python-headless": Advice(_NATIVE, is_native=True),
    "pandas": Advice(_NATIVE, _INSTEAD["tables"], is_native=True),
    "picamera": Advice(_NATIVE, is_native=True),
    "picamera2": Advice(_NATIVE, is_native=True),
    "pillow": Advice(_NATIVE, _INSTEAD["drawing"], is_native=True),
    "psutil": Advice(_NATIVE, "use system.status() of host", is_native=True),
    "pygame": Advice(_NATIVE, _INSTEAD["drawing"], is_native=True),
    "scipy": Advice(_NATIVE, _INSTEAD["numbers"], is_native=True),
    "wiringpi": Advice(_NATIVE, _INSTEAD["gpio"], is_native=True),
    "adafruit-gpio": Advice("needs modules for other boards", _INSTEAD["chip package"]),
    "aiohttp": Advice(_NETWORK, _INSTEAD["published"]),
    "bleak": Advice(_BLUETOOTH),
    "flask": Advice(_NETWORK, _INSTEAD["served"]),
    "paho-mqtt": Advice(_NETWORK, _INSTEAD["published"]),
    "pigpio": Advice("talks to a daemon over the network, which the sandbox does not have", _INSTEAD["gpio"]),
    "requests": Advice(_NETWORK, _INSTEAD["published"]),
    "websockets": Advice(_NETWORK, _INSTEAD["published"]),
}
"""Advice by the name of the package (PEP 503)."""


def alternative(package: str) -> str:
    """Return an alternative to a package, with a semicolon before it; "" if none is known."""
    advice = ADVICE.get(package)
    return f"; {advice.instead}" if advice and advice.instead else ""
