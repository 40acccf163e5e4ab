"""SPI on the simulated Pi: modes, and chip selects that a driver drives itself."""

from __future__ import annotations

import threading

import pytest

from hostcore.backends.base import Pull
from hostcore.backends.simulated.factory import SimulatedFactory
from hostcore.backends.simulated.line import SimulatedLine
from hostcore.backends.simulated.spi import ChipSelectLine, SimulatedSpiBus, SimulatedSpiDevice
from hostcore.backends.spi import SpiRead, SpiSelect, SpiSettings, SpiWrite
from hostcore.clock import VirtualClock
from hostcore.devices.base import SPI_MODES, SpiTarget
from hostcore.devices.catalog import SimulatedChip
from hostcore.devices.environment import Environment
from hostcore.devices.loopback import SpiLoopback
from hostcore.errors import UnsupportedError
from tests.spi_flash import ID_ANSWER, READ_ID, SpiFlash


class TestSpiDevice:
    def test_a_chip_hears_its_command_in_its_own_modes_only(self) -> None:
        device = SimulatedSpiDevice(SimulatedSpiBus(VirtualClock(), threading.Event()), SpiFlash())
        answers = [device.transfer(READ_ID, SpiSettings(mode=mode)) for mode in range(4)]
        assert answers == [ID_ANSWER, bytes(4), bytes(4), ID_ANSWER]


CLOCK = VirtualClock()


class Notebook(SpiTarget):
    """A chip that notes what it hears, and answers every byte with 0x0F."""

    modes = SPI_MODES

    def __init__(self) -> None:
        self.heard: list[bytes | None] = []

    def transfer(self, data: bytes, speed_hz: int) -> bytes:
        self.heard.append(data)
        return b"\x0f" * len(data)

    def deselect(self) -> None:
        self.heard.append(None)


class TestSelection:
    """A chip hears what is sent while it is selected, by its chip select or by its line."""

    @pytest.fixture
    def bus(self) -> SimulatedSpiBus:
        return SimulatedSpiBus(VirtualClock(), threading.Event())

    def test_a_chip_is_selected_once_for_a_transaction(self, bus: SimulatedSpiBus) -> None:
        chip = Notebook()
        device = SimulatedSpiDevice(bus, chip)
        for _ in range(2):
            device.transaction([SpiWrite(b"a"), SpiRead(2)], SpiSettings())
        assert chip.heard == [b"a", b"\0\0", None] * 2

    def test_a_chip_on_a_line_is_selected_while_the_line_is_low(self, bus: SimulatedSpiBus) -> None:
        chip = Notebook()
        device = SimulatedSpiDevice(bus, None)
        line = SimulatedLine(VirtualClock(), threading.Event(), ChipSelectLine(bus, chip))
        for level in (True, False, False, True, False):
            line.write(level)
            device.transfer(b"a", SpiSettings(select=SpiSelect.NONE))
        line.read(Pull.NONE)
        assert chip.heard == [b"a", b"a", None, b"a", None]

    def test_nobody_answers_with_the_level_of_the_pis_pull_down(self, bus: SimulatedSpiBus) -> None:
        assert SimulatedSpiDevice(bus, None).transfer(b"ab", SpiSettings()) == b"\0\0"

    def test_two_selected_chips_both_hear_and_disturb_each_other(self, bus: SimulatedSpiBus) -> None:
        chip, loopback = Notebook(), SpiLoopback(CLOCK, Environment(CLOCK))
        SimulatedLine(CLOCK, threading.Event(), ChipSelectLine(bus, loopback)).write(False)
        assert SimulatedSpiDevice(bus, chip).transfer(b"\x3c", SpiSettings()) == b"\x0c"
        assert chip.heard == [b"\x3c", None]

    def test_a_failing_chip_is_deselected(self, bus: SimulatedSpiBus) -> None:
        class Broken(Notebook):
            def transfer(self, data: bytes, speed_hz: int) -> bytes:
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            SimulatedSpiDevice(bus, Broken()).transfer(b"a", SpiSettings())
        assert bus.selected == []

    def test_a_pi_with_a_chip_on_a_line_has_the_devices_of_its_bus(self) -> None:
        chips = [SimulatedChip("loopback-spi", bus=0, line=5)]
        factory = SimulatedFactory(CLOCK, Environment(CLOCK), chips, ())
        device = factory.spi_device(0, 1)
        assert device.transfer(b"a", SpiSettings(line=5)) == b"\0"
        factory.gpio_line(5).write(False)
        assert device.transfer(b"a", SpiSettings(line=5)) == b"a"
        with pytest.raises(UnsupportedError, match=r"no SPI device 0\.2; there is 0\.0, 0\.1"):
            factory.spi_device(0, 2)
