"""The values in a reading, by the keys that lead to them."""

from __future__ import annotations

from hostcore.events.readings import values_in


def test_values_come_in_the_order_of_the_reading_with_the_keys_down_to_them() -> None:
    reading = {"lux": 5, "axes": [1.5, {"z": None}], "empty": {}, "name": "up", "ok": True}
    assert list(values_in(reading, 8)) == [
        (("lux",), 5),
        (("axes", "0"), 1.5),
        (("axes", "1", "z"), None),
        (("name",), "up"),
        (("ok",), True),
    ]


def test_what_lies_too_deep_is_left_out() -> None:
    assert list(values_in({"a": {"b": {"c": 1}, "d": 2}}, 2)) == [(("a", "d"), 2)]


def test_a_reading_of_any_depth_does_not_exhaust_the_stack() -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    assert len(list(values_in({"deep": deep}, 10_000))) == 1
