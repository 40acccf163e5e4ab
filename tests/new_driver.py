"""Finds a chip on the screen, and chooses a driver for it."""

from __future__ import annotations

from hostcore.events import (
    ChipIdentified,
    DriverAdded,
    Presence,
    Probed,
    ScanCompleted,
)
from hostcore.events.facts import ScanMode
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from tests.screen import NOW, S, Screen

BUS = BusName("i2c-1")
ADDRESS = parse_permission("i2c:1:0x76")
HERE = DriverAdded(NOW, "bme280", "/home/pi/plugins/bme280.py", (ADDRESS,), "adafruit_bme280.basic.Adafruit_BME280_I2C")


def scanned(*answering: int, bus: BusName = BUS) -> ScanCompleted:
    """A scan of a whole bus, ten seconds ago."""
    probed = [
        Probed(address, Presence.PRESENT if address in answering else Presence.ABSENT, "")
        for address in range(0x08, 0x78)
    ]
    return ScanCompleted(NOW - 10 * S, bus, ScanMode.AUTO, tuple(probed), 1)


def identified(address: int, *chips: str) -> ChipIdentified:
    """A chip that has told what it is, or which of these."""
    return ChipIdentified(NOW, BUS, address, chips, "register 0xd0 reads it")


async def find_a_bme280(screen: Screen) -> None:
    """Let a scan find a chip, and go to the list of drivers."""
    await screen.publish(scanned(0x76), identified(0x76, "BME280"))
    await screen.press("n")


async def choose(screen: Screen, driver: str) -> None:
    """Move the cursor to a driver. The rows stand in one order, so this ends."""
    await screen.press("home")
    for _ in range(40):
        row = next(line for line in screen.lines if driver in line)
        cursor = screen.app.screen.focused
        assert cursor is not None
        if screen.lines.index(row) - 1 == cursor.cursor - cursor.top:  # type: ignore[attr-defined]
            return
        await screen.press("down")
    raise AssertionError(f"no row {driver}:\n{screen.text}")
