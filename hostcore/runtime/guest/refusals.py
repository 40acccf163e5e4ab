"""What does not exist in the sandbox, and what to use in its place. Each refusal names the code that wants it."""

import asyncio
import builtins
import os
import socket
import subprocess
import sys
import threading
from types import FrameType
from typing import Any, NoReturn

NATIVE = "runs native code"
OTHER_GPIO = "use gpiozero, RPi.GPIO or digitalio, which this host provides"
OTHER_BUS = "use smbus2, spidev or serial, which this host provides"

SERVED = "the host shows and serves the readings"

MISSING = {
    "ctypes.util": (NATIVE, OTHER_BUS),
    "cffi": (NATIVE, OTHER_BUS),
    "mmap": ("maps device memory", OTHER_GPIO),
    "termios": ("controls a terminal", "use serial, which this host provides"),
    "tty": ("controls a terminal", "use serial, which this host provides"),
    "pwd": ("reads the computer's users", ""),
    "resource": ("limits the process", ""),
    "ssl": ("needs the network", SERVED),
    "http": ("needs the network", SERVED),
    "requests": ("needs the network", SERVED),
    "flask": ("needs the network", SERVED),
    "paho": ("needs the network", SERVED),
    "curses": ("draws on a terminal", "return a reading, or print"),
    "tkinter": ("draws windows", "return a reading, or print"),
    "numpy": (NATIVE, "use array, struct and statistics"),
    "PIL": (NATIVE, "draw with adafruit_framebuf, or as plugins/oled.py does"),
    "cv2": (NATIVE, ""),
    "scipy": (NATIVE, ""),
    "pandas": (NATIVE, "use csv and statistics"),
    "matplotlib": (NATIVE, "the host draws the readings"),
    "RPi._GPIO": (NATIVE, OTHER_GPIO),
    "lgpio": (NATIVE, OTHER_GPIO),
    "gpiod": (NATIVE, OTHER_GPIO),
    "pigpio": ("talks to a daemon", OTHER_GPIO),
    "wiringpi": (NATIVE, OTHER_GPIO),
    "Adafruit_GPIO": ("needs modules for other boards", "use the package adafruit-circuitpython-* for this chip"),
    "Adafruit_DHT": (NATIVE, "use adafruit-circuitpython-dht"),
}
"""Modules that cannot be imported: what each does, and what to use in its place."""


def missing(name: str) -> str:
    """Return the message for a module that nobody has."""
    does, instead = MISSING.get(name, ("", ""))
    if does:
        return f"{asker()} imports {name}, which {does}, and the sandbox does not allow that" + _instead(instead)
    if name.partition(".")[0] in sys.stdlib_module_names:
        return f"{asker()} imports {name}, which is a part of Python that the sandbox leaves out"
    return f"No module named {name!r}: {asker()} imports it. {_package_of(name)}, and fetch it (wasi-host fetch)"


def _package_of(module: str) -> str:
    """Return the advice to name the package of a module. Adafruit names its packages after their modules."""
    top = module.partition(".")[0]
    where = "in the plugin's metadata (dependencies, PEP 723)"
    if top.startswith("adafruit_"):
        chip = top.removeprefix("adafruit_").replace("_", "-")
        return f"Name its package, likely adafruit-circuitpython-{chip}, {where}"
    return f"If a package of PyPI has it, name this package {where}"


def native(name: str, module: str) -> str:
    """Return the message for a part of a module that calls native code. `module` is the file of this module."""
    return f"{asker(module)} uses {name}, which {NATIVE}, and the sandbox does not allow that: {OTHER_BUS}"


def asker(module: str = "") -> str:
    """Return the file and the line that asked: the innermost frame outside Python's own library and `module`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (frame.f_code.co_filename == module or _is_own(frame.f_code.co_filename)):
        frame = frame.f_back
    return "somebody" if frame is None else f"{frame.f_code.co_filename} line {frame.f_lineno}"


def refuse() -> None:
    """Replace what would fail with a message that helps nobody."""
    threading.Thread.start = _refused("starts a thread", "poll in read(), or in the loop of a script")
    socket.socket.__init__ = _refused("opens a socket", SERVED)
    socket.getaddrinfo = socket.gethostbyname = _refused("looks up a name", SERVED)
    loop = _refused("starts an event loop of asyncio", "use a loop with time.sleep()")
    asyncio.new_event_loop = asyncio.events.new_event_loop = loop
    subprocess.Popen.__init__ = _refused("starts a process", "")
    os.system, os.popen = _system, _refused("starts a process", "")
    builtins.input = _input


def _refused(does: str, instead: str) -> Any:
    def refused(*_arguments: Any, **_options: Any) -> NoReturn:
        raise RuntimeError(f"{asker()} {does}, and the sandbox does not allow that" + _instead(instead))

    return refused


def _input(_prompt: object = "") -> NoReturn:
    """Do `input`, whose input is at its end."""
    raise EOFError(f"{asker()} asks for input, and nobody can answer in the sandbox: write the answer into the source")


def _system(command: str) -> int:
    """Do `os.system`. Scripts clear the terminal before they print; a log needs no clearing."""
    if command.strip() not in {"clear", "cls"}:
        _refused("starts a process", "")()
    return 0


def _instead(text: str) -> str:
    return f": {text}" if text else ""


def _is_own(file: str) -> bool:
    return file.startswith(("<frozen ", _STANDARD_LIBRARY)) or file.rpartition("/")[0] == _HERE


_HERE = __file__.rpartition("/")[0]
_STANDARD_LIBRARY = threading.__file__.removesuffix("threading.py")
