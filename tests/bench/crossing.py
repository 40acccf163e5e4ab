"""An I2C call of a guest: first only into the host and back, then all the way to a chip, without and with a recording.

One guest program makes many calls in one `read`, so that only the calls count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hostcore.clock import VirtualClock
from hostcore.recording.recorder import Recorder
from tests.bench.measure import MICRO, Aim, Figure, interleaved, processor_seconds_of
from tests.bench.plain import shipped_config, simulated_pi
from tests.bench.sandboxed import replace_import, sandbox_on
from tests.bench.stock import StockPlugin
from tests.plain_python import PlainPlugin
from tests.sandbox import Sandbox

TITLE = "Guest-to-host I2C transfer, processor time"
REPETITIONS = 11
CALLS = 300
"""Calls in one `read`."""
CALL_SECONDS = 60.0
PERMISSION = "i2c:1:0x08-0x77"
MOST_CROSSINGS = 1.7
"""How many times as long as a crossing a whole call may take, with a recording."""
AMPLE = 64 << 20
"""Most bytes of a recording."""

AS_PLUGINS_DO = """
from host import i2c

def read():
    for _ in range({calls}):
        i2c.transfer({address}, {data}, {length}, bus=1)
    return {{}}
"""
"""Uses the module `host`, which passes bytes as a string."""
AS_ANY_GUEST_DOES = """
from wit_world.imports import i2c

def read():
    for _ in range({calls}):
        i2c.transfer(1, {address}, {data}, {length})
    return {{}}
"""
"""Uses the contract's own function, which passes bytes as a list<u8>."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """The transfer to measure."""

    what: str
    data: bytes
    """Written."""
    length: int
    """Bytes read."""
    address: int
    """A simulated chip that accepts this transfer."""
    factor: float | None
    """How many times faster than stock wasmtime-py a crossing should be."""


TRANSFERS = (
    Transfer("1 byte written", b"\x00", 0, 0x3C, 4),
    Transfer("25 bytes read", b"", 25, 0x77, None),
    Transfer("1,024 bytes written", b"\x40" + bytes(range(256)) * 4, 0, 0x3C, 10),
)
"""The SSD1306 takes a control byte alone, and 1,024 bytes after one; the BME680's registers can be read at any time."""


def figures() -> Iterator[Figure]:
    """Crossings to a host function that returns at once, then the whole path."""
    with sandbox_on(VirtualClock()) as sandbox:
        for transfer in TRANSFERS:
            took = interleaved(REPETITIONS, _contestants(sandbox, transfer))
            per_call = {name: seconds / CALLS for name, seconds in took.items()}
            aim = Aim(factor=transfer.factor) if transfer.factor else None
            yield _figure(f"{transfer.what}, crossing: host.i2c", per_call, "ours", "stock", aim)
            yield _figure("    the same list<u8> call on both", per_call, "ours, list", "stock")
            yield _figure("    whole path of host.i2c, to a simulated chip", per_call, "ours, whole", "plain")
            whole, crossing = per_call["ours, recorded"], per_call["ours"]
            aim = Aim(factor=1 / MOST_CROSSINGS)
            yield Figure("    the same, recorded", whole, MICRO, crossing, "the crossing", aim)


def _figure(what: str, per_call: dict[str, float], ours: str, baseline: str, aim: Aim | None = None) -> Figure:
    name = {"stock": "wasmtime-py, list<u8>", "plain": "plain CPython"}[baseline]
    return Figure(what, per_call[ours], MICRO, per_call[baseline], name, aim)


def _contestants(sandbox: Sandbox, transfer: Transfer) -> dict[str, Callable[[], float]]:
    as_plugins_do, as_any_guest_does = _source(AS_PLUGINS_DO, transfer), _source(AS_ANY_GUEST_DOES, transfer)
    whole = sandbox.load(as_plugins_do, PERMISSION, call_seconds=CALL_SECONDS)
    recorded = sandbox.load(
        as_plugins_do,
        PERMISSION,
        call_seconds=CALL_SECONDS,
        record=lambda header: Recorder(header, sandbox.clock, AMPLE),
    )
    ours = sandbox.load(as_plugins_do, call_seconds=CALL_SECONDS)
    ours_list = sandbox.load(as_any_guest_does, call_seconds=CALL_SECONDS)
    answer = bytes(transfer.length)
    replace_import(ours, "python-wire#i2c-transfer", lambda *_: answer)
    replace_import(ours_list, "/i2c#transfer", lambda *_: answer)
    stock = StockPlugin(sandbox, _file(sandbox, "stock", as_any_guest_does), {"i2c#transfer": lambda *_: answer})
    clock = VirtualClock()
    plain = PlainPlugin(_file(sandbox, "plain", as_plugins_do), simulated_pi(shipped_config(), clock), clock)
    readers = {
        "ours": ours,
        "ours, list": ours_list,
        "stock": stock,
        "ours, whole": whole,
        "ours, recorded": recorded,
        "plain": plain,
    }
    return {name: processor_seconds_of(plugin.read) for name, plugin in readers.items()}


def _source(program: str, transfer: Transfer) -> str:
    return program.format(calls=CALLS, address=transfer.address, data=transfer.data, length=transfer.length)


def _file(sandbox: Sandbox, name: str, source: str) -> Path:
    path = sandbox.folder / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    return path
