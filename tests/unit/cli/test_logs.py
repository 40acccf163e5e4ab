"""``wasi-host logs``: what it prints of the host that it attaches to, and what a person reads if it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hostcore.cli import logs as command
from hostcore.cli import settings_file
from hostcore.cli.logs import Selection, logs
from hostcore.control import attaching
from hostcore.control.holder import Holder
from hostcore.errors import CommandLineError, HostError
from hostcore.events import HOST, Level, LogWritten
from tests.attached import ServedSession
from tests.scripted_session import plugin_facts


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings with which a host runs that is hard to reach."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(settings_file, "present_holder", lambda _path: Holder(4711, "2024-01-01T12:00:00.000Z", "", ()))
    monkeypatch.setattr(attaching, "START_SECONDS", 0.05)
    path = tmp_path / "host.toml"
    path.write_text("", encoding="utf-8")
    return path


@pytest.fixture
def served(config: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedSession]:
    """The host of these settings, with two plugins and a line of each of them, and of one that is gone."""
    made = ServedSession()
    made.session.known += [plugin_facts("light"), plugin_facts("bme680")]
    made.session.stream.publish(LogWritten(1, "light", Level.INFO, "hello"))
    made.session.stream.publish(LogWritten(2, "gone", Level.INFO, "the last line"))
    monkeypatch.setattr(command, "reached", lambda _config, unwanted: made.front_end())
    yield made
    assert made.join()


def test_a_plugin_that_is_not_there_is_refused_and_those_that_are_there_are_named(
    served: ServedSession, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for follows in (False, True):
        with pytest.raises(CommandLineError, match=r"the host has no plugin lihgt; it has bme680, light$"):
            logs(config, Selection(follows, "lihgt"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("plugin", ["light", "gone"])
def test_a_plugin_has_its_lines_also_when_it_is_gone(
    plugin: str, served: ServedSession, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert logs(config, Selection(plugin=plugin)) == 0
    assert f" {plugin}: " in capsys.readouterr().out


@pytest.mark.parametrize("plugin", ["bme680", HOST])
def test_a_plugin_that_is_silent_and_the_host_itself_are_no_mistake(
    plugin: str, served: ServedSession, config: Path
) -> None:
    assert logs(config, Selection(plugin=plugin)) == 0


def test_a_host_without_a_line_says_so_apart_from_the_result(
    served: ServedSession, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for selection, words in (
        (Selection(plugin="bme680"), "has no such line yet"),
        (Selection(least=Level.ERROR), "has no such line yet"),
        (Selection(), ""),
    ):
        assert logs(config, selection) == 0
        told = capsys.readouterr()
        assert (words in told.err) if words else (not told.err and told.out)


def test_of_a_host_that_does_not_answer_a_person_reads_which_one_and_where_its_log_is(
    config: Path, tmp_path: Path
) -> None:
    with pytest.raises(HostError) as caught:
        logs(config, Selection())
    told = (
        f"{config}: a running host (PID 4711, since 2024-01-01T12:00:00.000Z) does not say what is in its log: it does "
        "not listen in this user's folder of sockets"
    )
    assert str(caught.value) == told
    file = command.log_file_of(command.load_config(config))
    file.parent.mkdir(parents=True)
    file.write_text("the host's words", encoding="utf-8")
    with pytest.raises(HostError) as caught:
        logs(config, Selection())
    assert str(caught.value) == f"{told}; its log is in {file}"


def test_no_path_acts_in_a_terminal(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings_file, "present_holder", lambda _path: None)
    odd = config.rename(config.with_name("\x1b[31m.toml"))
    assert logs(odd, Selection()) == 3
    assert "\\x1b[31m.toml: no host runs" in capsys.readouterr().err
