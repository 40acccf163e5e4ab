"""The plugins whose replay is proved, with all that they need to be recorded."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hostcore.backends.base import Factory
from hostcore.clock import Clock
from hostcore.libraries.lock import read_lock
from tests.bench.plain import shipped_config, shipped_plugins, simulated_pi
from tests.demo.building import probe
from tests.drivers.machine import RegisterFilePi
from tests.drivers.packages import Package, read_packages
from tests.drivers.pinned import PINNED, PinnedWheels
from tests.drivers.running import PERMISSIONS as EVERYTHING
from tests.hostile import collection as hostile
from tests.javascript import bh1750_js
from tests.sealing import sealed

LIVE = {*hostile.LIMITS} - {"sleeps_an_hour"}
"""Hostile plugins that compute until the host ends their call."""
Machine = Callable[[Clock], Factory]

TALKS_TO_ALL = """
import hashlib, logging, random, time, uuid
import host
from host import gpio, i2c, leds, relays, spi, state, uart
calls = state.load(0)
def read():
    global calls
    calls += 1
    state.save(calls)
    time.sleep(random.random() / 100)
    found = {"luck": random.random(), "at": time.time(), "id": str(uuid.uuid4()), "hash": hash("light"),
             "set": list({"a", "b", "c", "d"}), "day": time.localtime().tm_yday, "settings": host.settings()}
    found["chip"] = i2c.transfer(0x77, b"\\xd0", 1).hex()
    found["spi"] = spi.transfer(bytes([calls % 256, 1, 2])).hex()
    uart.write(bytes([65 + calls % 26]) * 3)
    found["uart"] = uart.read(3, timeout=0.1).hex()
    found["level"] = gpio.read(17)
    found["edges"] = [edge.time_ns for edge in gpio.capture(4, [(False, 0.018)])]
    leds.fill(calls % 256, 0, 0)
    leds.show()
    relays.write("fan", calls % 2 == 0)
    logging.getLogger("all").warning("call %d: %s", calls, hashlib.sha256(str(found).encode()).hexdigest())
    print("printed", found["luck"])
    if calls % 100 == 99:
        i2c.read(0x50, 1)
    return found
"""
"""A driver that uses what the others do not: outputs, kept state, chance, sets, the log, and an absent chip."""
DEMO_SCRIPT = """
def sensors():
    import random
    global turn
    turn = globals().get("turn", 0) + 1
    raw = i2c.transfer(0x77, "d0", 1)
    leds.set_all(turn % 256, 0, 0)
    buzzer.beep(1, 10, 10)
    print('turn', turn)
    return [SensorReading(str(raw), random.random(), float(turn), turn)]
script_turn = 0
dht22 = sensors
"""
"""What the component of the demo:plugin contract does: a transfer, outputs and chance."""


@dataclass(frozen=True)
class Subject:
    """A plugin, and how it is recorded."""

    path: Path
    permissions: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    """Of `Sandbox.load_file`."""
    machine: Machine | None = None
    """Makes its Pi; by default that of a sandbox."""
    is_live: bool = False
    """Whether it needs the computer's clock, because its calls compute until the host ends them."""
    first: str = ""
    """Text for its first update."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.path.stem


def hostile_ones(folder: Path) -> Iterator[Subject]:
    """All hostile plugins that can be linked."""
    hostile.place(hostile.FILES, folder)
    for name, source in hostile.FILES.items():
        file = folder / (f"{name}.wasm" if source.suffix == ".wat" else source.name)
        limits = {key: value for key, value in hostile.LIMITS.get(name, {}).items() if key != "bus_share"}
        options = {**hostile.MODEST, **limits}
        yield Subject(file, tuple(hostile.PERMISSIONS.get(name, ())), options, is_live=name in LIVE)


def shipped_ones(_folder: Path) -> Iterator[Subject]:
    """All shipped drivers and apps, on the simulated Pi of host.toml."""
    config = shipped_config()
    for plugin in shipped_plugins(config).values():
        permissions = tuple(map(str, plugin.permissions))
        options = {"settings": plugin.settings}
        yield Subject(plugin.path, permissions, options, lambda clock: simulated_pi(config, clock))


def with_libraries(folder: Path, pinned: PinnedWheels) -> Iterator[Subject]:
    """The drivers whose libraries are pinned, on register files."""
    packages = {each.name: each for each in read_packages()}
    for name in read_lock(PINNED).dependencies:
        package = packages[name]
        if not package.can_read_registers:
            continue
        path = folder / f"{name}.py"
        path.write_text(package.plugin(package.whole_reading), encoding="utf-8")
        pinned.fetch(path)
        yield Subject(path, EVERYTHING, machine=_registers(package))


def _registers(package: Package) -> Machine:
    return lambda clock: RegisterFilePi(package, clock)


def of_all_buses(folder: Path) -> Iterator[Subject]:
    """A driver that uses every kind of bus and output."""
    path = folder / "talks_to_all.py"
    path.write_text(TALKS_TO_ALL, encoding="utf-8")
    gpio = ("gpio:17:in", "gpio:4:pulses")
    permissions = ("i2c:1:0x77", "i2c:1:0x50", "spi:0.0", "uart:serial0", *gpio, "leds", "relay:fan")
    yield Subject(path, permissions, {"settings": json.dumps({"ä": 1.5})})


def javascript(cache_folder: Path) -> Iterator[Subject]:
    """The driver in JavaScript: as it should be, without its permission, and with settings of which it dies."""
    path = bh1750_js(cache_folder)
    yield Subject(path, ("i2c:1:0x23",))
    yield Subject(path)
    yield Subject(path, ("i2c:1:0x23",), {"settings": "null"})


def demo(cache_folder: Path) -> Iterator[Subject]:
    """A component of the demo:plugin contract, made with componentize-py."""
    permissions = ("i2c:1:0x08-0x77", "leds", "relay:buzzer")
    yield Subject(probe(cache_folder), permissions, first=DEMO_SCRIPT)
    yield Subject(probe(cache_folder), permissions, first=DEMO_SCRIPT + "\nraise KeyError('gone')")


def sealed_ones(cache_folder: Path) -> Iterator[Subject]:
    """Shipped plugins that were sealed into components."""
    config = shipped_config()
    for name in ("dht22", "bme680", "oled"):
        plugin = shipped_plugins(config)[name]
        permissions, options = tuple(map(str, plugin.permissions)), {"settings": plugin.settings}
        yield Subject(sealed(name, cache_folder), permissions, options, lambda clock: simulated_pi(config, clock))
