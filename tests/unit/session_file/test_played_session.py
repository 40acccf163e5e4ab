"""The session of a file: every front end can show it, nothing can be changed through it, and no path of it is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hostcore.errors import ReadOnlyError
from hostcore.events.history import HistoryQuery
from hostcore.session import Session
from hostcore.session_file.played import PlayedSession
from tests.session_files import BEGAN, KNOWN, content_of, log, opened
from tests.unit.test_read_only import CHANGES


@pytest.fixture
def session(tmp_path: Path) -> PlayedSession:
    facts = replace(
        KNOWN.facts, config_file=Path("/etc/evil/host.toml"), chips_folder=Path("/etc/evil"), is_shipped_config=True
    )
    return PlayedSession(opened(tmp_path, content_of([log(1, "one")], known=replace(KNOWN, facts=facts))))


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_is_refused_in_one_line(session: PlayedSession, name: str) -> None:
    with pytest.raises(ReadOnlyError, match=r"^This is a recording: [^\n]*$"):
        CHANGES[name](session)


def test_it_looks_into_no_file(session: PlayedSession) -> None:
    for ask in (lambda: session.source("light", "", 1), lambda: session.driver_file("light")):
        with pytest.raises(ReadOnlyError, match="no source code"):
            ask()
    assert session.facts.chips_folder is None
    assert session.facts.config_file == Path("host.toml")
    assert "no stored history" in session.history(HistoryQuery("light", ("lux",), 0, 1, 1)).problem


def test_it_is_a_session_with_the_recorded_time(session: PlayedSession) -> None:
    played: Session = session
    assert played.plugins() == KNOWN.plugins
    assert not played.earlier().items
    assert session.now_ns() == BEGAN
    session.close()
