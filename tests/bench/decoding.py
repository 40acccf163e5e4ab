"""Traffic in the chip's words: what it costs the screen, and what the driver's line costs each call of the host.

All figures are CPU time, because some are too small for a clock on the wall.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from hostcore.clock import VirtualClock
from hostcore.events import Message, Outcome, TransferCompleted
from hostcore.place import BusName
from hostcore.view.traffic import SeenTransfer, Traffic
from tests.bench.measure import MICRO, Aim, Figure, interleaved
from tests.bench.sandboxed import replace_import, sandbox_on
from tests.scripted_session import plugin_facts
from tests.ssd1306_display import UPRIGHT
from tui.look import THEMED
from tui.traffic.transfer_words import transfer_line

TITLE = "Traffic in the chip's words; CPU time"
REPETITIONS, CALLERS = 11, 41
TRANSFERS = 1_000
"""Transfers in one turn."""
CALLS = 1_000
"""Calls in one `read`."""
CALL_SECONDS = 60.0
WIDTH = 78
"""Cells of a row."""
I2C = BusName("i2c-1")

BARE = """
from componentize_py_types import Err
from host.errors import bus_error

def ask(function, *arguments):
    try:
        return function(0, *arguments)
    except Err as err:
        raise bus_error(err) from None
"""
"""What the module `host` would do without the line."""
WITH_LINE = "from host._wire import ask"
CALLING = """
{ask}

def answer(place, bus, address, data, length):
    return ""

def transfer(number):
    return ask(answer, 1, 0x23, number, 0)

def register(number):
    return transfer(number)

def read():
    for _ in range({calls}):
        register(b"\\x00")
    return {{}}
"""
"""A driver's function for its registers calls one of the host's, which would cross into the host."""
CROSSING = """
from host import i2c

def read():
    for _ in range({calls}):
        i2c.transfer(0x23, b"\\x00", 0, bus=1)
    return {{}}
"""


def figures() -> Iterator[Figure]:
    """The parts that the screen does for each transfer or each row, then the part of each call."""
    yield from _folding()
    for what, event in _examples().items():
        yield from _decoding(what, event)
    yield from _source_line()


def _transfer(plugin: str, address: int, *messages: Message) -> TransferCompleted:
    return TransferCompleted(1, plugin, I2C, address, messages, Outcome.OK, "", 300_000, sequence=1, source_line=9)


def _examples() -> dict[str, TransferCompleted]:
    """Transfers of the shipped drivers."""
    result = Message(True, b"\x1d"), Message(False, bytes(range(0x80, 0x8F)))
    return {
        "a result of a BME680, 15 bytes": _transfer("bme680", 0x77, *result),
        "a command of a BH1750": _transfer("bh1750", 0x23, Message(True, b"\x20")),
        "the commands of an SSD1306": _transfer("ssd1306", 0x3C, Message(True, bytes([0, *UPRIGHT]))),
        "a picture of an SSD1306, 1,024 bytes": _transfer("ssd1306", 0x3C, Message(True, b"\x40" + bytes(1024))),
    }


def _traffic() -> Traffic:
    traffic = Traffic()
    traffic.know(tuple(plugin_facts(name) for name in ("bme680", "bh1750", "ssd1306")))
    return traffic


def _folding() -> Iterator[Figure]:
    """What each transfer costs the screen, whether it is shown or not."""
    events = [*_examples().values()] * (TRANSFERS // len(_examples()))

    take, kept = _traffic().takes()[TransferCompleted], Traffic()

    def fold() -> None:
        for event in events:
            take(event)

    def keep() -> None:
        for event in events:
            kept.append(SeenTransfer(event))

    took = interleaved(REPETITIONS, {"fold": _cpu_seconds_of(fold), "keep": _cpu_seconds_of(keep)})
    per_transfer = {name: seconds / len(events) for name, seconds in took.items()}
    yield Figure(
        "a transfer folded: chip, registers, gap", per_transfer["fold"], MICRO, per_transfer["keep"], "only kept"
    )


def _decoding(what: str, event: TransferCompleted) -> Iterator[Figure]:
    traffic = _traffic()
    traffic.takes()[TransferCompleted](event)
    known, unknown = traffic.items.last(1)[0], SeenTransfer(event)

    def repeated(work: Callable[[], object]) -> Callable[[], float]:
        return _cpu_seconds_of(lambda: [work() for _ in range(TRANSFERS)])

    took = interleaved(
        REPETITIONS,
        {
            "decoded": repeated(known.decoded),
            "plain": repeated(unknown.decoded),
            "row": repeated(lambda: transfer_line(known, THEMED, WIDTH)),
        },
    )
    each = {name: seconds / TRANSFERS for name, seconds in took.items()}
    yield Figure(f"decoded: {what}", each["decoded"], MICRO, each["plain"], "without a chip file")
    yield Figure("    as a row of the traffic pane", each["row"], MICRO)


def _source_line() -> Iterator[Figure]:
    """The guest finds the line before it crosses into the host. A crossing takes so much longer that it is apart."""
    with sandbox_on(VirtualClock()) as sandbox:
        finding = {
            "line": sandbox.load(CALLING.format(ask=WITH_LINE, calls=CALLS), call_seconds=CALL_SECONDS),
            "none": sandbox.load(CALLING.format(ask=BARE, calls=CALLS), call_seconds=CALL_SECONDS),
        }
        crossing = sandbox.load(CROSSING.format(calls=CALLS), call_seconds=CALL_SECONDS)
        replace_import(crossing, "python-wire#i2c-transfer", lambda *_: b"")
        contestants = {name: _cpu_seconds_of(plugin.read) for name, plugin in {**finding, "whole": crossing}.items()}
        took = interleaved(CALLERS, contestants)
    per_call = {name: seconds / CALLS for name, seconds in took.items()}
    cost = max(0.0, per_call["line"] - per_call["none"])
    what = "the driver's line for a call of the host"
    yield Figure(what, cost, MICRO, per_call["whole"], "the call, and back", Aim(most=MICRO))


def _cpu_seconds_of(work: Callable[[], object]) -> Callable[[], float]:
    """A contestant that returns the CPU time of this process. The difference is too small for a clock on the wall."""

    def timed() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return timed
