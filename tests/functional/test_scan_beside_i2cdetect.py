"""``wasi-host scan`` beside Debian's i2cdetect, on the same buses of an emulated kernel."""

from __future__ import annotations

import errno
import json
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from smbus2 import I2cFunc

from hostcore.devices.base import I2cTarget
from tests.emulation import preload
from tests.emulation.i2c import FUNCTIONS_OF_I2C, I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory, Picky

pytest_plugins = ["tests.emulation.machine"]
pytestmark = pytest.mark.thorough


def population(seed: int) -> I2cAdapter:
    """A bus with devices, what the kernel holds, and holes; the same one for the same seed."""
    chance = random.Random(seed)
    addresses = chance.sample(range(0x08, 0x78), chance.choice([0, 3, 12, 40]))
    claimed = chance.sample(range(0x08, 0x78), chance.choice([0, 1, 5]))
    lacking = chance.choice([0, 0, 0, I2cFunc.SMBUS_QUICK, I2cFunc.SMBUS_READ_BYTE])
    speaks = chance.choice([FUNCTIONS_OF_I2C, FUNCTIONS_OF_I2C, FUNCTIONS_OF_I2C & ~I2cFunc.I2C])
    return I2cAdapter(
        {address: device(chance) for address in addresses},
        functions=speaks & ~lacking,
        claimed=dict.fromkeys(claimed, "bmp280"),
        no_acknowledge=chance.choice([errno.ENXIO, errno.EREMOTEIO]),
        zero_length=chance.random() < 0.8,
    )


def device(chance: random.Random) -> I2cTarget:
    """A device, or one that answers only reads or only writes. i2cdetect overlooks those that answer now and then."""
    kinds: list[Callable[[], I2cTarget]] = [
        Memory,
        Memory,
        lambda: Picky(reading=True),
        lambda: Picky(reading=False),
    ]
    return chance.choice(kinds)()


MODES = (("auto", ()), ("quick", ("-q",)), ("read", ("-r",)))
"""Ours, and what i2cdetect takes for it."""
THREE_SCANS = f"""
import io, json, sys
from contextlib import redirect_stdout
from hostcore.cli.main import main

def scan(bus, mode):
    with redirect_stdout(io.StringIO()) as out:
        status = main(["--config", sys.argv[1], "scan", str(bus), "-y", "--mode", mode])
    return status, out.getvalue()

print(json.dumps([scan(bus, mode) for bus, mode in enumerate({[mode for mode, _ in MODES]}, 1)]))
"""
"""One process for all of them: to start it takes longer than to scan."""


@pytest.mark.skipif(shutil.which("i2cdetect") is None, reason="Debian's i2c-tools are not installed")
class TestBesideI2cdetect:
    @pytest.mark.parametrize("seed", [*range(6), *(pytest.param(n, marks=pytest.mark.thorough) for n in range(6, 20))])
    def test_the_grids_of_all_modes_are_the_same_cell_for_cell(
        self, kernel: EmulatedKernel, tmp_path: Path, seed: int
    ) -> None:
        settings = tmp_path / "host.toml"
        settings.write_text("".join(f"[buses.i2c-{bus}]\n" for bus in (1, 2, 3)), encoding="utf-8")
        plug_three_times(kernel, seed)
        commands = [("i2cdetect", "-y", *option, str(bus)) for bus, (_, option) in enumerate(MODES, 1)]
        theirs = [preload.run(kernel.root, *command) for command in commands]
        kernel.boot()
        plug_three_times(kernel, seed)
        ours = preload.run(kernel.root, sys.executable, "-c", THREE_SCANS, str(settings))
        assert ours.stdout, ours.stderr
        for (status, grid), they in zip(json.loads(ours.stdout), theirs, strict=True):
            assert grid[: len(they.stdout)] == they.stdout
            assert status == they.returncode
            assert bool(grid) is bool(they.stdout)


def plug_three_times(kernel: EmulatedKernel, seed: int) -> None:
    """A bus of the same population for each mode."""
    for bus in range(1, 1 + len(MODES)):
        kernel.plug(f"i2c-{bus}", population(seed))
