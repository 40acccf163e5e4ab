"""The timeline: what happened beside the readings."""

from __future__ import annotations

from pathlib import Path

from hostcore.events import (
    Alarm,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    Confidence,
    Event,
    FaultsSet,
    Finding,
    FindingCleared,
    FindingRaised,
    PluginReloaded,
    ReadingsDropped,
    State,
    StateChanged,
)
from hostcore.events.history import MarkKind
from hostcore.faults.model import Fault, FaultKind
from hostcore.place import BusName
from tests.recorded import Recording

NACK = Fault(FaultKind.NACK, BusName("i2c-1"), 0x76)
WARM = Alarm("warm", "light.t is above 30 °C", plugin="light", reading="t", unit="°C")
NOISY = Finding("noise", "the wires are noisy", "shorten them", Confidence.LIKELY, plugin="light", is_simulated=True)


def marks(recording: Recording, *events: Event) -> list[tuple[str, str, str]]:
    recording.take(*events)
    recording.recorder.commit()
    found = recording.past().marks
    recording.recorder.close()
    return [(mark.plugin, mark.kind, mark.text) for mark in found]


def test_states_findings_alarms_reloads_and_faults_are_marked_in_their_order(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    now = recording.now
    assert marks(
        recording,
        StateChanged(now, "light", State.LOADING, State.RUNNING, ""),
        PluginReloaded(now, "light", "abc"),
        FindingRaised(now, NOISY, now),
        FindingCleared(now, NOISY),
        AlarmRaised(now, WARM, now, 31.0),
        AlarmAcknowledged(now, WARM),
        AlarmCleared(now, WARM),
        FaultsSet(now, (NACK.until(600),)),
        FaultsSet(now, (NACK.until(600),), is_restated=True),
        FaultsSet(now, ()),
        StateChanged(now, "light", State.RUNNING, State.STOPPED, "a person stopped it"),
    ) == [
        ("light", MarkKind.STATE, "running"),
        ("light", MarkKind.RELOAD, "version abc"),
        ("light", MarkKind.FINDING, "likely, simulated: the wires are noisy"),
        ("light", MarkKind.FINDING, "over: the wires are noisy"),
        ("light", MarkKind.ALARM, "warm: light.t is above 30 °C (31 °C)"),
        ("light", MarkKind.ALARM, "warm: acknowledged"),
        ("light", MarkKind.ALARM, "warm: over: light.t is above 30 °C"),
        ("", MarkKind.FAULT, "faults on demand: i2c-1 0x76 NACK"),
        ("", MarkKind.FAULT, "faults on demand: none"),
        ("light", MarkKind.STATE, "stopped: a person stopped it"),
    ]


def test_readings_that_the_broker_will_never_get_are_marked(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.read({"t": 1})
    assert marks(recording, ReadingsDropped(recording.now, 2, 7, "there was no room")) == [
        ("", MarkKind.FINDING, "2 readings for the MQTT broker dropped: there was no room")
    ]


def test_what_is_said_again_and_what_concerns_others_is_not_marked(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    now = recording.now
    assert (
        marks(
            recording,
            FindingRaised(now, NOISY, now - 1),
            AlarmRaised(now, WARM, now - 1, 31.0),
            StateChanged(now, "light", State.BACKOFF, State.BACKOFF, "more is known"),
            StateChanged(now, "other", State.LOADING, State.RUNNING, ""),
        )
        == []
    )


def test_a_hostile_text_is_escaped_and_cut(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    cause = "\x1b[2J\ud800" + "x" * 5000
    ((_, _, text),) = marks(recording, StateChanged(recording.now, "light", State.RUNNING, State.BACKOFF, cause))
    assert "\x1b" not in text
    assert len(text) < 400


def test_marks_that_are_not_in_the_file_yet_are_in_the_report(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.recorder.commit()
    recording.take(StateChanged(recording.now, "light", State.LOADING, State.RUNNING, ""))
    assert [mark.text for mark in recording.past().marks] == ["running"]
    recording.recorder.close()
