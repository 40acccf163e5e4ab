"""A plugin that prints without end costs little time and memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from hostcore.events import Level
from tests.plugin_output import Logged

PIECE = 1 << 16
"""What a guest can write at once, in bytes."""

FLOOD = 100_000_000


@pytest.mark.parametrize(
    "piece",
    [
        b"y\n" * (PIECE // 2),
        b"\n" * PIECE,
        b"\r" * PIECE,
        b"x" * PIECE,
        b"\xff" * PIECE,
        "😀\n".encode() * (PIECE // 5),
    ],
    ids=["lines", "newlines", "returns", "no newline", "no UTF-8", "emoji"],
)
def test_a_flood_of_100_mb_costs_little_time_and_memory(piece: bytes) -> None:
    logged = Logged()
    writes = FLOOD // len(piece)
    began = time.process_time()
    for _ in range(writes):
        logged.log.output(Level.INFO, piece)
    spent = time.process_time() - began
    tracemalloc.start()
    logged.log.output(Level.INFO, piece)
    logged.log.flush()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < 3
    assert peak < 20 * PIECE
    assert len(logged.lines) <= 52


def test_a_single_giant_text_costs_no_more_than_a_look_at_it() -> None:
    logged = Logged()
    text = "y\n" * 10_000_000
    began = time.process_time()
    logged.log.write(Level.INFO, text)
    assert time.process_time() - began < 1
    assert logged.log.lines_dropped == 10_000_000 - 50
