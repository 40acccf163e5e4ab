"""``[plugins.NAME.adjust]``: what it can say, and the words for what it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.adjustments.model import Adjustment, Delta, Line, Median, MovingAverage, Throttle
from hostcore.config.loading import merge_plugins, parse_config
from hostcore.errors import ConfigError


def adjustments(text: str) -> tuple[Adjustment, ...]:
    """The adjustments of the plugin ``air`` with this table."""
    config = parse_config(Path("host.toml"), f"[plugins.air.adjust]\n{text}")
    return merge_plugins(config, [])[0].adjustments


def test_all_filters_in_the_order_of_the_file() -> None:
    text = """temperature = { filters = [
        { offset = -1.5 }, { scale = 2 }, { calibrate_linear = [[0.4, 0], [99.1, 100]] }, { median = 5 },
        { moving_average = 10 }, { throttle = 60 }, { delta = 0.5 },
    ] }"""
    assert adjustments(text)[0].filters == (
        Line(1.0, -1.5),
        Line(2.0, 0.0),
        Line.through(((0.4, 0.0), (99.1, 100.0))),
        Median(5),
        MovingAverage(10),
        Throttle(60.0),
        Delta(0.5),
    )


def test_names_units_classes_and_decimals() -> None:
    text = '"air.t" = { rename = "temperature", unit = "°F", device_class = "temperature", decimals = 0 }'
    expected = Adjustment(("air", "t"), (), "temperature", "°F", "temperature", 0)
    assert adjustments(text) == (expected,)
    assert adjustments('t = { unit = "" }') == (Adjustment(("t",), unit=""),)


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        ("t = 5", "t", "allowed is a table"),
        ("t = { ofset = 1 }", "t.ofset", "allowed here: filters, rename, unit, device_class, decimals"),
        ("t = { filters = [{ offset = 1, median = 5 }] }", "t.filters[0]", "found 2 filters in one table"),
        ("t = { filters = [{}] }", "t.filters[0]", "found 0 filters in one table"),
        ("t = { filters = [{ ofset = 1 }] }", "t.filters[0].ofset", "did you mean 'offset'?"),
        ("t = { filters = [{ multiply = 2 }] }", "t.filters[0].multiply", "here it is called scale"),
        ("t = { filters = [{ median = 0 }] }", "t.filters[0].median", "found 0, allowed is a whole number from 1"),
        ("t = { filters = [{ offset = nan }] }", "t.filters[0].offset", "found nan, allowed is a number"),
        ("t = { filters = [{ throttle = 0 }] }", "t.filters[0].throttle", "0.1 to 86400 seconds"),
        ("t = { filters = [{ calibrate_linear = [[1, 2]] }] }", "t.filters[0].calibrate_linear", "2 to 100 points"),
        (
            "t = { filters = [{ calibrate_linear = [[1, 2], [1, 3]] }] }",
            "t.filters[0].calibrate_linear",
            "points with one measured value",
        ),
        ("t = { filters = [{ calibrate_linear = [[1], [2]] }] }", "t.filters[0].calibrate_linear[0]", "two numbers"),
        (f"t = {{ filters = [{'{ offset = 1 },' * 11}] }}", "t.filters", "found 11, allowed is up to 10 filters"),
        ('t = { rename = "a.b" }', "t.rename", "without points"),
        ('t = { rename = "simulated" }', "t.rename", "and not simulated"),
        ('t = { unit = "V", device_class = "temperature" }', "t", "allowed is °C or °F or K"),
        ('t = { device_class = "heat" }', "t.device_class", "found 'heat'"),
        ("t = { decimals = 10 }", "t.decimals", "0 to 9"),
        ('"a..b" = {}', "'a..b'", "the keys down to a value, joined by points"),
        ("a = { b = { filters = [] } }", "a.b", 'put a key with points into quotes: adjust."a.b"'),
        ('a = { rename = "b" }\nb = {}', "b", "found the published name b, allowed is one that no other value has; a"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_allowed(text: str, key: str, words: str) -> None:
    with pytest.raises(ConfigError) as error:
        adjustments(text)
    assert error.value.key == f"plugins.air.adjust.{key}"
    assert words in error.value.problem
