"""The guest's `digitalio` against Adafruit-Blinka's, through rpi-lgpio on the emulated kernel.

`make` installs Blinka without the native packages that it depends on. If its message is one of Python about its own
insides, only the type is compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.contract.calls import Told, ours, theirs
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.sandbox import Sandbox

pytest.importorskip("adafruit_blinka", reason="Adafruit-Blinka is not installed")

INSIDES = {"'NoneType' object has no attribute 'value'", "type object 'Pin' has no attribute 'OPEN_DRAIN'"}
PREPARE = "from digitalio import *\nfrom microcontroller.pin import Pin\npin = Pin(17)"

CASES = {
    "an output": (
        "line = DigitalInOut(pin)",
        "line.direction",
        "line.value = True",
        "line.drive_mode",
        "line.switch_to_output(value=True)",
        "line.value, line.direction, line.drive_mode",
        "line.pull",
        "line.pull = Pull.UP",
        "line.value = 0",
        "line.value",
        "line.drive_mode = DriveMode.OPEN_DRAIN",
        "line.drive_mode = DriveMode.PUSH_PULL",
    ),
    "an input": (
        "line = DigitalInOut(pin)",
        "line.pull",
        "line.switch_to_input(Pull.UP)",
        "line.value, line.pull",
        "line.switch_to_input()",
        "line.pull",
        "line.pull = Pull.DOWN",
        "line.value, line.pull",
        "line.pull = 7",
        "line.direction = 7",
    ),
    "an output that becomes an input and an output again": (
        "line = DigitalInOut(pin)",
        "line.direction = Direction.OUTPUT",
        "line.value = True",
        "line.direction = Direction.INPUT",
        "line.pull, line.direction",
        "line.direction = Direction.OUTPUT",
        "line.value",
    ),
    "the end": (
        "with DigitalInOut(pin) as line: line.switch_to_output(True)",
        "line.value",
        "line.direction",
        "line.deinit()",
    ),
    "names": ("Pull.UP, Pull.DOWN, Direction.INPUT, Direction.OUTPUT, DriveMode.PUSH_PULL, DriveMode.OPEN_DRAIN",),
}


@pytest.fixture(scope="module")
def original() -> Iterator[dict[str, Told]]:
    """What Blinka does."""
    if compiler() is None:
        pytest.skip("no C compiler: the kernel cannot be emulated; install gcc")
    if find_spec("RPi") is None or find_spec("lgpio") is None:
        pytest.skip("rpi-lgpio is not installed: it has no wheel for this Python")
    prepare = """
import os
os.environ.update(BLINKA_FORCEBOARD="RASPBERRY_PI_4B", BLINKA_FORCECHIP="BCM2XXX")
from digitalio import *
class pin: id = 17
"""
    with EmulatedKernel() as kernel:
        kernel.boot()
        yield theirs(kernel, CASES, prepare)


@pytest.mark.parametrize("name", CASES)
def test_the_same_calls_have_the_same_results_and_drive_the_same_levels(
    name: str, sandbox: Sandbox, original: dict[str, Told]
) -> None:
    told = ours(sandbox, CASES[name], PREPARE, "gpio:17:in", "gpio:17:out")
    for mine, its in zip(told.results, original[name].results, strict=True):
        kind, _, text = its.partition(": ")
        assert mine.startswith(f"{kind}: ") if text in INSIDES else mine == its
    assert told.levels == original[name].levels
