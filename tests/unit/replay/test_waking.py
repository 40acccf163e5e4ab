"""A plugin falls asleep and wakes as it was; what is not as it was, or not whole, is refused in one line."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.access.decisions import Access
from hostcore.buses.share import BusShare
from hostcore.clock import VirtualClock
from hostcore.errors import RecordingError
from hostcore.libraries.lock import Lock, lock_text
from hostcore.libraries.store import WheelStore
from hostcore.log.plugin_log import PluginLog
from hostcore.permissions import parse_permission
from hostcore.place import BusName
from hostcore.plugin.kit import Kit
from hostcore.recording.contents import Packed, packed_header
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.replay import waking
from hostcore.replay.waking import Woken, fall_asleep, reason_against, wake
from hostcore.runtime.loader import WHEELS
from hostcore.runtime.plugin import Plugin, PluginSpec
from hostcore.runtime.prepared import Prepared
from tests.sandbox import Sandbox
from tests.unit.recording.test_recording_file import HEADER, WHOLE
from tests.unit.replay.test_libraries_of_a_recording import DRIVER, FILES
from tests.wheels import wheel_content, wheel_file

SUM = """
    import time
    from host import i2c, values
    values.describe("total", unit="mm")
    total, began = 0, time.monotonic()
    def read():
        global total
        high, low = i2c.read(0x23, 2)
        total += 1 + (high << 8 | low)
        print("total", total)
        return {"total": total, "up": time.monotonic() - began, "hash": hash("total")}
"""
LATE = """
count = 0
def read():
    global count
    count += 1
    if count > 2:
        import drv.unused
    return {"x": count}
