"""The guest's `digitalio` against Adafruit-Blinka's, through rpi-lgpio on the emulated kernel.

Blinka's wheels are fetched once, by hash and without their native dependencies. Where its message is one of Python
about its own insides, only the type is compared.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.contract.calls import Told, ours, theirs
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import compiler
from tests.sandbox import Sandbox

REQUIREMENTS = Path(__file__).with_name("blinka.txt")
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
def blinka(request: pytest.FixtureRequest) -> str:
    """The folder of Blinka's modules."""
    folder: Path = request.config.cache.mkdir("blinka")
    download = [*(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:")]
    download += ["--require-hashes", "--requirement", str(REQUIREMENTS), "--dest", str(folder)]
    wheels = sorted(folder.glob("*.whl"))
    if len(wheels) < 2:
        done = subprocess.run(download, capture_output=True, text=True, check=False)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip("Blinka cannot be fetched")
        assert not done.returncode, done.stderr
    modules = folder / "modules"
    for wheel in folder.glob("*.whl"):
        zipfile.ZipFile(wheel).extractall(modules)
    return str(modules)


@pytest.fixture(scope="module")
def original(blinka: str) -> Iterator[dict[str, Told]]:
    """What Blinka does."""
    if compiler() is None:
        pytest.skip("no C compiler: the kernel cannot be emulated; install gcc")
    if find_spec("RPi") is None or find_spec("lgpio") is None:
        pytest.skip("rpi-lgpio is not installed: it has no wheel for this Python")
    prepare = f"""
import os, sys
sys.path.append({blinka!r})
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
