"""Fixtures for modules that list this module in ``pytest_plugins``: a recorded crash, traced once in a process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.errors import HostError
from hostcore.recording.model import Recording
from hostcore.stepping.subject import Subject
from hostcore.stepping.tracer import Tracer
from tests.replaying import Recorded
from tests.sandbox import Sandbox
from tests.step_screen import subject_of
from tests.stepping import tracer

FLAKY = """\
from host import i2c
class Meter:
    def __init__(self):
        self.level = 0
        self.calls = 0
    def counts(self):
        high, low = i2c.read(0x23, 2)
        self.calls += 1
        if self.calls == 3:
            self.level = -40
        return high << 8 | low
meter = Meter()
NAMES = ("dark", "dim")
def name_of(counts):
    place = meter.level
    return NAMES[place]
def read():
    counts = meter.counts() + 300
    return {"counts": counts, "light": name_of(counts)}
"""


@pytest.fixture(scope="session")
def traced_pi(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Sandbox]:
    """Where the crash happened, and where recordings are traced."""
    made = Sandbox(tmp_path_factory.mktemp("pi"), cache_folder, VirtualClock())
    yield made
    made.close()


@pytest.fixture(scope="session")
def recording(traced_pi: Sandbox) -> Recording:
    """Three calls after the load, a second apart; the third one crashed."""
    recorder, clock = Recorded(traced_pi), traced_pi.clock
    assert isinstance(clock, VirtualClock)
    plugin = recorder.load(FLAKY, "i2c:1:0x23")
    with contextlib.suppress(HostError):
        for _ in range(3):
            clock.advance(1.0)
            plugin.read()
    return recorder.recording


@pytest.fixture(scope="session")
def made(traced_pi: Sandbox, recording: Recording) -> Tracer:
    """What has traced the recording."""
    return tracer(traced_pi, recording)


@pytest.fixture
def crash(recording: Recording, made: Tracer) -> Subject:
    """What a person steps through who begins at the crash."""
    return subject_of(recording, lambda _tell: made)
