"""A forged session breaks no screen, writes nothing to the terminal, and runs nothing."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.events import Event
from hostcore.events.event_json import to_json
from hostcore.files.frames import frame
from hostcore.session_file.model import MAGIC, PART, Kind
from hostcore.session_file.played import PlayedSession
from tests.fuzz.mutation import BOUNDARIES
from tests.screen import Screen, drive
from tests.session_files import HEADER, content_of, opened
from tests.unit.events.test_backlog import EVENTS
from tui.played import PlayedApp
from tui.plugins.detail import DetailScreen
from tui.terminal import Terminal

EVIL = ("\x1b]0;evil\a", "\x1b[2J", "a\nb", "[red]", "\u202e", "/etc/passwd", "x" * 5_000, "", "\ud800", "~/.ssh", "−1")
KEYS = "12345678"


def forged(entries: Sequence[Any], chance: Random) -> bytes:
    """A file of these entries, some of whose values are others."""
    lines = [json.dumps(_changed(each, chance)).encode() + b"\n" for each in entries]
    deflate, head = zlib.compressobj(), PART.pack(0, 1_000_000, HEADER.began_ns, len(lines))
    body = deflate.compress(b"".join(lines)) + deflate.flush(zlib.Z_SYNC_FLUSH)
    return MAGIC + frame(Kind.HEADER, json.dumps(to_json(HEADER)).encode()) + frame(Kind.KEYFRAME, head + body)


def _changed(value: Any, chance: Random, depth: int = 0) -> Any:
    if isinstance(value, dict):
        return {key: _changed(each, chance, depth + 1) for key, each in value.items()}
    if isinstance(value, list) and value and value[0] == 0 and depth == 0:
        return [0, value[1], value[2] if value[1] == "known" else _changed(value[2], chance, 1)]
    if isinstance(value, list):
        return [_changed(each, chance, depth + 1) for each in value]
    if chance.random() > 0.1:
        return value
    if isinstance(value, str):
        return chance.choice(EVIL)
    return chance.choice(BOUNDARIES) * chance.choice((1, -1)) if isinstance(value, int) else value


def entries_of(content: bytes, folder: Path) -> list[Any]:
    """The entries of a file as JSON."""
    file = opened(folder, content)
    return [json.loads(line) for _, raw in file.raw_from(0) for line in raw.splitlines()]


def test_the_title_of_a_page_shows_a_forged_name_safely() -> None:
    async def scenario(screen: Screen) -> None:
        screen.app.push_screen(DetailScreen(screen.app, "light\x1b[2J"))
        await screen.until(lambda: "Plugin light" in screen.text)
        assert "\x1b" not in screen.text

    drive(scenario)


@pytest.mark.thorough
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=st.lists(EVENTS, min_size=5, max_size=40), seed=st.integers(0, 1 << 32))
def test_a_forged_session_is_drawn_without_harm(tmp_path: Path, story: list[Event], seed: int) -> None:
    session = PlayedSession(
        opened(tmp_path, forged(entries_of(content_of([], earlier=story), tmp_path), Random(seed))), VirtualClock()
    )

    async def run() -> None:
        app = PlayedApp(session, terminal=Terminal())
        async with app.run_test(size=(120, 40)) as pilot:
            for key in (*KEYS, "z", "enter", "escape", "2", "enter", "e", "y", "escape", "right_parenthesis"):
                await pilot.press(key)
                lines = [strip.text for strip in app.screen._compositor.render_strips()]
                assert not [each for each in "".join(lines) if not (each.isprintable())]
        assert app.defect is None

    asyncio.run(run())
    session.close()
