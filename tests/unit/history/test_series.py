"""Which numbers of a reading are stored."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hostcore.events import ValuesDescribed
from hostcore.history.answers import series_in
from hostcore.history.series import LARGEST, LONGEST_PATH, MOST_OF_PLUGIN, Register, SeriesKey, numbers_of
from hostcore.quantities import DescribedValue, Quantity
from tests.recorded import Recording

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class TestNumbers:
    def test_have_the_path_of_their_keys_and_indices(self) -> None:
        reading = {"lux": 5, "axes": [1.5, {"z": 2}], "name": "up", "nothing": None}
        assert dict(numbers_of(reading)) == {("lux",): 5.0, ("axes", "0"): 1.5, ("axes", "1", "z"): 2.0}

    def test_true_is_one_and_false_is_zero(self) -> None:
        assert dict(numbers_of({"motion": True, "door": False})) == {("motion",): 1.0, ("door",): 0.0}

    def test_that_are_not_finite_are_left_out_and_huge_ones_are_cut(self) -> None:
        reading = {"a": math.nan, "b": math.inf, "c": 10**400, "d": -1e300}
        assert dict(numbers_of(reading)) == {("c",): LARGEST, ("d",): -LARGEST}

    def test_with_endless_keys_are_left_out(self) -> None:
        assert list(numbers_of({"k" * (LONGEST_PATH + 1): 1})) == []

    @given(st.dictionaries(st.text(), JSON, max_size=4))
    def test_of_any_reading_can_be_stored(self, reading: dict[str, Any]) -> None:
        for path, value in numbers_of(reading):
            assert math.isfinite(value)
            assert SeriesKey("p", path).path_text.isascii()


class TestSeries:
    def test_of_one_plugin_are_limited_and_leave_room_for_those_of_others(self) -> None:
        register = Register()
        admitted = [register.admits(SeriesKey("liar", (str(n),))) for n in range(MOST_OF_PLUGIN + 1)]
        assert admitted == [True] * MOST_OF_PLUGIN + [False]
        assert register.admits(SeriesKey("liar", ("0",)))
        assert register.admits(SeriesKey("light", ("lux",)))

    def test_beyond_the_limit_are_reported_once(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        for number in range(3):
            recording.read({f"key{number}-{index}": index for index in range(MOST_OF_PLUGIN)}, "liar")
            recording.recorder.commit()
        (warning,) = recording.warnings
        assert f"liar has had more than {MOST_OF_PLUGIN} different numbers" in warning
        recording.recorder.close()

    def test_keep_simulated_and_faulty_values_apart_and_a_report_says_so(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        for simulated, faulty in ((False, False), (True, False), (False, True)):
            recording.clock.advance(2)
            recording.read({"lux": 1}, simulated=simulated, faulty=faulty)
        recording.recorder.commit()
        points = recording.past(seconds=60, points=60).points
        assert [(point.is_simulated, point.is_faulty) for point in points] == [
            (False, False),
            (True, False),
            (False, True),
        ]
        recording.recorder.close()

    def test_have_the_unit_that_the_driver_states_or_a_guess(self, tmp_path: Path) -> None:
        recording = Recording(tmp_path)
        recording.read({"illuminance": 1, "air": 2})
        recording.recorder.commit()
        stated = DescribedValue("air", Quantity("µg/m³"))
        recording.take(ValuesDescribed(recording.now, "light", (stated,)))
        recording.clock.advance(2)
        recording.read({"illuminance": 1, "air": 2})
        recording.recorder.close()
        units = {each.name: (each.entry.unit, each.entry.is_guessed, each.count) for each in series_in(recording.file)}
        assert units == {"light.air": ("µg/m³", False, 2), "light.illuminance": ("lx", True, 2)}