"""
"""Follows a driver that has the library ``drv``."""
PERMISSIONS = ("i2c:1:0x23",)


class Bed:
    """A plugin in a sandbox that can sleep, and everything to wake it."""

    def __init__(self, sandbox: Sandbox, source: str = SUM) -> None:
        self._sandbox = sandbox
        self.plugin: Plugin = sandbox.load(source, *PERMISSIONS, record=self._record)
        spec = PluginSpec(self.plugin.name, sandbox.folder / "probe.py", tuple(map(parse_permission, PERMISSIONS)))
        self.prepared: Prepared = sandbox.runtime.prepare(dataclasses.replace(spec, limits=self.plugin._spec.limits))

    def _record(self, header: Header) -> Recorder:
        self.recorder = Recorder(header, self._sandbox.clock, 1 << 20, can_sleep=True)
        return self.recorder

    def asleep(self) -> bytes:
        """The file of the sleeping plugin."""
        return fall_asleep(self.plugin, self.prepared, self.recorder, self._sandbox.clock)[0]

    def wake(self, content: bytes) -> Woken:
        """Wake it beside the one that fell asleep."""
        sandbox, spec = self._sandbox, self.prepared.spec
        self.kit = Kit(
            Access(spec.name, spec.permissions),
            BusShare(1.0, sandbox.clock.monotonic_ns()),
            sandbox.runtime.limit(spec),
            sandbox.events.append,
            record=self._record,
        )
        log = PluginLog(lambda level, line: sandbox.logged.append((level, line)), sandbox.clock)
        woken = wake(sandbox.runtime, self.prepared, self.kit, log, content)
        sandbox._plugins.append(woken.plugin)
        return woken


def test_it_goes_on_with_its_sum_its_output_and_what_it_said_of_its_values(sandbox: Sandbox) -> None:
    bed = Bed(sandbox)
    last = [bed.plugin.read() for _ in range(5)][-1]
    transfers = len(sandbox.events)
    woken = bed.wake(bed.asleep())
    assert len(sandbox.events) == transfers, "waking touches no bus"
    assert (woken.plugin.simulated, woken.plugin.provides) == ((BusName("i2c-1"),), frozenset({"driver"}))
    assert [each.quantity.unit for each in woken.plugin.values.all] == ["mm"]
    reading = woken.plugin.read()
    assert reading["total"] > last["total"]
    assert sandbox.lines()[-1] == f"total {reading['total']}"
    assert len(sandbox.events) == transfers + 1


def test_it_imports_modules_of_its_libraries_that_it_had_not_imported_before(
    sandbox: Sandbox, cache_folder: Path
) -> None:
    package = WheelStore(cache_folder / WHEELS).add(wheel_file("drv"), wheel_content("drv", FILES))
    lock = lock_text(Lock(dependencies=("drv",), packages=(package,)))
    (sandbox.folder / "probe.lock").write_text(lock, encoding="utf-8")
    bed = Bed(sandbox, DRIVER + LATE)
    bed.plugin.read(), bed.plugin.read()
    assert bed.wake(bed.asleep()).plugin.read() == {"x": 3}


def test_a_host_whose_plugins_only_woke_compiles_nothing_again_after_it_was_killed(
    sandbox: Sandbox, cache_folder: Path
) -> None:
    bed = Bed(sandbox)
    bed.plugin.read()
    content = bed.asleep()
    restarted = Sandbox(sandbox.folder, cache_folder, sandbox.clock)
    bed.prepared, bed._sandbox = restarted.runtime.prepare(bed.prepared.spec), restarted
    assert restarted.runtime._cache._marks, "the runtime's file is marked as being loaded"
    bed.wake(content)
    assert not restarted.runtime._cache._marks
    restarted.close()


def test_its_clock_stands_while_it_sleeps(sandbox: Sandbox) -> None:
    assert isinstance(sandbox.clock, VirtualClock)
    bed = Bed(sandbox)
    last = bed.plugin.read()
    content = bed.asleep()
    sandbox.clock.advance(7200)
    woken = bed.wake(content)
    assert last["up"] <= woken.plugin.read()["up"] < last["up"] + 1
    sandbox.clock.advance(10)
    assert 10 <= woken.plugin.read()["up"] < last["up"] + 12


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": "def read(): return {}"}, "its file changed since it was loaded"),
        ({"settings": "{}x"}, "its settings changed"),
        ({"permissions": ()}, "its permissions changed"),
        ({"host_version": "0.0"}, "its host changed"),
        ({"machine": "aarch64"}, "its computer changed"),
    ],
)
def test_what_has_changed_is_named(sandbox: Sandbox, change: dict[str, Any], words: str) -> None:
    bed = Bed(sandbox, "def read(): return {'x': 1}")
    bed.plugin.read()
    bed.recorder._packed_header = packed_header(dataclasses.replace(bed.recorder._header, **change))
    with pytest.raises(RecordingError, match=words):
        bed.wake(bed.asleep())


def waking_header(bed: Bed, **change: Any) -> bytes:
    """The header of the recording, with other values."""
    from hostcore.recording.contents import packed_header

    return packed_header(dataclasses.replace(bed.recorder._header, **change))


@pytest.mark.parametrize("permission", ["relay:fan", "pwm:18", "leds", "gpio:4:out", "uart:serial0"])
def test_a_plugin_with_an_output_or_a_serial_port_never_sleeps(sandbox: Sandbox, permission: str) -> None:
    bed = Bed(sandbox, "def read(): return {'x': 1}")
    spec = dataclasses.replace(bed.prepared.spec, permissions=(parse_permission(permission),))
    assert f"it may use {permission}" in reason_against(bed.plugin, dataclasses.replace(bed.prepared, spec=spec))
    assert reason_against(bed.plugin, bed.prepared) == ""


def test_a_plugin_that_would_take_too_long_starts_as_usual(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    bed = Bed(sandbox, "def read(): return {'x': 1}")
    bed.plugin.read()
    content = bed.asleep()
    monkeypatch.setattr(waking, "MOST_SECONDS", 0.0)
    with pytest.raises(RecordingError, match="it took longer than 0 s to wake"):
        bed.wake(content)


def read_only(content: bytes) -> None:
    """Read the file of a sleeping plugin that is refused before anything runs."""
    nothing: Any = None
    with pytest.raises(RecordingError, match=r"^what slept can[^\n]*$"):
        wake(nothing, nothing, nothing, nothing, content)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_one_line(content: bytes) -> None:
    read_only(content)


json_values = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(json_values)
def test_a_recording_with_anything_else_beside_it_is_refused(beside: Any) -> None:
    read_only(Packed(packed_header(HEADER), (), None, ()).content(asleep=json.dumps(beside).encode()))


def test_a_recording_without_anything_beside_it_does_not_wake() -> None:
    read_only(WHOLE)
