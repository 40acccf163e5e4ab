"""Drivers in the sandbox over the Linux backend, on an emulated kernel where one transfer in twenty fails.

`make soak` runs ten times as many rounds of the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from hostcore.backends.base import Factory
from hostcore.clock import VirtualClock
from hostcore.errors import PluginReportedError
from hostcore.events import Outcome, TransferCompleted
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.targets import Memory
from tests.emulation.worker import Worker
from tests.faulty_bus import MEANINGS, endure
from tests.sandbox import Sandbox

pytest_plugins = ["tests.emulation.machine"]

ROUNDS = 100
LIGHT = """
from host import i2c

def read():
    return {"byte": i2c.read(0x23, 1)[0]}
"""


def test_every_fault_ends_as_its_own_error_and_every_plugin_goes_on(
    kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path
) -> None:
    sandbox = Sandbox(tmp_path, cache_folder, VirtualClock(), machine=cast("Factory", linux))
    endured = endure(kernel, sandbox, ROUNDS)  # a crash, after which a plugin would be restarted, would end it here
    sandbox.close()
    assert endured.unfounded == ()
    assert endured.misnamed == ()
    assert endured.faults == frozenset(MEANINGS), "each kind has struck"
    assert set(endured.reported) == {"bme680", "bh1750", "aht20", "oled"}, "and each plugin was hit"


def test_a_driver_survives_that_its_adapter_is_pulled_and_plugged_in_again(
    kernel: EmulatedKernel, linux: Worker, tmp_path: Path, cache_folder: Path
) -> None:
    adapter = I2cAdapter({0x23: Memory(b"\x2a")})
    kernel.plug("i2c-1", adapter)
    sandbox = Sandbox(tmp_path, cache_folder, VirtualClock(), machine=cast("Factory", linux))
    light = sandbox.load(LIGHT, "i2c:1:0x23")
    assert "byte" in light.read()
    kernel.unplug("i2c-1")
    for _ in range(3):
        with pytest.raises(PluginReportedError, match=r"/dev/i2c-1 is gone: .*; plug it in again"):
            light.read()
    kernel.plug("i2c-1", adapter)
    assert "byte" in light.read(), "the same instance, which nobody restarted"
    sandbox.close()
    told = [each.outcome for each in sandbox.events if isinstance(each, TransferCompleted)]
    assert told == [Outcome.OK, Outcome.BUS, Outcome.BUS, Outcome.BUS, Outcome.OK]
