"""A history that is fed and asked by somebody hostile: no key, number, time or name ends it, or makes it large."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore.config.history import HistorySettings
from hostcore.events import ReadingPublished, State, StateChanged, ValuesDescribed
from hostcore.events.history import HistoryQuery
from hostcore.history.answers import answer_from, series_in
from hostcore.history.series import MOST_OF_PLUGIN
from hostcore.quantities.catalog import DescribedValue
from hostcore.quantities.quantity import Quantity
from tests.recorded import HOUR, Recording

NUMBERS = st.one_of(st.integers(), st.just(10**4000), st.floats(allow_nan=True), st.booleans(), st.none())
VALUES = st.recursive(
    NUMBERS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=300), inner, max_size=3),
    max_leaves=8,
)
TIMES = st.integers(-(1 << 62), (1 << 62))


def test_a_plugin_that_invents_keys_does_not_fill_the_disk(tmp_path: Path) -> None:
    recording = Recording(tmp_path, HistorySettings(size_mib=8))
    for number in range(100):
        recording.clock.advance(HOUR / 2)
        recording.read({f"{number} {each}" + "\N{SNOWMAN}" * 150: 1e300 for each in range(200)})
        recording.commit_if_due()
    recording.recorder.close()
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 12 << 20
    assert len(series_in(recording.file)) <= MOST_OF_PLUGIN
    assert len(recording.warnings) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TIMES, st.dictionaries(st.text(max_size=300), VALUES, max_size=3)), max_size=5), TIMES)
def test_no_reading_and_no_time_ends_it(
    tmp_path: Path, readings: list[tuple[int, dict[str, object]]], moment: int
) -> None:
    recording = Recording(tmp_path)
    try:
        for time_ns, reading in readings:
            recording.take(ReadingPublished(time_ns, "light", reading))
        text = "\x1b]0;\ud800\n" * 50
        recording.take(
            StateChanged(moment, "light", State.RUNNING, State.BACKOFF, text),
            ValuesDescribed(moment, "light", (DescribedValue("lux", Quantity("lx")),)),
        )
        recording.recorder.commit()
        recording.clock.advance(HOUR)
        recording.recorder.commit()
        assert not recording.recorder.report(HistoryQuery("light", ("a",), -(1 << 63), (1 << 63) - 1, 10)).problem
        assert recording.warnings == []
    finally:
        recording.recorder.close()


def test_a_question_about_a_name_that_no_file_can_hold_has_an_empty_answer(tmp_path: Path) -> None:
    recording = Recording(tmp_path)
    recording.read_every(2, 3)
    recording.recorder.commit()
    query = HistoryQuery("\udcff", ("\ud800",), 0, recording.now, 10)
    for report in (recording.recorder.report(query), answer_from(recording.file, query)):
        assert (report.points, report.problem) == ((), "")
    recording.recorder.close()
