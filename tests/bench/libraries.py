"""A driver with a library of PyPI, beside our own driver of the same chip, and beside the library in plain CPython.

Each contestant reads the simulated BME680 on virtual time. In plain CPython, the library runs on Adafruit-Blinka.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hostcore.clock import VirtualClock
from hostcore.runtime.loader import WHEELS
from tests.bench.library_process import DRIVERS, PERMISSION, UPTIME_NS, write_driver
from tests.bench.measure import MEGA, MILLI, Aim, Figure, interleaved, seconds_of
from tests.bench.plain import cache_folder
from tests.bench.process import first_line, module
from tests.bench.sandboxed import forget, sandbox_on
from tests.drivers.pinned import PinnedWheels
from tests.sandbox import Sandbox

TITLE = "A driver with adafruit-circuitpython-bme680, on virtual time"
REPETITIONS = 21
BLINKA = Path(__file__).with_name("blinka.lock")
SLOWER = 1.6
"""How many times as long as our own driver the library may take."""
MORE_MEMORY = 0.3 * MEGA
"""How many more bytes than our own driver an instance with the library may have."""
FEW, MANY = 5, 20
"""Numbers of plugins whose difference gives the cost of a further plugin."""


def figures() -> Iterator[Figure]:
    """Time from the driver's file to its first reading, and private memory."""
    wheels = PinnedWheels(cache_folder() / WHEELS)
    wheels.download()
    blinka = PinnedWheels(cache_folder() / WHEELS, BLINKA)
    blinka.download()
    with TemporaryDirectory() as folder:
        for each in (wheels, blinka):
            each.unpack(Path(folder, "plain"))
        yield from _load_figures(Path(folder), wheels)
        yield from _memory_figures(Path(folder))


def _load_figures(folder: Path, wheels: PinnedWheels) -> Iterator[Figure]:
    drivers = {kind: write_driver(kind, folder, wheels) for kind in DRIVERS}
    with sandbox_on(VirtualClock(UPTIME_NS)) as sandbox:
        contestants: dict[str, Callable[[], float]] = {
            kind: seconds_of(partial(_read_once, sandbox, path)) for kind, path in drivers.items()
        }
        contestants["plain"] = lambda: _seconds_in_plain_cpython(folder)
        took = interleaved(REPETITIONS, contestants)
    what, aim = "load to the first reading", Aim(factor=1 / SLOWER)
    yield Figure(what, took["library"], MILLI, took["own"], "our own driver", aim)
    yield Figure(what, took["library"], MILLI, took["plain"], "Blinka, plain CPython")


def _memory_figures(folder: Path) -> Iterator[Figure]:
    library, own = (_another(kind, folder) for kind in DRIVERS)
    plain = float(_process("plain", 1, folder)[1])
    aim = Aim(most=own + MORE_MEMORY)
    yield Figure("private memory of each further one", library, MEGA, own, "our own driver", aim)
    yield Figure("    had each a process of its own", library, MEGA, plain, "Blinka, plain CPython")


def _read_once(sandbox: Sandbox, path: Path) -> None:
    plugin = sandbox.load_file(path, PERMISSION, log=forget)
    plugin.read()
    plugin.close()


def _another(kind: str, folder: Path) -> float:
    private = {count: float(_process(kind, count, folder)[1]) for count in (FEW, MANY)}
    return (private[MANY] - private[FEW]) / (MANY - FEW)


def _seconds_in_plain_cpython(folder: Path) -> float:
    return float(_process("plain", 1, folder)[0])


def _process(kind: str, count: int, folder: Path) -> list[str]:
    return first_line(module("tests.bench.library_process", kind, str(count), str(folder)))[1].split()
