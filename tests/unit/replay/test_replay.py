"""A replay does what was recorded, call by call, and touches nothing."""

from __future__ import annotations

import dataclasses
from contextlib import closing
from pathlib import Path

import pytest

from hostcore.errors import PluginCrashedError, PluginReportedError, RecordingError
from hostcore.hostcall import CrashKind
from hostcore.recording.model import Ending, Recording
from hostcore.replay.checkpoints import ReplayedCheckpoints
from hostcore.replay.memory import checkpoint_of
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import Run
from hostcore.replay.worker import Worker
from tests.replaying import Recorded, replayed
from tests.sandbox import Sandbox
from tests.waiting import until

LIGHT = """
    import random, time
    from host import i2c
    total = 0
    def read():
        global total
        i2c.write(0x23, b"\\x10")
        time.sleep(0.18)
        high, low = i2c.read(0x23, 2)
        total += high << 8 | low
        return {"light": total, "luck": random.random(), "at": time.time(), "hash": hash("light")}
"""

COUNTS_DOWN = """
    calls = 0
    def read():
        global calls
        calls += 1
        return {"x": 1 / (3 - calls)}
"""


def test_readings_come_out_as_they_were(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(LIGHT, "i2c:1:0x23")
    readings = [plugin.read() for _ in range(20)]
    before = len(sandbox.events)
    played = list(replayed(sandbox, recorded.recording))
    assert all(each.is_exact for each in played)
    assert len(played) == 21
    assert len({str(each.result) for each in played[1:]}) == len(readings) == 20
    assert len(sandbox.events) == before, "a replay makes no transfer"


def test_a_replay_that_was_killed_does_not_let_the_next_host_compile_again(
    sandbox: Sandbox, cache_folder: Path
) -> None:
    recorded = Recorded(sandbox)
    recorded.load("def read():\n    return {'x': 1}").read()
    elsewhere = Sandbox(sandbox.folder, cache_folder, sandbox.clock)
    (loaded, *_) = replayed(elsewhere, recorded.recording)
    assert loaded.is_exact
    assert not elsewhere.runtime._cache._marks, "no file of the runtime is marked as being loaded"
    elsewhere.close()


def test_a_crash_comes_out_as_it_was(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(
        "calls = 0\ndef read():\n    global calls\n    calls += 1\n    return {'x': 1 / (3 - calls)}"
    )
    plugin.read(), plugin.read()
    with pytest.raises(PluginCrashedError) as crash:
        plugin.read()
    *_, last = replayed(sandbox, recorded.recording)
    assert isinstance(last.result, Ending)
    assert (last.is_exact, last.result.kind) == (True, CrashKind.EXCEPTION)
    assert last.result.traceback == crash.value.traceback


def test_an_error_that_the_plugin_reports_comes_out_as_it_was(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load("from host import i2c\ndef read(): return i2c.read(0x24, 1)", "i2c:1:0x24")
    with pytest.raises(PluginReportedError):
        plugin.read()
    assert all(each.is_exact for each in replayed(sandbox, recorded.recording))


def test_an_endless_loop_ends_in_a_replay_at_once(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load("def read():\n    while True: pass", call_seconds=0.3)
    with pytest.raises(PluginCrashedError):
        plugin.read()
    *_, last = replayed(sandbox, recorded.recording)
    assert (last.is_exact, last.recorded.ending is not None) == (True, True)


def test_a_changed_driver_diverges_where_it_asks_for_something_else(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    recording = recorded.recording
    changed = (recording.header.source or "").replace("x10", "x20")
    run = Run(sandbox.runtime, prepared_of(sandbox.runtime, recording.header, source=changed), recording)
    *_, last = [*run.beginning(), *run.newest()]
    run.close()
    found = last.divergence
    assert found is not None and found.asked is not None and found.recorded is not None
    assert found.asked.name == "wasi-host:plugin/python-wire#i2c-transfer"
    assert (found.recorded.arguments[3], found.asked.arguments[3]) == ("\x10", "\x20")
    assert last.is_exact is False


def test_an_old_instance_goes_on_from_its_checkpoint(sandbox: Sandbox) -> None:
    worker = Worker()
    recorded = Recorded(sandbox, 1 << 14, ReplayedCheckpoints(sandbox.runtime, worker))
    plugin = recorded.load(LIGHT, "i2c:1:0x23")
    for _ in range(300):
        plugin.read()
        recorded.recorder.tape.cut()
        until(lambda: not recorded.recorder.is_reducing, 30)
    for _ in range(10):
        plugin.read()
    recording = recorded.recording
    worker.stop(1.0)
    played = list(replayed(sandbox, recording))
    assert recording.skipped > 20
    assert all(each.is_exact for each in played)
    assert played[-1].number == 311


def test_a_plugin_that_changes_all_of_its_memory_gets_no_checkpoint(sandbox: Sandbox) -> None:
    source = """
        import random
        kept = []
        def read():
            kept.append(random.randbytes(400_000))
            return {"kept": random.randbytes(15_000).hex()}
    """
    worker = Worker()
    recorded = Recorded(sandbox, 1 << 20, ReplayedCheckpoints(sandbox.runtime, worker))
    plugin = recorded.load(source, memory_mib=64)
    for _ in range(80):
        plugin.read()
        recorded.recorder.tape.cut()
        until(lambda: not recorded.recorder.is_reducing, 30)
    worker.stop(1.0)
    assert recorded.recording.checkpoint is None
    assert recorded.recorder.size < 2 << 20


def test_a_recording_whose_answers_were_changed_cannot_reach_the_bus(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    recording, before = recorded.recording, len(sandbox.events)
    forged = dataclasses.replace(
        recording, header=dataclasses.replace(recording.header, permissions=("i2c:1", "gpio:4"), refused=())
    )
    list(replayed(sandbox, forged))
    assert len(sandbox.events) == before


def test_a_component_has_to_be_there(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    recorded.load("def read(): return {}").read()
    header = dataclasses.replace(recorded.recording.header, source=None, file="light.wasm")
    with pytest.raises(RecordingError, match="--component PATH"):
        prepared_of(sandbox.runtime, header)


def test_a_recording_without_its_start_says_so(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    recorded.load("def read(): return {}").read()
    whole = recorded.recording
    with pytest.raises(RecordingError, match="its start is not in the recording"):
        Run(
            sandbox.runtime,
            prepared_of(sandbox.runtime, whole.header),
            Recording(whole.header, whole.beginning[1:], None, whole.calls),
        )


def test_the_file_is_the_same_everywhere(sandbox: Sandbox, tmp_path: Path) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    file = tmp_path / "light.recording"
    file.write_bytes(recorded.content)
    assert file.read_bytes()[:21] == b"WASIHOST recording 2\n"


def test_a_memory_that_had_to_grow_is_restored_to_the_last_byte(sandbox: Sandbox) -> None:
    source = "kept = []\ndef read():\n    kept.append(bytes(400_000))\n    return {'kept': len(kept)}"
    recorded = Recorded(sandbox)
    plugin = recorded.load(source, memory_mib=64)
    plugin.read()
    loaded = bytes(plugin.memory_view() or b"")
    for _ in range(20):
        plugin.read()
    content, recording = bytes(plugin.memory_view() or b""), recorded.recording
    assert len(content) > len(loaded) + 4_000_000
    calls = len(recording.beginning) + len(recording.calls)
    grown = dataclasses.replace(recording, checkpoint=checkpoint_of(calls, content, loaded), calls=())
    with closing(Run(sandbox.runtime, prepared_of(sandbox.runtime, recording.header), grown)) as run:
        assert all(each.is_exact for each in run.beginning())
        assert run.memory() == content
