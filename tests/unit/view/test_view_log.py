"""The log of a view: the lines of a traceback are one entry, and memory is bounded whatever a host sends."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import Level, LogWritten
from hostcore.view.log import Log, LogEntry

TRACEBACK = ("Traceback (most recent call last):", '  File "light.py", line 7, in read', "KeyError: 'lux'")


def line(text: str, plugin: str = "light", *, continues: bool = False, by_host: bool = False) -> LogWritten:
    return LogWritten(1, plugin, Level.ERROR, text, by_host, continues)


def log_of(*lines: LogWritten, most: int = 100) -> Log:
    log = Log(most)
    for each in lines:
        log.write(each)
    return log


def entries(log: Log) -> list[LogEntry]:
    return list(log.items.all())


def test_lines_that_go_on_are_one_entry_with_the_line_before_them() -> None:
    more = [line(each, continues=True) for each in TRACEBACK]
    (first, second) = entries(log_of(line("reading failed"), *more, line("on we go")))
    assert [each.text for each in first.lines] == ["reading failed", *TRACEBACK]
    assert (first.ending, second.ending) == ("KeyError: 'lux'", "")


def test_lines_of_another_plugin_in_between_do_not_matter() -> None:
    first, second = entries(log_of(line("a"), line("b", "air"), line("c", continues=True)))
    assert [len(each.more) for each in (first, second)] == [1, 0]


def test_a_line_whose_beginning_was_lost_is_an_entry_of_its_own() -> None:
    (only,) = entries(log_of(line("KeyError", continues=True)))
    assert only.line.text == "KeyError"


def test_an_ending_that_the_first_line_names_is_not_repeated() -> None:
    (only,) = entries(log_of(line("it died: KeyError: 'lux'"), line("KeyError: 'lux'", continues=True)))
    assert only.ending == ""


def test_an_empty_line_at_the_end_of_a_traceback_does_not_hide_its_error() -> None:
    first, *more = TRACEBACK
    (only,) = entries(log_of(line(first), *(line(each, continues=True) for each in (*more, " ", ""))))
    assert only.ending == "KeyError: 'lux'"


def test_programs_get_every_line_in_order() -> None:
    more = [line(each, continues=True) for each in TRACEBACK]
    log = log_of(line("reading failed"), *more)
    assert [each.text for each in log.last(2)] == list(TRACEBACK[-2:])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=200), st.integers(1, 20))
def test_never_more_lines_are_kept_than_twice_the_most(written: list[tuple[str, bool]], most: int) -> None:
    log = log_of(*(line("x", plugin, continues=continues) for plugin, continues in written), most=most)
    assert sum(len(each.lines) for each in log.items.all()) <= 2 * most


def test_any_number_of_names_takes_bounded_memory() -> None:
    log = log_of(*(line("x", f"plugin{number}") for number in range(10_000)))
    assert len(log._newest) <= 256
