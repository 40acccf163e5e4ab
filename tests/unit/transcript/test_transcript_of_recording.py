"""A recording becomes a transcript, which plays to the driver again: the same readings, from its transfers alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.clock import VirtualClock
from hostcore.config.loading import load_config
from hostcore.config.model import Config
from hostcore.errors import PluginCrashedError, PluginReportedError, RecordingError, TranscriptError
from hostcore.place import BusName
from hostcore.recording.model import Recording
from hostcore.transcript.judging import problem_of
from hostcore.transcript.model import CallKind, Ends, Transcript
from hostcore.transcript.parsing import transcript_of
from hostcore.transcript.playing import Played, played
from hostcore.transcript.taking import calls_of, transcript_from
from hostcore.transcript.writing import text_of
from tests.replaying import Recorded
from tests.sandbox import Sandbox

LIGHT = """
    import time
    from host import i2c


    def read():
        i2c.write(0x23, b"\\x10")
        time.sleep(0.18)
        return {"light": int.from_bytes(i2c.read(0x23, 2), "big") / 1.2}
"""
EVERY_KIND = """
    from host import gpio, i2c, spi, uart
    def read():
        found = {"id": i2c.transfer(0x77, b"\\xd0", 1)[0]}
        found["light"] = i2c.transaction(0x23, [i2c.Write(b"\\x10"), i2c.Read(2)])[0].hex()
        found["spi"] = list(spi.transfer(b"\\x01\\x02"))
        found["selected"] = list(spi.transaction([spi.Transfer(b"\\x03")], line=17)[0])
        uart.write(b"hello")
        found["uart"] = uart.read(5, timeout=0).decode()
        found["silent"] = uart.read(5, timeout=0.2).decode()
        gpio.write(17, True)
        found["level"] = gpio.read(5)
        found["edges"] = len(gpio.capture(4, drive=[(False, 0.001)], timeout=0.01))
        try:
            i2c.transfer(0x24, b"\\x01", 3)
        except OSError as error:
            found["error"] = str(error)
        try:
            i2c.read(0x25, 1)
        except Exception as error:
            found["denied"] = type(error).__name__
        return found
