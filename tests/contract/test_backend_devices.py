"""What every backend does with SPI devices, serial ports, sensors of the kernel and the computer itself.

The machine under test is that of `test_backend.py`.
"""

from __future__ import annotations

import pytest

from hostcore.backends.spi import (
    SpiDelay,
    SpiOperation,
    SpiRead,
    SpiSelect,
    SpiSettings,
    SpiTransfer,
    SpiWrite,
)
from hostcore.clock import NS_PER_S
from hostcore.errors import UnsupportedError
from tests.backend_machine import (
    FREE_LINE,
    Machine,
    needs,
)
from tests.wiring import Part

pytest_plugins = ["tests.emulation.machine", "tests.backend_fixture"]


@needs(Part.SPI)
class TestSpi:
    @pytest.mark.parametrize("size", [0, 1, 1024, 4096])
    def test_what_comes_back_is_as_long_as_what_was_sent(self, machine: Machine, size: int) -> None:
        data = bytes(range(256)) * 16
        device = machine.factory.spi_device(*machine.spi)
        assert device.transfer(data[:size], SpiSettings()) == data[:size]

    @pytest.mark.parametrize("settings", [SpiSettings(speed_hz=10_000_000), SpiSettings(mode=3)])
    def test_every_setting_may_change_from_transfer_to_transfer(self, machine: Machine, settings: SpiSettings) -> None:
        device = machine.factory.spi_device(*machine.spi)
        assert device.transfer(b"\x9f\x00", SpiSettings()) == b"\x9f\x00"
        assert device.transfer(b"\x9f\x00", settings) == b"\x9f\x00"

    @pytest.mark.parametrize("mode", range(4))
    def test_a_wire_has_no_clock_and_works_in_every_mode(self, machine: Machine, mode: int) -> None:
        device = machine.factory.spi_device(*machine.spi)
        assert device.transfer(b"\x81\x7e", SpiSettings(mode=mode)) == b"\x81\x7e"

    def test_every_read_and_transfer_of_a_transaction_returns_its_own_bytes(self, machine: Machine) -> None:
        operations = [SpiWrite(b"\x01"), SpiTransfer(b"\x02\x03"), SpiRead(2), SpiDelay(10), SpiTransfer(b"\x04")]
        received = machine.factory.spi_device(*machine.spi).transaction(operations, SpiSettings())
        assert received == (b"\x02\x03", b"\x00\x00", b"\x04")

    def test_a_transaction_that_only_writes_returns_nothing(self, machine: Machine) -> None:
        assert machine.factory.spi_device(*machine.spi).transaction([SpiWrite(b"\x01\x02")], SpiSettings()) == ()

    @pytest.mark.parametrize("operations", [[SpiDelay(20_000)], [SpiTransfer(b"a"), SpiDelay(20_000), SpiRead(1)]])
    def test_a_delay_takes_at_least_its_time(self, machine: Machine, operations: list[SpiOperation]) -> None:
        began = machine.clock.monotonic_ns()
        machine.factory.spi_device(*machine.spi).transaction(operations, SpiSettings())
        assert machine.clock.monotonic_ns() - began >= 20_000_000

    @needs(Part.SELECT)
    @pytest.mark.parametrize("settings", [SpiSettings(select=SpiSelect.NONE), SpiSettings(line=FREE_LINE)])
    def test_a_chip_that_is_not_selected_sends_nothing(self, machine: Machine, settings: SpiSettings) -> None:
        device = machine.factory.spi_device(*machine.spi)
        assert device.transfer(b"\x9f\x01", settings) == b"\x00\x00"
        assert device.transfer(b"\x9f\x01", SpiSettings()) == b"\x9f\x01"

    def test_a_device_that_does_not_exist_is_refused_by_its_number(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match=r"1\.2"):
            machine.factory.spi_device(1, 2)


@needs(Part.PORT)
class TestUart:
    def test_what_was_sent_arrives_in_order(self, machine: Machine) -> None:
        port = machine.factory.uart(machine.port)
        port.set_baud(115_200)
        port.write(b"hello ")
        port.write(b"world")
        assert read_all(machine, 11) == b"hello world"

    def test_a_read_takes_no_more_than_asked_for_and_leaves_the_rest(self, machine: Machine) -> None:
        port = machine.factory.uart(machine.port)
        port.write(b"abc")
        first = port.read(2, NS_PER_S)
        assert 1 <= len(first) <= 2
        assert first + read_all(machine, 3 - len(first)) == b"abc"

    def test_a_read_waits_for_its_timeout_and_then_returns_nothing(self, machine: Machine) -> None:
        began = machine.clock.monotonic_ns()
        assert machine.factory.uart(machine.port).read(16, 20_000_000) == b""
        assert machine.clock.monotonic_ns() - began >= 20_000_000

    def test_a_read_without_a_timeout_returns_at_once(self, machine: Machine) -> None:
        assert machine.factory.uart(machine.port).read(16, 0) == b""

    def test_a_port_that_does_not_exist_is_refused_by_its_name(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match="ttyNOPE"):
            machine.factory.uart("ttyNOPE")


@needs(Part.SENSORS)
class TestIio:
    def test_a_sensor_that_the_kernel_reads_is_listed_with_its_channels(self, machine: Machine) -> None:
        sensors = machine.factory.iio()
        assert sensors.devices() == ("bme280",)
        assert sensors.channels("bme280") == ("humidityrelative", "pressure", "temp")

    def test_values_have_the_kernels_units(self, machine: Machine) -> None:
        values = {channel: machine.factory.iio().read("bme280", channel) for channel in ("temp", "humidityrelative")}
        assert values == {"temp": -3400, "humidityrelative": 65200}
        assert 90 < machine.factory.iio().read("bme280", "pressure") < 110

    def test_what_does_not_exist_is_refused_by_its_name(self, machine: Machine) -> None:
        with pytest.raises(UnsupportedError, match="no sensor dht11@4; there is bme280"):
            machine.factory.iio().read("dht11@4", "temp")
        with pytest.raises(UnsupportedError, match=r"bme280.* has no channel voltage0; it has humidityrelative"):
            machine.factory.iio().read("bme280", "voltage0")


class TestSystem:
    def test_every_figure_is_in_the_range_of_a_living_computer(self, machine: Machine) -> None:
        status = machine.factory.system().status()
        assert -40 < status.cpu_temperature < 110
        assert 0 <= status.load < 100
        assert 0 < status.memory_used < status.memory_total
        assert status.uptime > 0

    def test_uptime_never_goes_back(self, machine: Machine) -> None:
        system = machine.factory.system()
        assert system.status().uptime <= system.status().uptime


def read_all(machine: Machine, length: int) -> bytes:
    """Read from the port until `length` bytes have come or none came for a second."""
    received = b""
    while len(received) < length:
        part = machine.factory.uart(machine.port).read(length - len(received), NS_PER_S)
        if not part:
            break
        received += part
    return received
