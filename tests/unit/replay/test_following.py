"""A changed driver on a recording: its accesses have to be the recorded ones, and nothing else has."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path

import pytest

from hostcore.chips.library import shipped_library
from hostcore.clock import NS_PER_S
from hostcore.errors import PluginReportedError
from hostcore.hostcall import CrashKind, Trap
from hostcore.recording.model import Checkpoint, Ending, Recording
from hostcore.replay.limit import ReplayLimit
from hostcore.replay.prepared import prepared_of
from hostcore.replay.versions import Step, steps_of
from tests.bench.plain import shipped_config, shipped_plugins
from tests.replaying import Recorded
from tests.sandbox import Sandbox

LIGHT = """
from host import i2c
import random, time
def read():
    i2c.write(0x23, b"\\x10")
    time.sleep(0.18)
    high, low = i2c.read(0x23, 2)
    return {"light": (high << 8 | low) / 1.2}
"""


@pytest.fixture
def recording(sandbox: Sandbox) -> Recording:
    """Three calls of `LIGHT`."""
    return recorded(sandbox, LIGHT, "i2c:1:0x23")


def recorded(sandbox: Sandbox, source: str, *permissions: str, calls: int = 3) -> Recording:
    recorder = Recorded(sandbox)
    plugin = recorder.load(source, *permissions)
    for _ in range(calls):
        plugin.read()
    return recorder.recording


def played(sandbox: Sandbox, recording: Recording, source: str, *, guesses: bool = False) -> list[Step]:
    """The steps of another version, which make no transfer on any bus."""
    before = len(sandbox.events)
    prepared = prepared_of(sandbox.runtime, recording.header, source=source)
    steps = list(steps_of(sandbox.runtime, prepared, recording, shipped_library() if guesses else None))
    assert len(sandbox.events) == before, "a replay touches no hardware"
    return steps


def result(step: Step) -> object:
    return json.loads(step.played.result)


def test_an_answer_of_a_fault_on_demand_stays_marked(sandbox: Sandbox, recording: Recording) -> None:
    *calls, last = recording.calls
    struck = tuple(dataclasses.replace(each, is_injected=True) for each in last.crossings)
    recording = dataclasses.replace(recording, calls=(*calls, dataclasses.replace(last, crossings=struck)))
    before, after = played(sandbox, recording, "\n" + LIGHT)[-2:]
    assert [each.transfer.is_injected for each in (*before.transfers, *after.transfers)] == [False, False, True, True]


def test_it_may_move_log_look_at_the_clock_and_sleep_longer(sandbox: Sandbox, recording: Recording) -> None:
    changed = "\n\n" + LIGHT.replace("0.18", "0.5").replace(
        "    high, low", "    print('hello', time.monotonic() > 0, random.random() < 2)\n    high, low"
    )
    steps = played(sandbox, recording, changed)
    assert [each.played.divergence for each in steps] == [None] * 4
    assert all(each.played.has_same_result for each in steps)
    assert "hello True True" in "".join(steps[-1].said)
    assert [each.transfer.source_line for each in steps[-1].transfers] == [7, 10]


def test_another_reading_of_the_same_answers_is_no_divergence(sandbox: Sandbox, recording: Recording) -> None:
    steps = played(sandbox, recording, LIGHT.replace("1.2", "2.4"))
    light = [json.loads(str(call.result))["light"] for call in recording.all_calls[2:]]
    assert [result(step)["light"] for step in steps[1:]] == [each / 2 for each in light]  # type: ignore[index]
    assert not any(step.played.divergence or step.played.is_guess for step in steps)


@pytest.mark.parametrize(
    ("old", "new", "access"),
    [("\\x10", "\\x11", 0), ("0x23, 2", "0x23, 3", 1), ("    high", "    i2c.write(0x23, b'')\n    high", 1)],
)
def test_another_access_is_the_divergence(
    sandbox: Sandbox, recording: Recording, old: str, new: str, access: int
) -> None:
    *_, last = played(sandbox, recording, LIGHT.replace(old, new))
    found = last.played.divergence
    assert found is not None
    assert (found.call, found.crossing, found.counts) == (2, access, "access")
    assert last.is_last


def test_a_missing_access_is_the_divergence(sandbox: Sandbox, recording: Recording) -> None:
    *_, last = played(sandbox, recording, "def read(): return {}")
    found = last.played.divergence
    assert found is not None
    assert (found.call, found.asked, last.is_last) == (2, None, True)


def test_a_mended_driver_goes_on_where_the_recorded_one_crashed(sandbox: Sandbox) -> None:
    recorder = Recorded(sandbox)
    plugin = recorder.load(LIGHT.replace("1.2", "(1.2 if 0 else 0)"), "i2c:1:0x23")
    with pytest.raises(Exception, match="ZeroDivisionError"):
        plugin.read()
    *_, last = played(sandbox, recorder.recording, LIGHT)
    assert last.played.recorded.ending is not None
    assert (last.played.divergence, last.played.has_crashed) == (None, False)


def test_a_driver_that_crashes_now_ends_the_replay(sandbox: Sandbox, recording: Recording) -> None:
    *_, last = played(sandbox, recording, LIGHT.replace("1.2", "0"))
    assert (last.played.number, last.played.has_crashed, last.is_last) == (2, True, True)


def test_each_call_begins_at_its_recorded_time_and_a_sleep_takes_none(sandbox: Sandbox) -> None:
    recording = recorded(sandbox, "import time\ndef read(): return {'at': time.time()}")
    steps = played(sandbox, recording, "import time\ndef read():\n    time.sleep(2)\n    return {'at': time.time()}")
    times = [json.loads(str(call.result))["at"] for call in recording.all_calls[2:]]
    later = [result(step)["at"] for step in steps[1:]]  # type: ignore[index]
    assert all(at >= began + 2 for at, began in zip(later, times, strict=True))
    assert later[-1] < times[-1] + 7, "three sleeps, and no more"


@pytest.mark.parametrize("body", ["time.sleep(1e6)", "while time.monotonic() < 1e9: pass"])
def test_a_wait_without_end_ends_at_the_limit_of_a_call_on_the_virtual_clock(
    sandbox: Sandbox, recording: Recording, body: str
) -> None:
    *_, last = played(sandbox, recording, f"import time\ndef read():\n    {body}")
    assert isinstance(last.played.result, Ending)
    assert last.played.result.kind is CrashKind.DEADLINE


def test_randomness_is_the_same_in_each_replay(sandbox: Sandbox, recording: Recording) -> None:
    changed = LIGHT.replace('{"light"', '{"luck": random.random(), "light"')
    one, two = (played(sandbox, recording, changed) for _ in range(2))
    assert [each.played.result for each in one] == [each.played.result for each in two]


def test_a_module_that_was_not_recorded_is_an_import_error(sandbox: Sandbox, recording: Recording) -> None:
    step, *_ = played(sandbox, recording, "import adafruit_bme280\ndef read(): return {}")
    assert "adafruit_bme280" in str(step.played.result)


def test_what_it_saves_it_loads_again_and_settings_are_as_recorded(sandbox: Sandbox) -> None:
    source = "from host import settings, state\ndef read(): return {}"
    recorder = Recorded(sandbox)
    recorder.load(source, settings='{"gain": 3}').read()
    changed = (
        "from host import settings, state\nbefore = state.load()\n"
        "def read():\n    state.save({'x': 1})\n    return {'gain': settings()['gain'], **state.load()}"
    )
    *_, last = played(sandbox, recorder.recording, changed)
    assert result(last) == {"gain": 3, "x": 1}


def test_a_script_may_take_longer_than_a_call_as_long_as_it_gets_on() -> None:
    now, played = 0, 0
    limit = ReplayLimit(1.0, lambda: None, progress=lambda: played, now_ns=lambda: now)
    limit.begin()
    for played in range(1, 5):
        now = played * 3 * NS_PER_S
        limit.check()
    now += 3 * NS_PER_S
    with pytest.raises(Trap, match="still running after 1 s"):
        limit.check()


class TestGuesses:
    def test_a_register_that_was_not_read_comes_from_the_chip_file_and_the_recorded_ones_stay(
        self, sandbox: Sandbox
    ) -> None:
        recording = recorded(
            sandbox,
            "from host import i2c\ndef read(): return {'id': i2c.transfer(0x77, b'\\xd0', 1)[0]}",
            "i2c:1:0x77",
        )
        changed = (
            "from host import i2c\ndef read():\n    i2c.write(0x77, b'\\x72\\x05')\n"
            "    return {'hum': i2c.transfer(0x77, b'\\x72', 1)[0], 'id': i2c.transfer(0x77, b'\\xd0', 1)[0]}"
        )
        *_, last = played(sandbox, recording, changed, guesses=True)
        assert result(last) == {"hum": 5, "id": 0x61}
        assert last.played.is_guess
        assert [each.is_guess for each in last.transfers] == [True] * 3

    def test_what_comes_before_the_divergence_is_no_guess(self, sandbox: Sandbox, recording: Recording) -> None:
        changed = LIGHT.replace("    high", "    i2c.write(0x23, b'\\x47')\n    high")
        steps = played(sandbox, recording, changed, guesses=True)
        assert [each.is_guess for each in steps[1].transfers] == [False, True, True]
        assert [each.played.number for each in steps] == [1, 2, 3, 4]

    def test_a_request_that_comes_later_in_the_recorded_call_gets_its_recorded_answer(
        self, sandbox: Sandbox, recording: Recording
    ) -> None:
        changed = LIGHT.replace('    i2c.write(0x23, b"\\x10")\n', "")
        steps = played(sandbox, recording, changed, guesses=True)
        assert [result(step) for step in steps[1:]] == [
            json.loads(str(call.result)) for call in recording.all_calls[2:]
        ]

    def test_the_replay_ends_where_nothing_tells_the_answer(self, sandbox: Sandbox, recording: Recording) -> None:
        changed = LIGHT.replace("    high", "    __import__('host').spi.transfer(b'\\1')\n    high")
        *_, last = played(sandbox, recording, changed, guesses=True)
        assert isinstance(last.played.result, Ending)
        assert "the replay ends: nothing tells what python-wire#spi-transfer would answer" in last.played.result.problem

    def test_a_huge_read_is_refused_as_on_a_bus(self, sandbox: Sandbox, recording: Recording) -> None:
        changed = (
            "from host import i2c\ndef read():\n    try:\n        i2c.read(0x23, 4_000_000_000)\n"
            "    except Exception as error:\n        return {'error': 1}"
        )
        *_, last = played(sandbox, recording, changed, guesses=True)
        assert result(last) == {"error": 1}


def test_the_memory_of_the_recorded_version_is_not_put_into_another(sandbox: Sandbox, recording: Recording) -> None:
    skipped = dataclasses.replace(recording, checkpoint=Checkpoint(9, 1 << 24, {1: b"x" * 4096}))
    steps = played(sandbox, skipped, LIGHT.replace("1.2", "2.4"))
    assert [each.played.number for each in steps] == [1, 2, 9, 10]
    assert not any(each.played.has_crashed for each in steps)


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(shipped_plugins(shipped_config())))
def test_a_shipped_driver_that_has_moved_and_looks_at_the_clock_follows(sandbox: Sandbox, name: str) -> None:
    settings = shipped_plugins(shipped_config())[name]
    recorder = Recorded(sandbox)
    plugin = sandbox.load_file(
        Path(settings.path or ""), *map(str, settings.permissions), record=recorder.begin, settings=settings.settings
    )
    for _ in range(5):
        with contextlib.suppress(PluginReportedError):
            plugin.read() if "driver" in plugin.provides else plugin.update("{}")
    recording = recorder.recording
    changed = (recording.header.source or "") + "\nimport time\ntime.monotonic()\nprint('loaded')\n"
    steps = played(sandbox, recording, changed)
    assert [each.played.divergence for each in steps] == [None] * 6
    assert not any(each.played.has_crashed for each in steps)
