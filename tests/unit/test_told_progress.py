"""The progress of long work as events: often enough for a person, and never after its end."""

from __future__ import annotations

from hostcore.clock import VirtualClock
from hostcore.events import ConnectionLost, EventsDropped, TaskProgressed
from hostcore.events.stream import EventStream
from hostcore.told_progress import ToldProgress
from hostcore.view.work import MOST, Work


def test_everything_is_passed_on_and_one_event_a_second_is_published_and_the_end() -> None:
    stream = EventStream(VirtualClock())
    events, passed = stream.subscribe(TaskProgressed), list[tuple[str, float, float]]()
    progress = ToldProgress(lambda *report: passed.append(report), stream)
    reports = [("Compiling", tenth / 10, 2.0) for tenth in range(25)] + [("Fetching", 0.5, 9.0), ("Compiling", 0, 0)]
    for report in reports:
        progress(*report)
    assert passed == reports
    told = [each.event for each in events.take(0)]
    assert [(each.task, each.elapsed_seconds) for each in told if isinstance(each, TaskProgressed)] == [
        ("Compiling", 0.0),
        ("Compiling", 1.0),
        ("Compiling", 2.0),
        ("Fetching", 0.5),
        ("Compiling", 0),
    ]
    assert [each.task for each in progress.under_way] == ["Fetching"]


def test_the_end_of_what_was_never_told_is_not_told() -> None:
    stream = EventStream(VirtualClock())
    events = stream.subscribe(TaskProgressed)
    ToldProgress(lambda *_report: None, stream)("Compiling", 0, 0)
    assert not events.take(0)


def test_a_front_end_knows_what_is_under_way_in_bounded_memory_and_forgets_it_when_events_are_lost() -> None:
    work = Work()
    for number in range(2 * MOST):
        work.take(TaskProgressed(1, f"task {number}", 1.0, 9.0))
    assert len(work.tasks()) == MOST
    work.take(TaskProgressed(2, "task 0", 0.0, 0.0))
    assert [each.task for each in work.tasks()[:2]] == ["task 1", "task 2"]
    for loss in (EventsDropped(3, 1), ConnectionLost(3, "gone")):
        work.take(TaskProgressed(2, "task 1", 2.0, 9.0))
        work.takes()[type(loss)](loss)
        assert not work.tasks()
