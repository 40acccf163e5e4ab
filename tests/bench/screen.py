"""Cost and response time of the screen, measured from outside on a real terminal."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.bench.measure import KILO, MEGA, MILLI, Aim, Figure, interleaved
from tests.bench.plain import simulated_settings
from tests.bench.process import cpu_seconds, dirty_bytes, module, private_bytes
from tests.terminal_process import TerminalProcess

TITLE = "The screen; bytes and CPU time are those of one second"
OVERVIEW, TABS = (120, 40), (80, 24)
SETTLED, WATCHED = 8.0, 10.0
"""Seconds until everything has been drawn once, and seconds over which averages are taken."""
OPENED = 3.0
"""Seconds until what a key opens has been drawn."""
KEYS = 20
"""Number of times that a key is pressed."""
STARTS = 7
MOST_CPU = 20 * MILLI
"""The aim for the processor time of a second: 2 % of a core."""
MOST_OF_MINIMAL = 1.3
"""The aim for the first frame, in multiples of that of a minimal Textual app."""
MOST_MEMORY = 120 * MEGA
GRAPH = b"j\r"
"""The keys that open the graph of the first reading."""
FRESH = {"PYTHONDONTWRITEBYTECODE": ""}
"""Uses compiled bytecode. Only a machine's first start lacks it."""


def figures() -> Iterator[Figure]:
    """Each figure beside a screen without our part."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _six_plugins(Path(folder))
        yield from _graph(Path(folder))
        yield from _nothing()
        yield from _keys()
        yield from _start(Path(folder))
        yield from _memory(Path(folder))


def _six_plugins(folder: Path) -> Iterator[Figure]:
    settings = str(simulated_settings(folder))
    for size in (OVERVIEW, TABS):
        ours, stock, alone = _watch([_command(kind, settings) for kind in ("host", "stock", "alone")], size)
        what = f"six plugins every 2 s, {size[0]}x{size[1]}: bytes"
        yield Figure(what, ours.written, KILO, stock.written, "stock Textual", Aim(most=3 * KILO))
        yield Figure("    CPU time", ours.cpu, MILLI, stock.cpu, "stock Textual", Aim(most=MOST_CPU))
        yield Figure("    CPU time without the host", ours.cpu - alone.cpu, MILLI, alone.cpu, "the host alone")


def _graph(folder: Path) -> Iterator[Figure]:
    """The graph of the last 15 minutes of a reading, while it is open."""
    settings = str(simulated_settings(folder))
    for size in (OVERVIEW, TABS):
        (ours,) = _watch([_command("host", settings)], size, GRAPH)
        what = f"graph of 15 minutes, {size[0]}x{size[1]}: bytes"
        yield Figure(what, ours.written, KILO, aim=Aim(most=3 * KILO))
        yield Figure("    CPU time", ours.cpu, MILLI, aim=Aim(most=MOST_CPU))


def _nothing() -> Iterator[Figure]:
    ours, minimal = _watch([_command("idle"), _command("minimal")], OVERVIEW)
    yield Figure("nothing happens: bytes", ours.written, KILO, aim=Aim(most=1))
    yield Figure("    CPU time", ours.cpu, MILLI, minimal.cpu, "a Textual app, idle", Aim(most=MOST_CPU))


def _keys() -> Iterator[Figure]:
    calm, flooded = (_answers(_command(kind)) for kind in ("idle", "flood"))
    what = "a key under 5,000 events/s: median answer"
    yield Figure(what, statistics.median(flooded), MILLI, statistics.median(calm), "no events", Aim(most=100 * MILLI))
    yield Figure("    slowest of 20", max(flooded), MILLI, max(calm), "no events")


def _start(folder: Path) -> Iterator[Figure]:
    """When a person sees the frame of the screen, and when the host that is made meanwhile has its panes in it."""
    wasi_host = _wasi_host(folder)
    contestants = {
        "frame": lambda: _first_sight(wasi_host, b"Quit"),
        "minimal": lambda: _first_sight(_command("minimal"), b"Quit"),
        "panes": lambda: _first_sight(wasi_host, b"buses: "),
    }
    took = interleaved(STARTS, contestants)
    what, minimal = "process start to the first frame", "a minimal Textual app"
    yield Figure(what, took["frame"], MILLI, took["minimal"], minimal, Aim(factor=1 / MOST_OF_MINIMAL))
    yield Figure("    to the panes of the host", took["panes"], MILLI, took["minimal"], minimal)


def _memory(folder: Path) -> Iterator[Figure]:
    """Private memory of a screen with all shipped plugins, and the part of it that is unchanged pages of files."""
    with TerminalProcess(_wasi_host(folder), OVERVIEW, **FRESH) as process:
        process.read_until(b"Quit")
        process.read_for(SETTLED)
        private, dirty = private_bytes(process.pid), dirty_bytes(process.pid)
    yield Figure("private memory, all shipped plugins", private, MEGA, aim=Aim(most=MOST_MEMORY))
    yield Figure("    without pages of files", dirty, MEGA)


def _wasi_host(folder: Path) -> list[str]:
    return [str(Path(sys.executable).with_name("wasi-host")), "--config", str(simulated_settings(folder))]


def _command(kind: str, *arguments: str) -> list[str]:
    return module("tests.bench.screen_resident", kind, *arguments)


class _Watched:
    """Bytes written and CPU time of one process per second, on average."""

    def __init__(self, process: TerminalProcess) -> None:
        self._process = process
        self._written, self._cpu = len(process.written), cpu_seconds(process.pid)

    def end(self) -> None:
        self.written = (len(self._process.written) - self._written) / WATCHED
        self.cpu = (cpu_seconds(self._process.pid) - self._cpu) / WATCHED


def _watch(commands: Sequence[Sequence[str]], size: tuple[int, int], keys: bytes = b"") -> list[_Watched]:
    """Watch several processes at the same time, after these keys."""
    with ExitStack() as stack:
        processes = [stack.enter_context(TerminalProcess(each, size, **FRESH)) for each in commands]
        for process in processes:
            process.read_until(b"Quit")
        _read_all(processes, SETTLED)
        if keys:
            for process in processes:
                process.type(keys)
            _read_all(processes, OPENED)
        watched = [_Watched(process) for process in processes]
        _read_all(processes, WATCHED)
        for each in watched:
            each.end()
        return watched


def _read_all(processes: Sequence[TerminalProcess], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for process in processes:
            process.read(0.05)


def _answers(command: Sequence[str]) -> list[float]:
    """Seconds between each key and its effect on the screen."""
    with TerminalProcess(command, TABS, **FRESH) as process:
        process.read_until(b"Quit")
        process.read_for(SETTLED)
        return [_answer(process, *((b"2", b"[2 Plugins]"), (b"1", b"[1 Readings]"))[turn % 2]) for turn in range(KEYS)]


def _answer(process: TerminalProcess, key: bytes, shows: bytes) -> float:
    process.read_for(0.2)
    process.read_until()
    began = time.perf_counter()
    process.type(key)
    process.read_until(shows)
    return time.perf_counter() - began


def _first_sight(command: Sequence[str], words: bytes) -> float:
    """Seconds from the start of a process until it has written `words`."""
    began = time.perf_counter()
    with TerminalProcess(command, TABS, **FRESH) as process:
        process.read_until(words)
        return time.perf_counter() - began
