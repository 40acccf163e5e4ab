"""A signal ends a command that waits, whatever the command did when it came."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from hostcore.cli import running
from hostcore.cli.ending import ENDING


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in ENDING}
    monkeypatch.setattr(running, "_came", [])
    running.end_by_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("ending")
def test_a_signal_ends_the_wait_even_if_its_exception_was_lost_in_a_finalizer() -> None:
    with suppress(KeyboardInterrupt):  # as Python does with what a finalizer raises
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        running.wait_for_signal()
