"""Every fault on demand, on the simulated Pi and above the devices of the Linux kernel: a user sees the same."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from hostcore.clock import RealClock, VirtualClock
from hostcore.devices.base import I2cTarget, LineTarget
from hostcore.devices.catalog import SimulatedChip, build
from hostcore.devices.environment import Environment
from hostcore.faults.model import TRAITS, FaultKind
from hostcore.place import BusKind
from tests.emulation.gpio import GpioChip
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.worker import Worker
from tests.struck_devices import BH1750, BME680, IDENTITY, LINE, Seen, edges, i2c

pytest_plugins = ["tests.emulation.machine"]

CHIPS = (
    SimulatedChip("bme680", bus=1, address=BME680),
    SimulatedChip("bh1750", bus=1, address=BH1750),
    SimulatedChip("dht22", line=LINE),
)
HOUR_NS = 3600 * 10**9
ON_I2C = [kind for kind, traits in TRAITS.items() if BusKind.I2C in traits.buses]
ON_GPIO = [kind for kind, traits in TRAITS.items() if BusKind.GPIO in traits.buses]
OF_THE_BUS = {FaultKind.STUCK_SDA, FaultKind.STUCK_SCL}
ERRORS = {
    FaultKind.NACK: ("NoAcknowledgeError", errno.EREMOTEIO),
    FaultKind.UNPLUGGED: ("NoAcknowledgeError", errno.EREMOTEIO),
    FaultKind.STRETCHING: ("BusFaultError", errno.EIO),
    FaultKind.STUCK_SCL: ("BusTimeoutError", errno.ETIMEDOUT),
}
BYTES = {
    FaultKind.DELAY: IDENTITY,
    FaultKind.STUCK_SDA: b"\0",
    FaultKind.OTHER_IDENTITY: b"\x60",
    FaultKind.SECOND_CHIP: bytes((IDENTITY[0] & 0x58,)),
    FaultKind.LATE_READY: b"\x20",
}
LONGEST_MS = {FaultKind.DELAY: 20, FaultKind.STRETCHING: 35, FaultKind.STUCK_SCL: 1000}
EDGES = {FaultKind.UNPLUGGED: 0, FaultKind.MISSING_PULSES: 82}
Use = Callable[[str, FaultKind], Any]


@pytest.fixture
def simulated() -> Use:
    from hostcore.backends.simulated.factory import SimulatedFactory

    def use(how: str, kind: FaultKind) -> Any:
        clock = VirtualClock()
        factory = SimulatedFactory(clock, Environment(clock), CHIPS, (1,))
        return {"i2c": i2c, "edges": edges}[how](kind, factory, clock)

    return use


@pytest.fixture
def real(kernel: EmulatedKernel, linux: Worker) -> Use:
    """The Linux backend on an emulated kernel. The fault is made in that process, above the opened device."""
    clock = RealClock()
    targets, environment = dict[int, I2cTarget](), Environment(clock)
    for chip in CHIPS:
        target = build(chip, clock, environment, powered_ns=-HOUR_NS)
        if isinstance(target, I2cTarget) and chip.address is not None:
            targets[chip.address] = target
        elif isinstance(target, LineTarget):
            kernel.plug("gpiochip0", GpioChip(parts={LINE: target}))
    kernel.plug("i2c-1", I2cAdapter(targets))

    def use(how: str, kind: FaultKind) -> Any:
        return linux.run(f"""
from hostcore.backends.linux.factory import LinuxFactory
from hostcore.clock import RealClock
from hostcore.faults.model import FaultKind
from tests.struck_devices import {how}
factory = LinuxFactory()
try:
    answer = {how}(FaultKind({kind.value!r}), factory, RealClock())
finally:
    factory.close()
""")

    return use


@pytest.fixture(params=["simulated", "real"])
def use(request: pytest.FixtureRequest) -> Use:
    found: Use = request.getfixturevalue(request.param)
    return found


@pytest.mark.parametrize("kind", ON_I2C)
def test_a_fault_of_an_i2c_device_looks_the_same_on_every_backend_and_ends_with_it(use: Use, kind: FaultKind) -> None:
    seen: Seen = use("i2c", kind)
    if kind in ERRORS:
        assert seen.struck == ERRORS[kind]
    elif kind in BYTES:
        assert seen.struck == BYTES[kind]
    else:
        assert kind in {FaultKind.BIT_FLIPS, FaultKind.WRONG_CRC}
        assert isinstance(seen.struck, bytes) and (seen.struck[0] ^ IDENTITY[0]).bit_count() == 1
    assert seen.waited_ms >= LONGEST_MS.get(kind, 0)
    assert seen.after == IDENTITY


@pytest.mark.parametrize("kind", [kind for kind in ON_I2C if kind not in OF_THE_BUS])
def test_a_fault_of_one_device_does_not_touch_its_neighbour(use: Use, kind: FaultKind) -> None:
    assert use("i2c", kind).neighbour == b""


@pytest.mark.parametrize("kind", ON_GPIO)
def test_a_fault_of_a_line_looks_the_same_on_every_backend(use: Use, kind: FaultKind) -> None:
    assert use("edges", kind) == EDGES.get(kind, 84)
