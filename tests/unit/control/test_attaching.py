"""How a screen finds the host that it attaches to, and what a person reads if it cannot."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hostcore import __version__
from hostcore.control import attaching
from hostcore.control.attaching import attach
from hostcore.control.attachments import Attachments
from hostcore.control.folder import socket_folder
from hostcore.control.holder import Holder
from hostcore.control.messages import FactsRequest, HostReport, Request
from hostcore.control.server import Answer, ControlServer
from hostcore.control.session_messages import AttachRequest
from hostcore.errors import HostError
from hostcore.events import Level, LogWritten
from hostcore.events.backlog import Backlog
from tests.attached import PATIENCE
from tests.scripted_session import ScriptedSession, host_facts
from tests.waiting import until


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the sockets are, and no patience."""
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(attaching, "START_SECONDS", 0.05)
    return tmp_path / "run" / "wasi-host"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "host.toml"


@pytest.fixture
def holder(config: Path) -> Holder:
    return Holder(os.getpid(), "2024-01-01T12:00:00.000Z", str(config), ())


@contextmanager
def listening(config: Path, answer: Callable[[Request], Answer]) -> Iterator[None]:
    """A host of these settings that answers everything but `FactsRequest` with `answer`."""

    def answered(request: Request) -> Answer:
        if isinstance(request, FactsRequest):
            return HostReport(os.getpid(), str(config), (), (), ())
        return answer(request)

    place = socket_folder()
    assert place is not None
    server = ControlServer(place, answered, lambda _text: None)
    server.start()
    until(lambda: list(place.glob("*.socket")), PATIENCE)
    yield
    assert server.stop()


def test_it_attaches_to_the_host_of_its_settings(config: Path, holder: Holder) -> None:
    session = ScriptedSession(replace(host_facts(), version=__version__))
    attachments = Attachments(session, Backlog(), clock=session.stream.clock, warn=lambda _text: None)

    def answer(request: Request) -> Answer:
        assert isinstance(request, AttachRequest)
        return attachments.attach(request)

    with listening(config, answer):
        remote = attach(config, holder)
        assert remote.process == os.getpid()
        events = remote.subscribe(LogWritten)
        remote.start()
        session.publish([LogWritten(1, "light", Level.INFO, "hello")])
        assert [item.event for item in events.take(PATIENCE)] == [LogWritten(1, "light", Level.INFO, "hello")]
        assert remote.stop()
        with pytest.raises(HostError, match=r"other\.toml is in use by .* it does not listen"):
            attach(config.with_name("other.toml"), holder)
        attachments.stop()


def test_a_host_that_refuses_says_why(config: Path, holder: Holder) -> None:
    def answer(_request: Request) -> Answer:
        raise HostError("8 screens are attached to the running host")

    with listening(config, answer), pytest.raises(HostError) as caught:
        attach(config, holder)
    assert str(caught.value).endswith("This screen cannot attach to it: 8 screens are attached to the running host")


def test_without_a_socket_a_person_reads_which_process_it_is_and_what_to_do(config: Path, holder: Holder) -> None:
    with pytest.raises(HostError) as caught:
        attach(config, holder)
    assert str(caught.value) == (
        f"{config} is in use by a running host (PID {os.getpid()}, since 2024-01-01T12:00:00.000Z); stop it first "
        f"(wasi-host --config {config} down), or start with other settings: wasi-host --config FILE. "
        "wasi-host scan, i2c and grant work beside a running host. This screen cannot attach to it: "
        "it does not listen in this user's folder of sockets"
    )
