"""The modules for I2C in the sandbox: which bus they use, and what becomes of permissions and errors."""

from __future__ import annotations

from typing import Any

import pytest

from hostcore.errors import PluginReportedError
from hostcore.events import Outcome, TransferCompleted
from tests.sandbox import Sandbox

BME680, BH1750, AHT20 = "i2c:1:0x77", "i2c:1:0x23", "i2c:3:0x38"
"""Chips of the simulated Pi."""


def reading(sandbox: Sandbox, expression: str, *permissions: str, top: str) -> Any:
    """The value of an expression in a driver."""
    return sandbox.load(f"{top}\ndef read():\n    return {{'value': {expression}}}\n", *permissions).read()["value"]


CHIP_ID = "(bus.writeto(0x77, b'\\xd0'), read := bytearray(1), bus.readfrom_into(0x77, read), read[0])[-1]"


@pytest.mark.parametrize(
    ("top", "expression"),
    [
        ("import smbus2\nbus = smbus2.SMBus(1)", "bus.read_byte_data(0x77, 0xD0)"),
        ("import smbus\nbus = smbus.SMBus(1)", "bus.read_byte_data(0x77, 0xD0)"),
        ("import board\nbus = board.I2C()", CHIP_ID),
        ("import board, busio\nbus = busio.I2C(board.SCL, board.SDA)", CHIP_ID),
        ("import board\nbus = board.STEMMA_I2C()", CHIP_ID),
        ("from adafruit_extended_bus import ExtendedI2C\nbus = ExtendedI2C(1)", CHIP_ID),
        ("from machine import I2C\nbus = I2C(0)", "bus.readfrom_mem(0x77, 0xD0, 1)[0]"),
    ],
)
def test_every_module_reads_the_id_of_a_bme680(sandbox: Sandbox, top: str, expression: str) -> None:
    assert reading(sandbox, expression, BME680, top=top) == 0x61


@pytest.mark.parametrize(
    ("top", "expression"),
    [
        ("import smbus2\nbus = smbus2.SMBus(3)", "bus.read_byte(0x38)"),
        ("import smbus2\nbus = smbus2.SMBus('/dev/i2c-3')", "bus.read_byte(0x38)"),
        ("from adafruit_extended_bus import ExtendedI2C\nbus = ExtendedI2C(3)", "bus.scan()"),
    ],
)
def test_a_number_names_the_bus(sandbox: Sandbox, top: str, expression: str) -> None:
    reading(sandbox, expression, AHT20, top=top)
    assert {str(event.bus) for event in sandbox.events if isinstance(event, TransferCompleted)} == {"i2c-3"}


@pytest.mark.parametrize("top", ["import board\nbus = board.I2C()", "import machine\nbus = machine.I2C()"])
def test_a_scan_asks_only_the_addresses_that_are_granted(sandbox: Sandbox, top: str) -> None:
    assert reading(sandbox, "bus.scan()", BME680, BH1750, "i2c:1:0x10", AHT20, top=top) == [0x23, 0x77]
    transfers = [event for event in sandbox.events if isinstance(event, TransferCompleted)]
    assert {event.address for event in transfers} == {0x10, 0x23, 0x77}
    assert not any(event.outcome is Outcome.DENIED for event in transfers)


@pytest.mark.parametrize(
    ("top", "call"),
    [
        ("import smbus2\nbus = smbus2.SMBus(1)", "bus.read_byte_data(0x77, 0xD0)"),
        ("import smbus\nbus = smbus.SMBus(1)", "bus.write_quick(0x77)"),
        ("import board\nbus = board.I2C()", "bus.writeto(0x77, b'')"),
        ("import machine\nbus = machine.I2C()", "bus.readfrom(0x77, 1)"),
    ],
)
def test_a_driver_that_expects_a_silent_device_does_not_hide_a_missing_permission(
    sandbox: Sandbox, top: str, call: str
) -> None:
    source = f"""{top}
def read():
    try:
        {call}
    except OSError:
        return {{}}
"""
    with pytest.raises(PluginReportedError, match="i2c:1:0x77"):
        sandbox.load(source).read()


def test_an_error_of_a_module_is_reported_and_is_no_crash(sandbox: Sandbox) -> None:
    with pytest.raises(PluginReportedError, match=r"Data length cannot exceed 32 bytes \(ValueError in smbus2/"):
        reading(
            sandbox, "bus.write_i2c_block_data(0x77, 0, [0] * 33)", BME680, top="import smbus2\nbus = smbus2.SMBus(1)"
        )


@pytest.mark.parametrize("chip_select", [0, 1])
def test_an_extended_spi_bus_drives_its_own_chip_select(sandbox: Sandbox, chip_select: int) -> None:
    top = f"from adafruit_extended_bus import ExtendedSPI\nspi = ExtendedSPI(0, {chip_select})"
    reading(
        sandbox,
        "(spi.try_lock(), spi.configure(baudrate=2_400_000), spi.write(bytes(3)))[0]",
        "spi:0.0",
        "spi:0.1",
        top=top,
    )
    assert [(str(event.bus), event.address) for event in sandbox.events if isinstance(event, TransferCompleted)] == [
        ("spi-0", chip_select)
    ]


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        ("smbus2.SMBus(9)", r"\[Errno 2\] No such file or directory \(host.toml has i2c-1, i2c-3\): '/dev/i2c-9'"),
        ("smbus.SMBus(9)", r"\[Errno 2\] No such file or directory \(host.toml has i2c-1, i2c-3\): '/dev/i2c-9'"),
        ("ExtendedI2C(9)", "No device found for /dev/i2c-9: host.toml has no bus i2c-9"),
    ],
)
def test_a_bus_that_host_toml_does_not_have_cannot_be_opened(sandbox: Sandbox, call: str, problem: str) -> None:
    with pytest.raises(PluginReportedError, match=problem):
        reading(sandbox, call, top="import smbus, smbus2\nfrom adafruit_extended_bus import ExtendedI2C")
