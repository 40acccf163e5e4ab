"""A host that sleeps and wakes: its plugins go on where they were, or start as usual and say why."""

from __future__ import annotations

import re
import zlib
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from hostcore.errors import RecordingError
from hostcore.events import CountersTaken, LogWritten, ReadingPublished, State, StateChanged
from hostcore.plugin.kit import Kit
from hostcore.recording.contents import packed_in, read_recording
from hostcore.replay import waking
from hostcore.replay.prepared import prepared_of
from hostcore.replay.running import Run
from hostcore.session import Order
from tests.supervised import COUNTER, SupervisedHost

pytest_plugins = ["tests.supervised_fixture"]

BASELINE = """
import time
from host import i2c
total, began, last = 0, time.monotonic(), 0.0
def read():
    global total, last
    i2c.write(0x23, b"\\x20")
    high, low = i2c.read(0x23, 2)
    total += 1
    now = time.monotonic()
    assert now >= last
    last = now
    print("read", total)
    return {"total": total, "up": now - began}
"""
WAKES: dict[str, dict[str, object]] = {"recording": {"wake": True}, "plugins.light": {"permissions": ["i2c:1:0x23"]}}


def asleep(folder: Path) -> list[Path]:
    """The files of all plugins that sleep."""
    return sorted((folder / "state" / "wasi-host" / "recordings").glob("*/*.asleep"))


def said(supervised: SupervisedHost, plugin: str = "light") -> list[str]:
    """What the host said about a plugin."""
    return [each.text for each in supervised.of(LogWritten, plugin) if each.by_host]


def reads(supervised: SupervisedHost, total: int) -> Any:
    """Wait for a total of the driver."""
    return supervised.reading("light", lambda reading: reading["total"] >= total)


@pytest.fixture
def sleeping(supervised: SupervisedHost) -> SupervisedHost:
    """A host that has stopped after some readings of a driver. Its next start is not seen yet."""
    supervised.configure(WAKES)
    supervised.write("light", BASELINE)
    supervised.start()
    reads(supervised, 5)
    assert supervised.stop()
    assert [each.name for each in asleep(supervised.folder)] == ["light.asleep"]
    supervised.skip()
    return supervised


def last_total(supervised: SupervisedHost) -> int:
    """The newest total."""
    return int(supervised.of(ReadingPublished, "light")[-1].reading["total"])


def test_a_driver_goes_on_with_its_sums_and_its_clock(sleeping: SupervisedHost) -> None:
    last = sleeping.of(ReadingPublished, "light")[-1].reading
    sleeping.start()
    reading = sleeping.reading("light")
    assert reading["total"] == last["total"] + 1
    assert last["up"] < reading["up"] < last["up"] + 5
    assert sleeping.of(ReadingPublished, "light")[-1].simulated
    causes = [each.cause for each in sleeping.of(StateChanged, "light") if each.after is State.RUNNING]
    assert causes[-1].startswith(f"woken: {last['total']} calls, slept ")
    assert causes[-1] in said(sleeping)
    assert asleep(sleeping.folder) == [], "it wakes once"


def test_what_was_recorded_before_the_sleep_and_after_it_is_one_recording(sleeping: SupervisedHost) -> None:
    last = last_total(sleeping)
    sleeping.start()
    reads(sleeping, last + 5)
    content = sleeping.host._supervisor.recording("light")
    recording = read_recording(content)
    assert len(recording.calls) + len(recording.beginning) >= last + 7
    with closing(Run(runtime := sleeping.host._runtime, prepared_of(runtime, recording.header), recording)) as run:
        assert all(each.is_exact for each in (*run.beginning(), *run.newest()))


def test_it_sleeps_again_and_again_and_its_clock_never_goes_back(sleeping: SupervisedHost) -> None:
    for _ in range(3):
        last = last_total(sleeping)
        sleeping.start()
        assert reads(sleeping, last + 1)["total"] == last + 1
        assert sleeping.stop()
        sleeping.skip()
    assert len(asleep(sleeping.folder)) == 1


def test_many_calls_are_put_into_a_checkpoint(sleeping: SupervisedHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "MOST_CALLS", 3)
    for _ in range(2):
        last = last_total(sleeping)
        sleeping.start()
        assert reads(sleeping, last + 1)["total"] == last + 1
        reads(sleeping, last + 6)
        assert sleeping.stop()
        sleeping.skip()
    (file,) = asleep(sleeping.folder)
    recording = read_recording(file.read_bytes())
    assert (recording.checkpoint is not None, recording.calls) == (True, ())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"plugins.light": {"permissions": ["i2c:1:0x23", "i2c:1:0x24"]}}, "its permissions changed"),
        ({"plugins.light.settings": {"x": 1}}, "its settings changed"),
        ({"plugins.light.limits": {"memory_mib": 65}}, "its limits changed"),
    ],
    ids=["permission", "setting", "limit"],
)
def test_after_a_change_it_starts_as_usual_and_says_why(
    sleeping: SupervisedHost, change: dict[str, dict[str, object]], words: str
) -> None:
    sleeping.configure({**WAKES, **change})
    sleeping.start()
    assert sleeping.reading("light")["total"] == 1
    assert f"starts as usual, and does not wake: {words} since it was loaded" in said(sleeping)
    assert asleep(sleeping.folder) == []


