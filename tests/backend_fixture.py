"""The machine that every backend is tested with, simulated and on the emulated kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from hostcore.backends.base import (
    Factory,
    I2cBus,
)
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.clock import RealClock, VirtualClock
from hostcore.devices.base import I2cTarget, LineTarget
from hostcore.devices.catalog import SimulatedChip, build
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from tests.backend_machine import (
    AIR,
    CHIPS,
    DHT22_LINE,
    HOUR_NS,
    Machine,
)
from tests.emulation.gpio import GpioChip
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.spi import SpiSlot
from tests.emulation.uart import LoopbackPort
from tests.emulation.worker import Worker
from tests.wiring import WIRING, WiredChip, Wiring

NOT_WIRED = WiredChip(0, 0, b"", b"")


@pytest.fixture
def simulated_machine() -> Iterator[Machine]:
    clock = VirtualClock()
    factory = SimulatedFactory(clock, Environment(clock, AIR), CHIPS, (1, 3))
    yield Machine(factory, clock)
    factory.close()


@pytest.fixture
def linux_machine(kernel: EmulatedKernel, linux: Worker) -> Iterator[Machine]:
    """The Linux backend with smbus2, spidev, pyserial and gpiozero, on an emulated kernel."""
    clock = RealClock()
    buses: dict[int, dict[int, I2cTarget]] = {1: {}, 3: {}}
    for chip in CHIPS:
        if chip.bus is not None and chip.address is not None:
            target = build(chip, clock, Environment(clock, AIR))
            assert isinstance(target, I2cTarget)
            buses[chip.bus][chip.address] = target
    for number, targets in buses.items():
        kernel.plug(f"i2c-{number}", I2cAdapter(targets))
    for device in ("spidev0.0", "spidev0.1"):
        kernel.plug(device, SpiSlot(SpiLoopback(clock, Environment(clock))))
    sensor = build(SimulatedChip("dht22", line=DHT22_LINE), clock, Environment(clock, AIR), powered_ns=-HOUR_NS)
    assert isinstance(sensor, LineTarget)
    kernel.plug("gpiochip0", GpioChip(parts={DHT22_LINE: sensor}))
    kernel.write_sys("class/thermal/thermal_zone0/temp", "48312\n")
    answers = {"name": "bme280", "in_temp_input": "-3400", "in_humidityrelative_input": "65200"}
    for file, text in {**answers, "in_pressure_raw": "25940208", "in_pressure_scale": "0.00000390625"}.items():
        kernel.write_sys(f"bus/iio/devices/iio:device0/{file}", f"{text}\n")
    port = LoopbackPort()
    kernel.link("serial0", port.path)
    yield Machine(cast("Factory", linux), clock)
    port.unplug()


@pytest.fixture
def wired_machine() -> Iterator[Machine]:
    """This very computer, with what a person has wired to it."""
    if Wiring() == WIRING:
        pytest.skip("nothing is wired to this computer, as far as the variables WASI_HOST_TEST_... say; see docs/pi.md")
    from hostcore.backends.linux.factory import LinuxFactory

    factory, usual = LinuxFactory(), WIRING.chip or NOT_WIRED
    yield Machine(
        factory,
        RealClock(),
        chip=usual,
        i2c_addresses=(usual.address,),
        i2c_buses=(usual.bus,),
        lines=WIRING.lines or (0, 0),
        spi=WIRING.spi or (0, 0),
        port=WIRING.port or "",
        parts=WIRING.parts,
    )
    factory.close()


MACHINES = ["simulated_machine", "linux_machine"]
if Wiring() != WIRING:
    MACHINES.append(pytest.param("wired_machine", marks=pytest.mark.wired))


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> Machine:
    made: Machine = request.getfixturevalue(request.param)
    made.require(request.node)
    return made


@pytest.fixture
def bus(machine: Machine) -> I2cBus:
    return machine.factory.i2c_bus(machine.chip.bus)


@pytest.fixture
def chip(machine: Machine) -> WiredChip:
    """A chip on that bus with a register whose content is known."""
    return machine.chip
