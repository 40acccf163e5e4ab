"""A thousand simulated nodes on one mosquitto, with all programs on this computer, and the screen of 200 nodes.

As a program, ``python -m tests.bench.fleet watch URL`` knows the fleet as a front end does, without a screen.
"""

from __future__ import annotations

import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from hostcore.broker.settings import BrokerSettings, parse_broker
from hostcore.fleet.client import FleetClient
from tests.bench.measure import KILO, MEGA, MILLI, PERCENT, Aim, Figure
from tests.bench.mosquitto import Mosquitto, mosquitto
from tests.bench.process import cpu_seconds, module, private_bytes
from tests.terminal_process import TerminalProcess

TITLE = "A simulated fleet of nodes with 10 plugins each, read every 2 s, on one mosquitto of the same computer"
NODES, WATCHED_NODES = 1_000, 200
SIZES = ((80, 24), (120, 40))
"""Columns and rows of the terminals."""
SETTLED, WATCHED = 10.0, 20.0
"""Seconds until a program has what the broker keeps, and seconds over which averages are taken."""
STARTED = 20.0
"""Seconds until a thousand nodes have started, one after the other."""
PATIENCE = 60.0
"""Seconds until the simulated nodes have removed what the broker keeps of them."""
ROWS, ROUNDS, FEW = 16, 7, 50
"""Rows among which the cursor moves, how often it goes down and up again, and how often other keys are pressed."""
CHANCE, PAUSES = random.Random(1), (0.08, 0.3)
"""Seconds between two keys: as people type, and at no fixed moment of what the screen does by itself."""
MOST_SECONDS = 100 * MILLI
"""The aim for the answer to a key."""
WASI_HOST = str(Path(sys.executable).with_name("wasi-host"))


def figures() -> Iterator[Figure]:
    """The load of a thousand nodes, then the screen of two hundred."""
    with mosquitto() as broker:
        with _simulated(broker.settings, NODES) as simulated:
            time.sleep(STARTED)
            yield from _load(broker, simulated.pid)
        print(f"  {NODES:,} nodes: {_words(simulated)}")
        with _simulated(broker.settings, WATCHED_NODES, "--faulty", "0"):
            time.sleep(SETTLED)
            for size in SIZES:
                yield from _looked_at(broker.settings.url, size)


def _load(broker: Mosquitto, simulated: int) -> Iterator[Figure]:
    """What each program needs."""
    watch = module("tests.bench.fleet", "watch", broker.settings.url)
    with _running(watch) as model, _screen(broker.settings.url, SIZES[-1]) as screen:
        screen.read_for(SETTLED)
        processes = {
            "the simulated nodes": simulated,
            "mosquitto": broker.process,
            "the fleet's model and client": model.pid,
            "the screen of the fleet": screen.pid,
        }
        before, began = _cpu_seconds(processes), time.monotonic()
        screen.read_for(WATCHED)
        after, passed = _cpu_seconds(processes), time.monotonic() - began
        for name, pid in processes.items():
            yield Figure(f"{name}: CPU", (after[name] - before[name]) / passed, PERCENT)
            yield Figure("    private memory", private_bytes(pid), MEGA)


def _looked_at(url: str, size: tuple[int, int]) -> Iterator[Figure]:
    """What a screen needs and how soon it answers a key, while nodes without trouble keep their places."""
    with _screen(url, size) as screen:
        screen.read_for(SETTLED)
        before = cpu_seconds(screen.pid)
        drawn = len(screen.read_for(WATCHED))
        cpu = (cpu_seconds(screen.pid) - before) / WATCHED
        moves = sorted(_moves(screen))
        groups = [_answer(screen, b"g", b"40 nodes", b"g") for _ in range(FEW)]
        opened = [_answer(screen, b"\r", b"1 Plugins", b"q") for _ in range(FEW)]
        memory = private_bytes(screen.pid)
    aim = Aim(most=MOST_SECONDS)
    columns, rows = size
    yield Figure(f"the screen of {WATCHED_NODES} nodes, {columns}x{rows}: CPU", cpu, PERCENT)
    yield Figure("    private memory", memory, MEGA)
    yield Figure("    bytes to the terminal, in a second", drawn / WATCHED, KILO)
    yield Figure(f"    the cursor moves: half of {len(moves)} keys", statistics.median(moves), MILLI, aim=aim)
    for percent in (95, 99):
        yield Figure(f"    {percent} of 100", moves[len(moves) * percent // 100 - 1], MILLI, aim=aim)
    for what, answers in (("all nodes in groups", groups), ("a node opens", opened)):
        yield Figure(f"    {what}: half of {FEW}", statistics.median(answers), MILLI, aim=aim)
        yield Figure("    the slowest", max(answers), MILLI, aim=aim)


def _moves(screen: TerminalProcess) -> list[float]:
    """The answers to keys that move the cursor, down and up among the rows in sight.

    Only the key writes the name of the node below or above: a repaint writes the cells that have changed.
    """
    places = [*range(2, ROWS + 1), *range(ROWS - 1, 0, -1)]
    turns = [(place, b"j" if turn < ROWS - 1 else b"k") for turn, place in enumerate(places)]
    return [_answer(screen, key, f"sim-{place:03d} ".encode()) for place, key in turns * ROUNDS]


def _answer(screen: TerminalProcess, key: bytes, shows: bytes, undo: bytes = b"") -> float:
    """Seconds between a key and its effect on the screen, at any moment between two looks at the nodes.

    Args:
        screen: the screen.
        key: the key.
        shows: what only the key lets the screen write.
        undo: the key that undoes it afterwards; b"" for none.
    """
    screen.read_for(CHANCE.uniform(*PAUSES))
    screen.read_until()
    began = time.perf_counter()
    screen.type(key)
    screen.read_until(shows)
    answered = time.perf_counter() - began
    if undo:
        screen.read_for(PAUSES[0])
        screen.type(undo)
    return answered


@contextmanager
def _simulated(settings: BrokerSettings, nodes: int, *more: str) -> Iterator[subprocess.Popen[str]]:
    """Run simulated nodes."""
    with _running([WASI_HOST, "fleet", "simulate", settings.url, "--nodes", str(nodes), *more]) as process:
        yield process


def _words(simulated: subprocess.Popen[str]) -> str:
    """What the simulated nodes said at their end: how many messages they sent."""
    assert simulated.stderr is not None
    return next(line.strip() for line in simulated.stderr if line.startswith("sent"))


@contextmanager
def _running(command: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """Run a program, and end it as Ctrl+C does."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


@contextmanager
def _screen(url: str, size: tuple[int, int]) -> Iterator[TerminalProcess]:
    with TerminalProcess([WASI_HOST, "fleet", url], size) as screen:
        screen.read_until(b"Quit")
        yield screen


def _cpu_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    return {name: cpu_seconds(pid) for name, pid in processes.items()}


def _watch(url: str) -> None:
    """Know a fleet until the end, and look at it as often as a screen does."""
    changed = threading.Event()
    client = FleetClient(parse_broker(url), changed=changed.set)
    client.start()
    try:
        while True:
            changed.wait()
            changed.clear()
            client.view()
    except KeyboardInterrupt:
        client.stop()


if __name__ == "__main__":
    _watch(sys.argv[2])