def test_another_version_of_its_file_starts_as_usual(sleeping: SupervisedHost) -> None:
    sleeping.write("light", BASELINE + "# changed")
    sleeping.start()
    assert sleeping.reading("light")["total"] == 1
    assert any("its file changed since it was loaded" in each for each in said(sleeping))


def test_a_host_that_stops_while_a_plugin_wakes_lets_it_sleep_on(
    sleeping: SupervisedHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = last_total(sleeping)

    def stopped(_runtime: object, _prepared: object, kit: Kit, *_: object) -> NoReturn:
        sleeping.host._supervisor._threads["light"].end()
        assert kit.limit.stopped
        raise RecordingError("told to stop")

    with monkeypatch.context() as patch:
        patch.setattr(waking, "wake", stopped)
        sleeping.start()
        sleeping.reaches("light", State.STOPPED)
        assert sleeping.stop()
    assert not any("does not" in each for each in said(sleeping)[-3:])
    sleeping.skip()
    sleeping.start()
    assert sleeping.reading("light")["total"] == last + 1


def test_a_host_that_does_not_wake_plugins_any_more_forgets_them(sleeping: SupervisedHost) -> None:
    sleeping.configure({**WAKES, "recording": {"wake": False}})
    sleeping.start()
    assert sleeping.reading("light")["total"] == 1
    assert asleep(sleeping.folder) == []


def test_an_order_of_a_person_starts_it_afresh(sleeping: SupervisedHost) -> None:
    sleeping.start()
    reads(sleeping, last_total(sleeping) + 1)
    sleeping.host.order("light", Order.RESTART)
    assert sleeping.reading("light", lambda reading: reading["total"] <= 2)


@pytest.mark.parametrize("forge", ["cut", "other memory", "other answer", "other number"])
def test_a_forged_file_is_powerless(sleeping: SupervisedHost, forge: str) -> None:
    (file,) = asleep(sleeping.folder)
    file.write_bytes(forged(file.read_bytes(), forge))
    sleeping.start()
    assert sleeping.reading("light")["total"] == 1
    assert any(each.startswith("starts as usual, and does not wake: ") for each in said(sleeping))


def forged(content: bytes, how: str) -> bytes:
    """The file of a sleeping plugin, changed."""
    packed, ticket = packed_in(content)
    match how:
        case "cut":
            return content[: len(content) // 2]
        case "other memory":
            return packed.content(asleep=re.sub(rb'"memory": "..', b'"memory": "zz', ticket))
        case "other number":
            return packed.content(asleep=re.sub(rb'"monotonic_ns": ', b'"monotonic_ns": -', ticket))
    segment = b"".join(map(zlib.decompress, packed.segments)).replace(b"driver#read", b"driver#REAd", 1)
    return replace(packed, segments=(zlib.compress(segment),)).content(asleep=ticket)


@pytest.mark.parametrize(
    ("source", "tables", "words"),
    [
        (f"from host import relays\n{COUNTER}", {"permissions": ["relay:fan"]}, "it may use relay:fan"),
        ("from host import Error\ndef read(): raise Error('dark')", {}, "its last call failed"),
        ("import time\nwhile True:\n    print('x: 1', flush=True)\n    time.sleep(0.01)", {}, "no instance runs"),
    ],
    ids=["output", "failing", "script"],
)
def test_what_cannot_sleep_says_why(
    supervised: SupervisedHost, source: str, tables: dict[str, object], words: str
) -> None:
    supervised.configure({"recording": {"wake": True}, "relays.fan": {"line": 27}, "plugins.odd": tables})
    supervised.write("odd", source)
    supervised.start()
    supervised.wait_for(CountersTaken, "odd", lambda event: event.counters.calls >= 2)
    assert supervised.stop()
    assert any(words in each for each in said(supervised, "odd"))
    assert asleep(supervised.folder) == []


def test_a_plugin_whose_file_goes_away_does_not_sleep(supervised: SupervisedHost) -> None:
    supervised.configure(WAKES)
    supervised.write("light", BASELINE)
    supervised.write("other", COUNTER)
    supervised.start()
    reads(supervised, 2)
    supervised.path("light").unlink()
    supervised.reaches("light", State.STOPPED)
    supervised.reading("other")
    assert supervised.stop()
    assert [each.name for each in asleep(supervised.folder)] == ["other.asleep"], said(supervised, "other")
