"""A screen with the traffic of a BME680."""

from __future__ import annotations

from hostcore.events import (
    LibraryLine,
    Message,
    Outcome,
    TransferCompleted,
)
from hostcore.place import BusName
from tests.screen import NOW
from tests.scripted_session import ScriptedSession, plugin_facts

MS = 1_000_000

DRIVER = """from host import i2c

def wake(mode):
    # forced mode, see the data sheet
    i2c.write(0x77, bytes([0x74, mode]))


def read():
    wake(0x25)
"""

LIBRARY = LibraryLine("adafruit_bme680-3.7.9/adafruit_bme680.py", 2)


def wrote(data: str) -> Message:
    return Message(True, bytes.fromhex(data))


def read(data: str) -> Message:
    return Message(False, bytes.fromhex(data))


def transfer(
    *messages: Message,
    address: int = 0x77,
    outcome: Outcome = Outcome.OK,
    plugin: str = "bme680",
    at_ms: float = 0,
    line: int = 0,
) -> TransferCompleted:
    detail = "" if outcome is Outcome.OK else "nobody answered"
    return TransferCompleted(
        NOW + round(at_ms * MS), plugin, BusName("i2c-1"), address, messages, outcome, detail, 312_000,
        sequence=1, source_line=line,
    )  # fmt: skip


IDENTITY = transfer(wrote("d0"), read("61"))
SLEEP, FORCED = transfer(wrote("7424"), at_ms=10), transfer(wrote("7425"), at_ms=20, line=5)


def session() -> ScriptedSession:
    return ScriptedSession(
        known=[plugin_facts("bme680"), plugin_facts("light")],
        sources={("bme680", ""): DRIVER, ("bme680", LIBRARY.file): "def _write():\n    i2c.writeto()\n    done()\n"},
    )
