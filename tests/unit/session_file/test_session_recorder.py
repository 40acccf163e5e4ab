"""The recorder: a front end that writes all that a session says, and ends by itself where there is no room."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.errors import RecordingError
from hostcore.events import CaughtUp, ConnectionLost, LogWritten
from hostcore.events.stream import Numbered
from hostcore.log.secrets import LEFT_OUT
from hostcore.session_file import recorder as recording
from hostcore.session_file import sink
from hostcore.session_file.player import Player
from hostcore.session_file.reading import SessionFile
from hostcore.session_file.recorder import SessionRecorder, Wish
from tests.scripted_session import ScriptedSession, host_facts
from tests.session_files import log
from tests.waiting import until

PATIENCE = 20.0
SETTINGS = '[plugins.light.settings]\nplace = "{}"\n'


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write at once, so that no test waits."""
    monkeypatch.setattr(recording, "FLUSH_US", 0)
    monkeypatch.setattr(recording, "PACE", 0.0)
    monkeypatch.setattr(recording, "POLL", 0.02)


@pytest.fixture
def session(tmp_path: Path) -> ScriptedSession:
    settings = tmp_path / "host.toml"
    settings.write_text(SETTINGS.format("behind the shed"))
    return ScriptedSession(facts=replace(host_facts(), config_file=settings))


def texts_in(path: Path) -> list[str]:
    file = SessionFile(path)
    try:
        player = Player(file, lambda: 0)
        return [each.text for each in player.go_to(file.end_us).events if isinstance(each, LogWritten)]
    finally:
        file.close()


def begun(session: ScriptedSession, path: Path, **wish: int) -> SessionRecorder:
    recorder = SessionRecorder(session, Wish(path, **wish))
    recorder.start()
    until(lambda: recorder.bytes or recorder.reason, PATIENCE)
    return recorder


def test_what_was_before_and_what_happens_is_recorded(session: ScriptedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    session.backlog.offer(Numbered(1, log(0, "before")))
    recorder = begun(session, path)
    session.publish([CaughtUp(0), log(1, "one"), log(2, "from behind the shed")])  # the first has the number 1 as well
    recorder.stop()
    assert (recorder.is_running, recorder.reason) == (False, "it was stopped")
    assert texts_in(path) == ["before", "one", f"from {LEFT_OUT}"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert recorder.bytes == path.stat().st_size


def test_a_secret_that_is_added_meanwhile_is_left_out(session: ScriptedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    recorder = begun(session, path)
    session.facts.config_file.write_text(SETTINGS.format("under the old oak"))
    session.publish([CaughtUp(0), log(1, "under the old oak, not behind the shed")])
    recorder.stop()
    assert texts_in(path) == [f"{LEFT_OUT}, not {LEFT_OUT}"], "the earlier one is still a secret"


def test_no_file_is_replaced(session: ScriptedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    path.write_text("mine")
    with pytest.raises(RecordingError, match="exists already; name another file"):
        SessionRecorder(session, Wish(path))
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RecordingError, match="exists already"):
        SessionRecorder(session, Wish(tmp_path / "link"))
    with pytest.raises(RecordingError, match="cannot be written: No such file or directory"):
        SessionRecorder(session, Wish(tmp_path / "no" / "folder"))
    assert path.read_text() == "mine"


def test_a_full_file_ends_the_recording_and_can_be_read(session: ScriptedSession, tmp_path: Path) -> None:
    path, ended = tmp_path / "a.session", []
    recorder = SessionRecorder(session, Wish(path, most_bytes=6_000), ended=lambda: ended.append(1))
    recorder.start()
    until(lambda: recorder.bytes, PATIENCE)
    session.publish([log(1, "short")])
    until(lambda: texts_in(path), PATIENCE)
    session.publish([log(2, " ".join(os.urandom(2).hex() for _ in range(5_000)))])
    until(lambda: ended, PATIENCE)
    assert "as many as it may have" in recorder.reason
    assert texts_in(path) == ["short"]
    assert SessionFile(path).reason == recorder.reason


def test_a_disk_that_is_nearly_full_is_left_alone(
    session: ScriptedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sink, "LEFT_FREE", 1 << 60)
    recorder = begun(session, tmp_path / "a.session")
    until(lambda: not recorder.is_running, PATIENCE)
    assert "the disk has less than" in recorder.reason


def test_events_that_do_not_fit_into_the_queue_are_counted_in_the_file(
    session: ScriptedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "QUEUED", 5)
    recorder = begun(session, tmp_path / "a.session")
    session.publish(log(1, f"line {n}") for n in range(10_000))
    recorder.stop()
    came = texts_in(tmp_path / "a.session")
    assert recorder.lost > 0
    assert len(came) + recorder.lost in {9_999, 10_000}


def test_a_lost_connection_is_part_of_the_recording(session: ScriptedSession, tmp_path: Path) -> None:
    path = tmp_path / "a.session"
    recorder = begun(session, path)
    session.publish([log(1, "one"), ConnectionLost(0, "the network is lost")])
    recorder.stop()
    player = Player(SessionFile(path), lambda: 0)
    assert ConnectionLost(0, "the network is lost") in list(player.go_to(player.end_us).events)


def test_a_stop_waits_for_no_event(session: ScriptedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "POLL", 60.0)
    recorder = begun(session, tmp_path / "a.session")
    recorder.stop()
    assert recorder.reason == "it was stopped"
