"""Session files: an hour of the shipped plugins with the display, and jumps in it."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from hostcore import shipped
from hostcore.clock import NS_PER_S
from hostcore.config.loading import load_config
from hostcore.events import Event
from hostcore.host import Host
from hostcore.session_file.masking import Mask, environment_secrets, names_of
from hostcore.session_file.model import Header, Known
from hostcore.session_file.player import Player
from hostcore.session_file.reading import SessionFile
from hostcore.session_file.writer import SessionWriter
from hostcore.view.view import View
from tests.bench.measure import MEGA, MICRO, MILLI, Aim, Figure

TITLE = "Session files: an hour of the shipped plugins with the display, made of 30 real seconds"
SECONDS, HOUR = 30, 3_600
SEGMENT = 3
"""Seconds."""
US = 1_000_000
JUMPS = (0.99, 0.5, 0.31, 0.77, 0.9, 0.1)


def figures() -> Iterator[Figure]:
    """The size of the file, what it costs to write it, and jumps."""
    known, events, began_ns = _recorded()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.session"
        began, count = time.process_time(), _write(path, known, events, began_ns)
        spent = time.process_time() - began
        yield Figure("size of an hour", path.stat().st_size, MEGA, aim=Aim(most=20 * MEGA))
        yield Figure("    written: processor time of an event", spent / count, MICRO)
        yield Figure("    written: processor time of an hour", spent, MILLI)
        file = SessionFile(path)
        yield Figure("a jump, median", median(_jump(file, each) for each in JUMPS), MILLI, aim=Aim(most=200 * MILLI))
        player = Player(file, lambda: 0)
        for _ in range(2):
            again = _step_back(player)
        yield Figure("a step back of 10 s", again, MILLI, aim=Aim(most=200 * MILLI))
        file.close()


def _recorded() -> tuple[Known, list[Event], int]:
    """Run the shipped host for a moment."""
    host = Host(load_config(shipped.folder() / "host.toml"))
    events = host.subscribe()
    host.start()
    time.sleep(SECONDS)
    began_ns = host.clock.wall_ns() - SECONDS * NS_PER_S
    known = Known(host.facts, host.plugins())
    host.stop()
    return known, [item.event for item in events.take(0)], began_ns


def _write(path: Path, known: Known, events: Sequence[Event], began_ns: int) -> int:
    """Write an hour of the same again and again. Return the number of events."""
    header = Header("bench", "pi", began_ns, knows_settings=True)
    writer = SessionWriter(header, known, [], Mask(environment_secrets(), names_of(known)))
    count = 0
    with path.open("wb") as file:
        file.write(writer.beginning())
        for begin in range(0, HOUR, SECONDS):
            due = begin
            for event in events:
                at_ns = getattr(event, "time_ns", began_ns) + begin * NS_PER_S
                moved: Any = replace(event, time_ns=at_ns)
                now_us = max(begin * US, (at_ns - began_ns) // 1_000)
                if now_us // US >= due:
                    file.write(writer.segment(now_us, began_ns + now_us * 1_000))
                    due = now_us // US + SEGMENT
                writer.take(moved, now_us, lambda: known)
                count += 1
        file.write(writer.segment(HOUR * US, began_ns + HOUR * NS_PER_S) + writer.end("it is over"))
    return count


def _jump(file: SessionFile, share: float) -> float:
    """Return the seconds in which a fresh view shows this place of the file."""
    return _shown(Player(file, lambda: 0), round(file.end_us * share))


def _step_back(player: Player) -> float:
    """Return the same for a place just before the one that was shown, which is read already."""
    _shown(player, player.end_us // 2)
    return _shown(player, player.end_us // 2 - 10 * US)


def _shown(player: Player, at_us: int) -> float:
    gc.disable()  # as the screen does
    began = time.process_time()  # a busy computer takes longer, and says nothing of this
    arrival = player.go_to(at_us)
    View(arrival.known.facts, arrival.known.plugins).fold(arrival.events)
    seconds = time.process_time() - began
    gc.enable()
    return seconds
