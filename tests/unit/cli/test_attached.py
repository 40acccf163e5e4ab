"""A command's session with the running host of its settings."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from hostcore.cli import attached as command
from hostcore.cli.attached import attached
from hostcore.control.holder import Holder
from hostcore.errors import HostError

HOLDER = Holder(4711, "2024-01-01T12:00:00.000Z", "", ())


def test_a_host_that_cannot_be_reached_is_named_and_nobody_is_told_to_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object) -> NoReturn:
        raise HostError("8 screens are attached to the running host")

    monkeypatch.setattr(command, "settings_and_host", lambda _file: (Path("host.toml"), HOLDER))
    monkeypatch.setattr(command, "reached", refused)
    with pytest.raises(HostError) as caught:
        attached(None, "drives the outputs")
    assert str(caught.value) == f"host.toml: {HOLDER} cannot be reached: 8 screens are attached to the running host"


def test_without_a_host_a_line_says_how_to_start_one_and_nothing_of_it_acts_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "settings_and_host", lambda _file: (Path("a\x1b[2J.toml"), None))
    assert attached(None, "drives the outputs") is None
    told = capsys.readouterr().err
    assert told.startswith("wasi-host: a") and "\x1b" not in told
    assert told.endswith(": no host runs, which drives the outputs; start it: wasi-host up\n")
