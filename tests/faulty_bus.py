"""The shipped I2C plugins in the sandbox, over the Linux backend, on an emulated kernel whose buses sometimes fail."""

from __future__ import annotations

import errno
import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from hostcore.clock import NS_PER_S, Clock
from hostcore.devices.base import I2cTarget
from hostcore.devices.catalog import build
from hostcore.devices.environment import Environment
from hostcore.errors import PluginReportedError
from hostcore.events import Outcome, TransferCompleted
from hostcore.runtime.plugin import Plugin
from tests.emulation.faults import Fault
from tests.emulation.i2c import I2cAdapter
from tests.emulation.kernel import EmulatedKernel
from tests.plain_python import PLUGINS
from tests.sandbox import CHIPS, Sandbox

INTERVAL = 2.0
"""Virtual seconds between two rounds."""
FAULTY = 0.05
"""Part of all transfers that fail."""
MEANINGS = {
    Fault(errno.ENXIO): (Outcome.NO_ACKNOWLEDGE, "NoAcknowledge"),
    Fault(errno.EREMOTEIO): (Outcome.NO_ACKNOWLEDGE, "NoAcknowledge"),
    Fault(errno.EAGAIN): (Outcome.ARBITRATION_LOSS, "ArbitrationLost"),
    Fault(errno.ETIMEDOUT): (Outcome.TIMEOUT, "Timeout"),
    Fault(errno.EBUSY): (Outcome.TIMEOUT, "Timeout"),
    Fault(errno.EIO): (Outcome.BUS, "BusFault"),
    Fault(errno.EPROTO): (Outcome.BUS, "BusFault"),
    Fault(errno.EOPNOTSUPP): (Outcome.OTHER, "BusError"),
    Fault(short=0): (Outcome.BUS, "BusFault"),
}
"""For each fault: its outcome in an event, and the plugin's exception."""
PROBE = """
import host

def read():
    try:
        host.i2c.transfer(0x77, "D0", 1)
    except host.BusError as error:
        return {"caught": type(error).__name__}
    return {"caught": ""}
"""
"""Reports the error that it caught."""


class FaultyWires:
    """The faults of all adapters, and the faults that have struck.

    Args:
        seed: equal seeds give equal faults.
    """

    def __init__(self, seed: int) -> None:
        self._chance, self._kinds = random.Random(seed), list(MEANINGS)
        self.struck: list[Fault | None] = []
        """One entry for each transfer, in order."""

    def __iter__(self) -> Iterator[Fault | None]:
        return self

    def __next__(self) -> Fault | None:
        fails = self._chance.random() < FAULTY
        self.struck.append(self._chance.choice(self._kinds) if fails else None)
        return self.struck[-1]


@dataclass(frozen=True, slots=True)
class Endured:
    """The result of a run."""

    transfers: int
    faults: frozenset[Fault]
    """The kinds of faults that have struck."""
    reported: Counter[str]
    """Number of errors that each plugin reported."""
    unfounded: tuple[str, ...]
    """Errors that plugins reported although none of their transfers had failed: they had not recovered."""
    misnamed: tuple[str, ...]
    """Faults that appeared as another error, in the plugin or in the event."""


def endure(kernel: EmulatedKernel, sandbox: Sandbox, rounds: int) -> Endured:
    """Run `rounds` rounds, in which every plugin has its turn. Raises `PluginCrashedError` if a plugin crashes.

    Args:
        kernel: an emulated machine without buses.
        sandbox: a sandbox on virtual time, with the Linux backend on that machine.
        rounds: number of rounds.
    """
    wires = FaultyWires(seed=7)
    _plug_chips_in(kernel, sandbox, wires)
    plugins = _plugins(sandbox)
    reported, unfounded, misnamed = Counter[str](), list[str](), list[str]()
    for _ in range(rounds):
        for name, call in plugins.items():
            before = len(wires.struck)
            try:
                answer = call()
            except PluginReportedError as error:
                reported[name] += 1
                unfounded += [] if any(wires.struck[before:]) else [f"{name}: {error}"]
            else:
                misnamed += _misnamed(answer, wires.struck[before:]) if name == "probe" else []
        _let_pass(sandbox.clock, INTERVAL)
    told = [each for each in sandbox.events if isinstance(each, TransferCompleted)]
    for event, fault in zip(told, wires.struck, strict=True):
        if event.outcome is not (MEANINGS[fault][0] if fault else Outcome.OK):
            misnamed.append(f"{fault} is reported as {event.outcome}: {event.detail}")
    struck = frozenset(each for each in wires.struck if each)
    return Endured(len(told), struck, reported, tuple(unfounded), tuple(misnamed))


def _plug_chips_in(kernel: EmulatedKernel, sandbox: Sandbox, wires: FaultyWires) -> None:
    environment = Environment(sandbox.clock, seed=7)
    targets: dict[int, dict[int, I2cTarget]] = {1: {}, 3: {}}
    for chip in CHIPS:
        if chip.bus in targets and chip.address is not None:
            target = build(chip, sandbox.clock, environment)
            assert isinstance(target, I2cTarget)
            targets[chip.bus][chip.address] = target
    for bus, present in targets.items():
        adapter = I2cAdapter(present)
        adapter.faults = iter(wires)
        kernel.plug(f"i2c-{bus}", adapter)


def _plugins(sandbox: Sandbox) -> dict[str, Callable[[], object]]:
    """Functions that call each plugin once, by the plugin's name."""
    return {
        "bme680": sandbox.load_file(PLUGINS / "bme680.py", "i2c:1:0x77").read,
        "bh1750": sandbox.load_file(PLUGINS / "bh1750.py", "i2c:1:0x23").read,
        "aht20": sandbox.load_file(PLUGINS / "aht20.py", "i2c:3:0x38", settings='{"bus": 3}').read,
        "oled": _shows(sandbox.load_file(PLUGINS / "oled.py", "i2c:1:0x3c:write")),
        "probe": sandbox.load(PROBE, "i2c:1:0x77").read,
    }


def _shows(display: Plugin) -> Callable[[], None]:
    """Create a function that shows different readings at every call."""
    numbers = count()
    return lambda: display.update(
        json.dumps({"timestamp": "2026-01-31T08:00:00.123Z", "bh1750": {"illuminance": 100 + next(numbers)}})
    )


def _misnamed(answer: object, struck: list[Fault | None]) -> list[str]:
    """Compare the error that the probe caught with the fault of its only transfer."""
    (fault,) = struck
    expected = {"caught": MEANINGS[fault][1] if fault else ""}
    return [] if answer == expected else [f"{fault} is {answer} in the plugin"]


def _let_pass(clock: Clock, seconds: float) -> None:
    clock.wait_until(clock.monotonic_ns() + round(seconds * NS_PER_S), threading.Event())
