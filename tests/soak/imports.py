"""Measures what each call between plugin and host leaves behind in the guest's memory.

Holes in the guest's heap would hide a leak of a few bytes per call for a long time. So the holes are filled first.
After that, leaked memory lies on top of the heap, and moves the place of the next large object.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from hostcore.clock import VirtualClock
from hostcore.errors import PluginReportedError
from hostcore.runtime.plugin import Plugin
from tests.bench.sandboxed import forget, sandbox_on
from tests.sandbox import Sandbox

SOURCE = """
import os
import time
import host
from host import gpio, i2c, leds, log, pwm, relays, spi, state, system, uart
from wit_world.imports import i2c as contract
from wit_world.imports import settings
from wit_world.imports import values as contract_values

FRAME = b"\\x40" + bytes(1024)
LARGE = 1 << 20
held = []


def top():
    return id(bytes(LARGE))


def fill(make):
    above = top()
    while id(filler := make()) < above:
        held.append(filler)


def fill_all():
    for size in range(LARGE // 2, 16, -16):
        fill(lambda: bytes(size - 4 - bytes.__basicsize__))
    fill(object)


def nobody():
    try:
        i2c.write(0x50, b"a")
    except host.NoAcknowledge:
        pass


def read():
    for _ in range({calls}):
        {statement}
    return {{"text": "x" * 200, "number": 21.5}}


def update(readings):
    if readings == "fill":
        fill_all()


def render(readings):
    return f"{{top():<10000}}"
"""
"""The guest. Sizes are of malloc's chunks, which need 4 bytes for themselves. CPython on WASI allocates with malloc."""
FAILING = "raise host.SensorError('x' * 100)"
LIST, EMPTY = "the contract's own i2c, list<u8> of 1 byte", "the contract's own values, 4 empty texts"
LEAKY = frozenset({LIST, EMPTY})
"""The controls: componentize-py 0.25.1 never frees this argument, nor these parts of a result (`cabi_realloc` allocates
even nothing, and a `String` without capacity frees nothing). So a leak must be measured."""

STATEMENTS: Mapping[str, str] = {
    LIST: "contract.transfer(1, 0x3C, b'\\xe3', 0)",
    EMPTY: "contract_values.find('bme680', 'count')",
    "i2c.write, 2 bytes": "i2c.write(0x3C, b'\\x00\\xe3')",
    "i2c.write, 1,025 bytes": "i2c.write(0x3C, FRAME)",
    "i2c.read, 2 bytes": "i2c.read(0x23, 2)",
    "i2c.transfer, 15 bytes read": "i2c.transfer(0x77, b'\\x1d', 15)",
    "i2c.transaction": "i2c.transaction(0x77, [i2c.Write(b'\\xd0'), i2c.Read(1)])",
    "i2c.write, nobody answers": "nobody()",
    "spi.transfer": "spi.transfer(b'0123456789abcdef')",
    "spi.transaction": "spi.transaction([spi.Write(b'0123456789abcdef'), spi.Read(3), spi.Transfer(b'01')])",
    "gpio.read": "gpio.read(5)",
    "gpio.write": "gpio.write(6, True)",
    "gpio.capture of a silent line": "gpio.capture(12, timeout=0.001)",
    "gpio.capture of a DHT22": "time.sleep(2); gpio.capture(4, [(False, 0.0011)], timeout=0.02)",
    "uart.write and read": "uart.write(b'hello'); uart.read(5, timeout=0)",
    "uart.read of nothing": "uart.read(5, timeout=0)",
    "uart.set_baud": "uart.set_baud(9600)",
    "leds.set_color, fill and show": "leds.fill(1, 2, 3); leds.set_color(0, 9, 0, 0); leds.show()",
    "leds.count": "leds.count()",
    "relays.write and read": "relays.write('fan', not relays.read('fan'))",
    "relays.pulse": "relays.pulse('fan', 1, on=0.001, off=0)",
    "pwm.write": "pwm.write(18, 0.5)",
    "system.status": "system.status()",
    "host.quantity": "host.quantity('bme680', 'count')",
    "settings": "settings.read()",
    "state.save and load": "state.save({'count': 1}); state.load()",
    "log.debug": "log.debug('a line of text')",
    "print": "print('a line of text')",
    "time.sleep": "time.sleep(0.01)",
    "time.monotonic": "time.monotonic()",
    "time.time": "time.time()",
    "os.urandom": "os.urandom(16)",
}
PERMISSIONS = (
    *("i2c:1:0x08-0x77", "spi:0.0", "uart:serial0", "system", "leds", "relay:fan", "pwm:18"),
    *("gpio:4:pulses", "gpio:12:pulses", "gpio:5:in", "gpio:6:out"),
)
CALLS = 5000
"""Measured calls. 16 bytes per call, the least that malloc can lose, move the top by 80 KB."""
NOISE = 1.0
"""Bytes per call that are not a leak: a few objects more or less at the time of measuring."""
FOREVER = 1e9
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Leak:
    """The memory that one kind of call leaves behind."""

    what: str
    bytes_per_call: float
    """Bytes per call; 0 if it is only noise."""

    @property
    def is_well(self) -> bool:
        """Whether the result is as expected: no leak, except for the controls."""
        return (self.bytes_per_call > 0) == (self.what in LEAKY)


def leaks(tick: Callable[[int], None]) -> tuple[Leak, ...]:
    """Measure every import of the module `host`, and the exports. `tick` receives the number of calls made."""
    with sandbox_on(VirtualClock()) as sandbox:
        return tuple(_leaks(sandbox, tick))


def count() -> int:
    """Number of calls that `leaks` makes."""
    return (len(STATEMENTS) + 4) * CALLS * 2


def _leaks(sandbox: Sandbox, tick: Callable[[int], None]) -> Iterator[Leak]:
    def load(calls: int, statement: str) -> Plugin:
        source = SOURCE.format(calls=calls, statement=statement)
        return sandbox.load(source, *PERMISSIONS, call_seconds=FOREVER, log=forget)

    for what, statement in STATEMENTS.items():
        plugin = load(CALLS, statement)
        yield _leak(what, plugin, plugin.read, tick)
    for what, statement in {"export read": "pass", "export read, reporting an error": FAILING}.items():
        plugin = load(1, statement)
        yield _leak(what, plugin, _repeated(plugin.read), tick)
    plugin, text = load(0, "pass"), json.dumps("x" * 1000)
    yield _leak("export update, 1 KB", plugin, _repeated(lambda: plugin.update(text)), tick)
    plugin = load(0, "pass")
    yield _leak("export render, 10 KB", plugin, _repeated(lambda: plugin.render("{}")), tick)


def _repeated(call: Callable[[], object]) -> Callable[[], None]:
    def calls() -> None:
        for _ in range(CALLS):
            with suppress(PluginReportedError):
                call()

    return calls


def _leak(what: str, plugin: Plugin, calls: Callable[[], object], tick: Callable[[int], None]) -> Leak:
    """Call once for the caches, fill the holes, and call again."""
    calls()
    tick(CALLS)
    plugin.update('"fill"')
    settled = int(plugin.render("{}"))
    calls()
    tick(CALLS)
    per_call = (int(plugin.render("{}")) - settled) / CALLS
    plugin.close()
    return Leak(what, per_call if per_call > NOISE else 0.0)
