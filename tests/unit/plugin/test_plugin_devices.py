"""SPI transactions, sensors of the kernel, and lines of other plugins, in a plugin's hands."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from hostcore.access.decisions import Access, Reservations
from hostcore.backends.base import Pull
from hostcore.backends.spi import SpiDelay, SpiRead, SpiSelect, SpiSettings, SpiTransfer, SpiWrite
from hostcore.buses.share import BusShare
from hostcore.errors import (
    AccessDeniedError,
    BusFaultError,
    UnsupportedError,
)
from hostcore.events import Message, Outcome
from hostcore.permissions import parse_permission
from hostcore.place import BusName, Place
from hostcore.plugin.buses import PluginBuses
from hostcore.plugin.gate import Gate
from hostcore.plugin.kit import Kit
from tests.plugin_bench import ALL, Bench, Watched


class TestSpiTransactions:
    OPERATIONS = (SpiWrite(b"\x75"), SpiDelay(100), SpiRead(2), SpiTransfer(b"ab"))

    def test_all_messages_are_told_in_one_event(self) -> None:
        bench = Bench()
        settings = SpiSettings(1_000_000, 3)
        assert bench.hardware.spi_transaction(0, 0, self.OPERATIONS, settings) == (b"\0\0", b"ab")
        assert len(bench.told) == 1
        told = bench.last()
        assert (told.bus, told.address, told.outcome, told.spi) == ("spi-0", 0, Outcome.OK, settings)
        assert told.messages == (
            Message(True, b"\x75"),
            Message(False, b"\0\0"),
            Message(True, b"ab"),
            Message(False, b"ab"),
        )
        assert told.asked == (2, 2)
        assert told.duration_ns == 100_000

    @pytest.mark.parametrize("select", [SpiSelect.LOW, SpiSelect.HIGH])
    def test_a_line_selects_the_chip_for_the_time_of_the_transaction(
        self, monkeypatch: pytest.MonkeyPatch, select: SpiSelect
    ) -> None:
        bench, seen = Bench("spi:0.0", "gpio:17:out"), []
        line, device = bench.machine.gpio_line(17), bench.machine.spi_device(0, 0)
        levels: list[bool] = []
        monkeypatch.setattr(line, "write", levels.append)

        def transact(_operations: object, settings: SpiSettings) -> tuple[bytes, ...]:
            seen.append([*levels])
            assert bench.shared.lock(Place(BusName("gpio"), 17))._lock.locked(), "nobody else can drive the line"
            return ()

        monkeypatch.setattr(device, "transaction", transact)
        bench.hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(select=select, line=17))
        active = select is SpiSelect.HIGH
        assert seen == [[active]]
        assert levels == [active, not active]

    def test_the_line_is_at_rest_again_after_a_failure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        bench = Bench("spi:0.0", "gpio:17:out")

        def fail(*_arguments: object) -> NoReturn:
            raise BusFaultError("a loose wire")

        monkeypatch.setattr(bench.machine.spi_device(0, 0), "transaction", fail)
        with pytest.raises(BusFaultError):
            bench.hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(line=17))
        assert bench.machine.gpio_line(17)._level is True  # type: ignore[attr-defined]

    @pytest.mark.parametrize(("granted", "missing"), [("spi:0.0", "gpio:17:out"), ("gpio:17:out", "spi:0.0")])
    def test_a_line_needs_its_own_permission_besides_that_of_the_device(self, granted: str, missing: str) -> None:
        bench = Bench(granted)
        with pytest.raises(AccessDeniedError, match=f'does not let probe .* add "{missing}"'):
            bench.hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(line=17))
        assert bench.last().outcome is Outcome.DENIED
        assert bench.last().messages == ()

    def test_another_plugins_line_is_not_driven(self) -> None:
        bench, reservations = Bench(), Reservations()
        assert reservations.reserve("servo", parse_permission("gpio:17:out")) is None
        access = Access("probe", [*map(parse_permission, ALL)], reservations)
        hardware = PluginBuses(Gate(bench.shared, "probe", Kit(access, None, bench.limit, bench.told.append)))
        with pytest.raises(AccessDeniedError, match="belongs to servo"):
            hardware.spi_transaction(0, 0, [SpiWrite(b"a")], SpiSettings(line=17))


class TestSensorsOfTheKernels:
    def test_a_measurement_is_told_by_its_names_and_its_value(self) -> None:
        bench = Bench()
        value = bench.hardware.iio_read("bme280", "temp")
        assert 10_000 < value < 40_000
        told = bench.last()
        assert (told.bus, told.address, told.outcome) == ("iio", None, Outcome.OK)
        assert told.messages == (Message(True, b"bme280 temp"), Message(False, repr(value).encode()))

    def test_another_sensor_is_denied_whether_it_exists_or_not(self) -> None:
        bench = Bench("iio:dht11@4")
        for access in (lambda has: has.iio_read("bme280", "temp"), lambda has: has.iio_channels("bme280")):
            with pytest.raises(AccessDeniedError, match="does not let probe read the kernel's sensor bme280"):
                access(bench.hardware)
            assert bench.last().outcome is Outcome.DENIED

    @pytest.mark.parametrize(
        ("permission", "listed"), [("iio:bme280", ("bme280",)), ("iio:dht11@4", ()), ("system", ())]
    )
    def test_a_plugin_sees_the_sensors_that_it_may_read(self, permission: str, listed: tuple[str, ...]) -> None:
        assert Bench(permission).hardware.iio_devices() == listed

    def test_without_the_bus_in_host_toml_the_error_says_how_to_get_it(self) -> None:
        with pytest.raises(UnsupportedError, match=r"add \[buses\.iio\] there"):
            Bench("iio:bme280", buses=("gpio",)).hardware.iio_devices()


class TestLinesOfOthers:
    @pytest.fixture
    def bench(self) -> Bench:
        return Bench("gpio:17:in", "gpio:17:out")

    def reader(self, bench: Bench, reservations: Reservations) -> PluginBuses:
        kit = Kit(
            Access("reader", [parse_permission("gpio:17:in")], reservations),
            BusShare(1.0, 0),
            bench.limit,
            bench.told.append,
        )
        return PluginBuses(Gate(bench.shared, "reader", kit))

    def test_a_line_that_another_plugin_drives_is_not_made_an_input(self, bench: Bench) -> None:
        reservations = Reservations()
        reader = self.reader(bench, reservations)
        assert reader.gpio_read(17, Pull.DOWN) is False
        assert reservations.reserve("servo", parse_permission("gpio:17:out")) is None
        line = bench.machine.gpio_line(17)
        line.write(True)
        with pytest.raises(AccessDeniedError, match="servo drives the line, and reading would make it an input"):
            reader.gpio_read(17, Pull.DOWN)
        assert bench.last().outcome is Outcome.DENIED
        reservations.release("servo")
        assert reader.gpio_read(17, Pull.DOWN) is False

    def test_nor_when_the_other_began_while_this_one_waited(self, bench: Bench) -> None:
        reservations, begun = Reservations(), threading.Event()
        with ThreadPoolExecutor(1) as pool:
            with bench.shared.held(Place(BusName("gpio"), 17)):
                bench.limit = Watched(begun.set)
                reading = pool.submit(self.reader(bench, reservations).gpio_read, 17, Pull.DOWN)
                assert begun.wait(10)
                assert reservations.reserve("servo", parse_permission("gpio:17:out")) is None
            with pytest.raises(AccessDeniedError, match="servo drives the line"):
                reading.result(10)

    def test_its_own_output_may_be_read(self, bench: Bench) -> None:
        bench.hardware.gpio_write(17, True)
        assert bench.hardware.gpio_read(17, Pull.DOWN) is False