"""
PERMISSIONS = (
    "i2c:1:0x23",
    "i2c:1:0x24",
    "i2c:1:0x77",
    "spi:0.0",
    "uart:serial0",
    "gpio:17:out",
    "gpio:4:pulses",
    "gpio:5:in",
)


@pytest.fixture
def config(cache_folder: Path) -> Config:
    """Settings whose folder of compiled components has the Python runtime."""
    return load_config(shipped.folder() / "host.toml")


def taken(recording: Recording, last: int | None = None) -> Transcript:
    """The transcript, after a way through its text."""
    calls = calls_of(recording)
    chosen = calls if last is None else calls[-last:]
    return transcript_of(text_of(transcript_from(recording, chosen)), "probe.transcript")


def played_to(config: Config, recording: Recording, before: str = "", after: str = "") -> list[Played]:
    """Play a recording to its driver, with one change of the source."""
    source = recording.header.source or ""
    assert before in source
    transcript = taken(recording)
    return list(played(config, transcript, Path("probe.py"), source=source.replace(before, after)))


def test_transfers_of_every_kind_play_again(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(EVERY_KIND, *PERMISSIONS)
    readings = [plugin.read(), plugin.read()]
    _, *reads = played_to(config, recorded.recording)
    assert [problem_of(each) for each in reads] == ["", ""]
    assert [each.reading for each in reads] == readings
    assert readings[0]["error"] and readings[0]["edges"] and readings[0]["denied"] == "Denied"


def test_the_clock_stands_where_it_stood(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load("import time\ndef read(): return {'hour': int(time.time() // 3600)}")
    sandbox.clock.advance(7200)
    reading = plugin.read()
    *_, last = played_to(config, recorded.recording)
    assert last.reading == reading


def test_another_byte_is_told_with_both_sides_and_the_line(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    *_, last = played_to(config, recorded.recording, "x10", "x20\\x01")
    assert problem_of(last) == "transfer 1: wrote 20 01, recorded wrote 10; probe.py line 7"
    assert last.line == taken(recorded.recording).calls[1].transfers[0].line


def test_another_length_is_told(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    *_, last = played_to(config, recorded.recording, "0x23, 2)", "0x23, 3)")
    assert problem_of(last) == "transfer 2: read 3 bytes, recorded read 2 bytes; probe.py line 9"


def test_a_transfer_more_is_told(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    *_, last = played_to(config, recorded.recording, "return {", "i2c.read(0x23, 2)\n    return {")
    assert problem_of(last) == (
        "one transfer more: i2c-1 0x23 read 2 bytes, nothing more is recorded in this call; probe.py line 10"
    )


def test_a_transfer_less_is_told(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    *_, last = played_to(config, recorded.recording, 'i2c.write(0x23, b"\\x10")', "pass")
    assert problem_of(last) == "transfer 1: read 2 bytes, recorded wrote 10; probe.py line 9"
    *_, last = played_to(config, recorded.recording, 'int.from_bytes(i2c.read(0x23, 2), "big")', "1")
    assert problem_of(last) == "transfer 2 was not made: recorded i2c-1 0x23 read 2 bytes"


def test_a_divergence_ends_a_driver_that_catches_everything(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    catching = 'try: i2c.write(0x23, b"\\x20")\n    except BaseException: pass'
    *_, last = played_to(config, recorded.recording, 'i2c.write(0x23, b"\\x10")', catching)
    assert last.divergence.startswith("transfer 1: wrote 20, recorded wrote 10")


def test_another_value_is_told(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    reading = recorded.load(LIGHT, "i2c:1:0x23").read()
    *_, last = played_to(config, recorded.recording, "/ 1.2", "// 2")
    assert problem_of(last).splitlines() == [
        "the read at 0 s has other values:",
        f"  light is {last.reading['light']}, recorded {reading['light']}",
    ]


def test_a_moved_line_and_a_value_more_change_nothing(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    done = played_to(config, recorded.recording, "return {", "print('moved')\n    return {'more': 1, ")
    assert [problem_of(each) for each in done] == ["", ""]


def test_a_recorded_crash_passes_once_the_driver_survives(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(LIGHT.replace("/ 1.2", "/ 0"), "i2c:1:0x23")
    with pytest.raises(PluginCrashedError):
        plugin.read()
    assert taken(recorded.recording).calls[-1].ends is Ends.SURVIVES
    *_, last = played_to(config, recorded.recording)
    assert "ZeroDivisionError" in problem_of(last) and "line 9" in problem_of(last)
    *_, last = played_to(config, recorded.recording, "/ 0", "/ 1.2")
    assert problem_of(last) == ""


def test_an_error_that_the_driver_reports_is_asked_for(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load("from host import i2c\ndef read(): return {'x': i2c.read(0x24, 1)[0]}", "i2c:1:0x24")
    with pytest.raises(PluginReportedError) as error:
        plugin.read()
    assert taken(recorded.recording).calls[-1].error == error.value.problem
    assert problem_of(played_to(config, recorded.recording)[-1]) == ""
    *_, last = played_to(config, recorded.recording, "return {'x': i2c.read(0x24, 1)[0]}", "return {}")
    assert problem_of(last) == "transfer 1 was not made: recorded i2c-1 0x24 read 1 byte"


def test_a_display_gets_what_it_was_given(sandbox: Sandbox, config: Config) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(
        "import json\nfrom host import i2c\ndef update(readings): i2c.write(0x23, bytes([len(readings)]))", "i2c:1:0x23"
    )
    plugin.update('{"light": {"illuminance": 5}}')
    transcript = taken(recorded.recording)
    assert transcript.calls[-1].kind is CallKind.UPDATE
    assert [problem_of(each) for each in played_to(config, recorded.recording)] == ["", ""]


def test_the_newest_calls_are_chosen(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load(LIGHT, "i2c:1:0x23")
    for _ in range(6):
        plugin.read()
    transcript = taken(recorded.recording, last=2)
    assert [each.kind for each in transcript.calls] == [CallKind.LOAD, CallKind.READ, CallKind.READ]
    assert transcript.transfers == 4


def test_a_long_recording_is_refused_with_what_to_do(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    plugin = recorded.load("from host import i2c\ndef read():\n    i2c.write(0x23, bytes(8000))\n", "i2c:1:0x23")
    for _ in range(50):
        with suppress(PluginReportedError):
            plugin.read()
    with pytest.raises(RecordingError, match="choose fewer calls: --last N"):
        taken(recorded.recording)


@pytest.mark.parametrize(
    "forged",
    [
        {"file": "light.py\nimport os"},
        {"permissions": ("everything",)},
        {"buses": ("i2c-1\n",)},
        {"settings": "{"},
        {"file": "light.py" + "x" * 100_000},
        {"file": 'x"""\nimport os\n"""\x1b[2J'},
    ],
)
def test_a_forged_recording_is_refused_in_one_safe_line(sandbox: Sandbox, forged: dict[str, object]) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    whole = recorded.recording
    with pytest.raises(RecordingError) as refusal:
        taken(replace(whole, header=replace(whole.header, **forged)))
    assert str(refusal.value).isprintable() and len(str(refusal.value)) < 1000


def test_the_first_bus_of_the_settings_stays_the_first(sandbox: Sandbox) -> None:
    recorded = Recorded(sandbox)
    recorded.load(LIGHT, "i2c:1:0x23").read()
    assert taken(recorded.recording).buses[0] == BusName("i2c-1")


EDITS = st.sampled_from(["drop", "twice", "failed", "w 01", "r 01", "r -- error timeout", "edges +5"])


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> list[str]:
    """The lines of a transcript with transfers of every kind."""
    sandbox = Sandbox(tmp_path_factory.mktemp("every"), cache_folder, VirtualClock())
    recorded = Recorded(sandbox)
    recorded.load(EVERY_KIND, *PERMISSIONS).read()
    sandbox.close()
    return text_of(taken(recorded.recording)).splitlines()


def edited(lines: list[str], edits: dict[int, str]) -> str:
    """The text after a person's edits to the read. An edit replaces the bytes of a transfer, or does what it says."""
    done = []
    first = next(number for number, line in enumerate(lines) if line.startswith("read ")) + 1
    for number, line in enumerate(lines, -first):
        match edits.get(number):
            case None:
                done.append(line)
            case "twice":
                done += [line, line]
            case "failed":
                done.append(f'{line} error bus "stuck"')
            case str(content) if content != "drop":
                done.append(f"{line.partition(' w ')[0].partition(' r ')[0]} {content}")
    return "\n".join(done)


@given(edits=st.dictionaries(st.integers(0, 11), EDITS, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_person_edits_is_refused_or_played_or_told(
    config: Config, every_kind: list[str], edits: dict[int, str]
) -> None:
    try:
        transcript = transcript_of(edited(every_kind, edits), "any")
    except TranscriptError:
        return
    *_, last = played(config, transcript, Path("probe.py"), source=dedent(EVERY_KIND))
    assert last.divergence or not last.crash or 'File "probe.py"' in last.traceback
