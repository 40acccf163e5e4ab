"""Rules judge what a driver measured, whatever host.toml makes of it."""

from __future__ import annotations

from hostcore.diagnosis.records import measured_numbers
from hostcore.events import AdjustedValue, ReadingPublished


def test_adjusted_numbers_are_those_that_the_driver_measured() -> None:
    adjusted = (AdjustedValue(("air", "t"), 21.4), AdjustedValue(("lux",), 1e300))
    event = ReadingPublished(1, "light", {"air": {"t": 19.9, "humidity": 40}, "lux": None}, adjusted=adjusted)
    assert measured_numbers(event) == {"air.t": 21.4, "air.humidity": 40.0}
