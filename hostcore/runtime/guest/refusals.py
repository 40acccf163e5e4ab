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

from alternatives import INSTEAD

NATIVE = "runs native code"
NETWORK = "needs the network"

MISSING = {
    "ctypes.util": (NATIVE, INSTEAD["bus"]),
    "cffi": (NATIVE, INSTEAD["bus"]),
    "mmap": ("maps device memory", INSTEAD["gpio"]),
    "termios": ("controls a terminal", INSTEAD["serial"]),
    "tty": ("controls a terminal", INSTEAD["serial"]),
    "pwd": ("reads the computer's users", ""),
    "resource": ("limits the process", ""),
    "ssl": (NETWORK, INSTEAD["published"]),
    "http": (NETWORK, INSTEAD["published"]),
    "requests": (NETWORK, INSTEAD["published"]),
    "flask": (NETWORK, INSTEAD["served"]),
    "paho": (NETWORK, INSTEAD["published"]),
    "curses": ("draws on a terminal", INSTEAD["text"]),
    "tkinter": ("draws windows", INSTEAD["text"]),
    "numpy": (NATIVE, INSTEAD["numbers"]),
    "PIL": (NATIVE, INSTEAD["drawing"]),
    "cv2": (NATIVE, ""),
    "scipy": (NATIVE, INSTEAD["numbers"]),
    "pandas": (NATIVE, INSTEAD["tables"]),
    "matplotlib": (NATIVE, INSTEAD["plots"]),
    "RPi._GPIO": (NATIVE, INSTEAD["gpio"]),
    "lgpio": (NATIVE, INSTEAD["gpio"]),
    "gpiod": (NATIVE, INSTEAD["gpio"]),
    "pigpio": ("talks to a daemon", INSTEAD["gpio"]),
    "wiringpi": (NATIVE, INSTEAD["gpio"]),
    "Adafruit_GPIO": ("needs modules for other boards", INSTEAD["chip package"]),
    "Adafruit_DHT": (NATIVE, INSTEAD["dht"]),
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
    instead = INSTEAD["bus"]
    return f"{asker(module)} uses {name}, which {NATIVE}, and the sandbox does not allow that: {instead}"


def asker(module: str = "") -> str:
    """Return the file and the line that asked: the innermost frame outside Python's own library and `module`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (frame.f_code.co_filename == module or _is_own(frame.f_code.co_filename)):
        frame = frame.f_back
    return "somebody" if frame is None else f"{frame.f_code.co_filename} line {frame.f_lineno}"


def refuse() -> None:
    """Replace what would fail with a message that helps nobody."""
    threading.Thread.start = _refused("starts a thread", "poll in read(), or in the loop of a script")
    socket.socket.__init__ = _refused("opens a socket", INSTEAD["published"])
    socket.getaddrinfo = socket.gethostbyname = _refused("looks up a name", INSTEAD["published"])
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
