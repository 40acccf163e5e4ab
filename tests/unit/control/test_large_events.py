"""Large events for attached front ends: their lines do not fill the host's memory."""

from __future__ import annotations

import threading

import pytest

from hostcore.control.attachments import BATCH_BYTES
from hostcore.control.lines_out import LinesOut
from hostcore.events import EventsDropped, ReadingPublished
from tests.attached import PATIENCE, ServedSession


def test_large_events_are_not_all_encoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    send = LinesOut.send

    def watched(out: LinesOut, lines: bytes) -> None:
        sent.append(len(lines))
        send(out, lines)

    monkeypatch.setattr(LinesOut, "send", watched)
    served = ServedSession()
    remote = served.front_end()
    events = remote.subscribe(ReadingPublished)
    text = "x" * (BATCH_BYTES // 3)
    remote.start()
    served.session.publish([ReadingPublished(number, "large", {"text": text}) for number in range(50)])
    arrived: list[int] = []
    while len(arrived) < 50 and (batch := events.take(PATIENCE)):
        arrived += (item.event.time_ns for item in batch if isinstance(item.event, ReadingPublished))
    assert arrived == list(range(50))
    assert max(sent) < 2 * BATCH_BYTES
    assert remote.stop()
    assert served.join()


def test_for_a_screen_that_is_slow_few_of_them_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    send = LinesOut.send

    def slow(out: LinesOut, lines: bytes) -> None:
        if b"ReadingPublished" in lines:
            go.wait(PATIENCE)
        send(out, lines)

    monkeypatch.setattr(LinesOut, "send", slow)
    monkeypatch.setattr("hostcore.control.attachments.QUEUED_BYTES", 20_000)
    served = ServedSession()
    remote = served.front_end()
    events = remote.subscribe(ReadingPublished, EventsDropped)
    remote.start()
    count = 300
    served.session.publish([ReadingPublished(number, "large", {"a": 1}) for number in range(count)])
    go.set()
    readings, lost = 0, 0
    while readings + lost < count and (batch := events.take(PATIENCE)):
        readings += sum(isinstance(item.event, ReadingPublished) for item in batch)
        lost += sum(item.event.count for item in batch if isinstance(item.event, EventsDropped))
    assert readings + lost == count
    assert lost
    assert remote.stop()
    assert served.join()
