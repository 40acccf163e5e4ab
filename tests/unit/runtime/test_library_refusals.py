"""What the sandbox does not have is refused by a message that names the code that wants it, and an alternative."""

from __future__ import annotations

import pytest

from tests.sandbox import Sandbox


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "import termios",
            "probe.py line 4 imports termios, which controls a terminal, and the sandbox does not "
            "allow that: use serial",
        ),
        ("from ctypes import CDLL", "probe.py line 4 uses ctypes.CDLL, which runs native code"),
        ("import ctypes.util", "probe.py line 4 imports ctypes.util, which runs native code"),
        ("import numpy as np", "imports numpy, which runs native code"),
        (
            "import nothing_such",
            "No module named 'nothing_such': probe.py line 4 imports it. If a package of PyPI has it, name this",
        ),
        (
            "import adafruit_nothing.i2c",
            "Name its package, likely adafruit-circuitpython-nothing, in the plugin's metadata (dependencies, PEP 723)",
        ),
        (
            "import turtle",
            "probe.py line 4 imports turtle, which is a part of Python that the sandbox leaves out",
        ),
        (
            "import requests",
            "probe.py line 4 imports requests, which needs the network, and the sandbox does not allow that: return",
        ),
        ("import threading; threading.Thread(target=print).start()", "probe.py line 4 starts a thread"),
        ("import socket; socket.create_connection(('10.0.0.1', 80))", "probe.py line 4 looks up a name"),
        ("import asyncio; asyncio.run(None)", "probe.py line 4 starts an event loop of asyncio"),
        ("import socket; socket.socket()", "probe.py line 4 opens a socket"),
        ("import subprocess; subprocess.run(['ls'])", "probe.py line 4 starts a process"),
    ],
)
def test_a_refusal_names_the_line_and_an_alternative(sandbox: Sandbox, statement: str, message: str) -> None:
    plugin = sandbox.load(
        f"""
        def read():
            try:
                {statement}
            except (ImportError, RuntimeError) as error:
                return {{"said": str(error)}}
        """
    )
    said = plugin.read()["said"]
    assert isinstance(said, str)
    assert message in said


def test_a_library_may_look_for_an_optional_module_without_an_error(sandbox: Sandbox) -> None:
    plugin = sandbox.load(
        """
        import importlib.util
        def read():
            return {"numpy": importlib.util.find_spec("numpy") is not None}
        """
    )
    assert plugin.read() == {"numpy": False}
