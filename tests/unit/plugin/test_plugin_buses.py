"""The hardware in a plugin's hands: permission first, and every access is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hostcore.backends.base import Edge, I2cRead, I2cWrite, Pull
from hostcore.backends.spi import SpiDelay, SpiRead, SpiSelect, SpiSettings, SpiWrite
from hostcore.errors import (
    AccessDeniedError,
    UnsupportedError,
)
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.plugin.buses import PluginBuses
from hostcore.pulse import Pulse
from tests.plugin_bench import CHIP_ID, Bench


class TestAccess:
    def test_what_went_over_the_wires_is_told_in_order(self) -> None:
        bench = Bench()
        assert bench.hardware.i2c_transaction(1, 0x77, [*CHIP_ID, I2cWrite(b"\x72"), I2cRead(2)])[0] == b"\x61"
        told = bench.last()
        assert (told.plugin, told.bus, told.address) == ("probe", "i2c-1", 0x77)
        assert (told.outcome, told.detail) == (Outcome.OK, "")
        assert [message.written for message in told.messages] == [True, False, True, False]
        assert told.messages[:2] == (Message(True, b"\xd0"), Message(False, b"\x61"))
        assert told.time_ns == bench.clock.wall_ns()

    @pytest.mark.parametrize(
        ("access", "bus", "address", "messages"),
        [
            (
                lambda has: has.spi_transfer(0, 0, b"ab", SpiSettings()),
                "spi-0",
                0,
                (Message(True, b"ab"), Message(False, b"ab")),
            ),
            (lambda has: has.gpio_read(17, Pull.UP), "gpio", 17, (Message(False, b"\1"),)),
            (lambda has: has.gpio_write(17, False), "gpio", 17, (Message(True, b"\0"),)),
            (lambda has: has.gpio_capture(4, [Pulse(False, 1_000_000)], 10**8, 100), "gpio", 4, ()),
            (lambda has: has.uart_write("serial0", b"ab"), "uart-serial0", None, (Message(True, b"ab"),)),
            (lambda has: has.uart_read("serial0", 9, 0), "uart-serial0", None, (Message(False, b""),)),
            (lambda has: has.uart_set_baud("serial0", 9600), "uart-serial0", None, ()),
            (lambda has: has.system_status(), "system", None, ()),
            (lambda has: has.iio_channels("bme280"), "iio", None, ()),
        ],
    )
    def test_every_kind_of_access_is_told_once(
        self,
        access: Callable[[PluginBuses], object],
        bus: str,
        address: int | None,
        messages: tuple[Message, ...],
    ) -> None:
        bench = Bench()
        access(bench.hardware)
        assert len(bench.told) == 1
        told = bench.last()
        assert (told.bus, told.address, told.messages, told.outcome) == (bus, address, messages, Outcome.OK)

    def test_pulses_are_captured(self) -> None:
        edges = Bench().hardware.gpio_capture(4, [Pulse(False, 1_000_000)], 10**8, 200)
        assert len(edges) == 84
        assert all(isinstance(edge, Edge) for edge in edges)

    def test_a_time_on_the_bus_is_told(self) -> None:
        bench = Bench()
        bench.hardware.gpio_capture(4, [Pulse(False, 1_000_000)], 10**8, 200)
        assert 1_000_000 < bench.last().duration_ns <= 101_000_000

    def test_who_names_no_bus_gets_the_first_i2c_bus_of_host_toml(self) -> None:
        bench = Bench(buses=("gpio", "i2c-3", "i2c-1"))
        bench.hardware.i2c_transaction(None, 0x38, [I2cRead(1)])
        assert bench.last().bus == "i2c-3"

    def test_without_any_i2c_bus_the_error_says_how_to_get_one(self) -> None:
        with pytest.raises(UnsupportedError, match=r"no I2C bus; add \[buses\.i2c-1\]"):
            Bench(buses=("gpio",)).hardware.i2c_transaction(None, 0x38, [I2cRead(1)])

    def test_a_bus_that_is_not_in_host_toml_is_named_with_those_that_are(self) -> None:
        bench = Bench("i2c:7:0x23", buses=("i2c-1", "gpio"))
        with pytest.raises(UnsupportedError, match=r"i2c-7 is not in host\.toml, which has i2c-1, gpio"):
            bench.hardware.i2c_transaction(7, 0x23, [I2cRead(1)])
        assert bench.last().outcome is Outcome.OTHER


class TestRefusal:
    def test_without_permission_nothing_reaches_the_wires(self) -> None:
        bench = Bench("i2c:1:0x77:read")
        with pytest.raises(AccessDeniedError) as denied:
            bench.hardware.i2c_transaction(1, 0x77, CHIP_ID)
        told = bench.last()
        assert (told.outcome, told.detail, told.messages) == (Outcome.DENIED, str(denied.value), ())
        assert (told.duration_ns, told.waited_ns) == (0, 0)

    @pytest.mark.parametrize(
        ("access", "problem"),
        [
            *(
                (lambda has, address=address: has.i2c_transaction(1, address, [I2cRead(1)]), "7 bits and go from 0x08")
                for address in (0, 7, 0x78, 255)
            ),
            (lambda has: has.i2c_transaction(1, 0x23, []), "0 operations; 1 to 42"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(1)] * 43), "43 operations"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(0)]), "0 bytes; 1 to 8192"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(8193)]), "8193 bytes"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(-1)]), "-1 bytes"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cWrite(bytes(8193))]), "8193 bytes; 0 to 8192"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(5000), I2cWrite(bytes(5001))]), "10001 bytes in one"),
            (lambda has: has.i2c_transaction(1, 0x23, [I2cRead(8192)] * 42), "344064 bytes in one transaction"),
            (lambda has: has.spi_transfer(0, 0, bytes(4097), SpiSettings()), "4097 bytes"),
            (lambda has: has.spi_transfer(0, 0, b"", SpiSettings(0)), "0 Hz"),
            (lambda has: has.spi_transfer(0, 0, b"", SpiSettings(125_000_001)), "125000001 Hz"),
            (lambda has: has.spi_transfer(0, 0, b"", SpiSettings(mode=4)), "SPI mode 4"),
            (lambda has: has.spi_transaction(0, 0, [], SpiSettings()), "0 operations; 1 to 64"),
            (lambda has: has.spi_transaction(0, 0, [SpiDelay(0)] * 65, SpiSettings()), "65 operations"),
            (lambda has: has.spi_transaction(0, 0, [SpiRead(4096), SpiWrite(b"a")], SpiSettings()), "4097 bytes"),
            (lambda has: has.spi_transaction(0, 0, [SpiRead(2**32)], SpiSettings()), "4294967296 bytes"),
            (lambda has: has.spi_transaction(0, 0, [SpiDelay(50_001)] * 2, SpiSettings()), "100002 µs of delays"),
            (lambda has: has.spi_transfer(0, 0, b"a", SpiSettings(line=54)), "LINE 0 to 53"),
            (lambda has: has.spi_transfer(0, 0, b"a", SpiSettings(select=SpiSelect.NONE, line=4)), "select none"),
            (
                lambda has: has.spi_transfer(0, 0, b"a", SpiSettings(line=11)),
                "line 11 to select the chip; it is SCLK of SPI bus 0",
            ),
            (
                lambda has: has.spi_transfer(1, 0, b"a", SpiSettings(line=20)),
                "line 20 to select the chip; it is MOSI of SPI bus 1",
            ),
            (lambda has: has.gpio_read(54, Pull.NONE), "LINE 0 to 53"),
            (lambda has: has.gpio_write(255, True), "LINE 0 to 53"),
            (lambda has: has.gpio_capture(4, [], 1_000_000_001, 1), "a timeout of 1000000001 ns"),
            (lambda has: has.gpio_capture(4, [], 1, 0), "max-edges 0"),
            (lambda has: has.gpio_capture(4, [], 1, 1025), "max-edges 1025"),
            (lambda has: has.gpio_capture(4, [Pulse(True, 1)] * 257, 1, 1), "257 pulses"),
            (lambda has: has.gpio_capture(4, [Pulse(True, 500_000_001)] * 2, 1, 1), "1000000002 ns of pulses"),
            (
                lambda has: has.gpio_capture(4, [Pulse(True, -1)], 1, 1),
                "a pulse of less than 0 ns",
            ),
            (lambda has: has.uart_read("serial0", 0, 0), "max-length 0"),
            (lambda has: has.uart_read("serial0", 4097, 0), "max-length 4097"),
            (lambda has: has.uart_read("serial0", 1, 60_001), "a timeout of 60001 ms"),
            (lambda has: has.uart_read("../mem", 1, 0), "serial port"),
            (lambda has: has.uart_write("serial0", bytes(4097)), "4097 bytes"),
            (lambda has: has.uart_set_baud("serial0", 49), "49 baud"),
            (lambda has: has.uart_set_baud("serial0", 4_000_001), "4000001 baud"),
            (lambda has: has.iio_channels("../mem"), "iio:NAME"),
            (lambda has: has.iio_read("x" * 65, "temp"), "iio:NAME"),
            (lambda has: has.iio_read("bme280", "../temp"), "a channel's name"),
            (lambda has: has.iio_read("bme280", "t" * 65), "a channel's name"),
        ],
    )
    def test_what_the_contract_does_not_allow_is_refused_in_the_hosts_words(
        self, access: Callable[[PluginBuses], object], problem: str
    ) -> None:
        bench = Bench()
        with pytest.raises(UnsupportedError, match="no such access: ") as error:
            access(bench.hardware)
        assert problem in str(error.value)
        told = bench.last()
        assert (told.outcome, told.messages, told.asked) == (Outcome.OTHER, (), ()), (
            "nothing oversized is kept in an event"
        )

    def test_the_longest_that_the_contract_allows_is_done(self) -> None:
        bench = Bench()
        bench.hardware.i2c_transaction(1, 0x77, [I2cRead(8192), *[I2cRead(44)] * 40, I2cRead(48)])
        bench.hardware.i2c_transaction(1, 0x3C, [I2cWrite(bytes((0x40, *bytes(8191))))])
        assert bench.hardware.spi_transfer(0, 0, bytes(4096), SpiSettings(125_000_000, 3)) == bytes(4096)
        assert [told.outcome for told in bench.told if isinstance(told, TransferCompleted)] == [Outcome.OK] * 3
