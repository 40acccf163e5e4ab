"""The OLED shows what drivers read: text that can be read back from its pixels, a sparkline, errors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.errors import PluginReportedError
from tests.oled_desk import Desk, columns_of, drawing
from tests.workbench import Workbench, cause

BME680 = {
    "temperature": 21.46,
    "humidity": 45.2,
    "pressure": 1013.25,
    "gas_resistance": 123456,
    "air_quality": {"index": 87.0, "method": "some text"},
}


# The font


def test_the_font_has_every_printable_character_and_only_zero_and_o_look_alike() -> None:
    glyphs = Desk().glyphs
    assert set(map(chr, range(32, 127))) | set("°µΩ") <= glyphs.keys()
    assert all(len(glyph) == 5 for glyph in glyphs.values())
    alike = [(a, b) for a in glyphs for b in glyphs if a < b and glyphs[a] == glyphs[b]]
    assert alike == [("0", "O")]


def test_characters_look_as_drawn() -> None:
    glyphs = Desk().glyphs
    columns = [column for character in "Ag8°%" for column in (*glyphs[character], 0)]
    assert drawing(columns, 8) == (
        ".###.........###...##...##....\n"
        "#...#.......#...#.#..#..##..#.\n"
        "#...#..####.#...#..##......#..\n"
        "#####.#...#..###..........#...\n"
        "#...#.#...#.#...#........#....\n"
        "#...#..####.#...#.......#..##.\n"
        "#...#.....#..###...........##.\n"
        ".......###...................."
    )


def test_large_characters_have_smooth_corners() -> None:
    desk = Desk()
    columns = list(desk.plugin.namespace["enlarge"](desk.glyphs["7"]))
    assert drawing(columns, 14) == (
        "#########.\n"
        "##########\n"
        "........##\n"
        "........##\n"
        "......###.\n"
        ".....###..\n"
        "....###...\n"
        "...###....\n"
        "..###.....\n"
        "..##......\n"
        "..##......\n"
        "..##......\n"
        "..##......\n"
        "..##......"
    )


# What is shown


def test_a_card_has_the_plugin_and_label_on_top_the_first_number_large_and_the_others_below() -> None:
    desk = Desk()
    desk.show({"bme680": BME680})
    assert desk.finds("bme680", inverted=True)
    assert desk.finds("temperature")
    assert desk.finds("21.5", large=True)
    for text in ("°C", "humidity", "45.2", "pressure", "1013.2", "hPa", "gas resistance", "123", "kΩ"):
        assert desk.finds(text), text
    assert desk.finds("air quality")
    assert desk.finds("87.0")
    assert not desk.finds("some")


def test_32_rows_show_one_number_a_card() -> None:
    desk = Desk(height=32)
    desk.show({"bme680": BME680})
    assert desk.finds("21.5", large=True)
    assert not desk.finds("humidity")
    desk.next_card({"bme680": BME680})
    assert desk.finds("humidity")
    assert desk.finds("45.2", large=True)


@pytest.mark.parametrize(
    ("key", "value", "text", "label", "unit"),
    [
        ("cpu_temperature", -0.001, "0.00", "cpu temperature", "°C"),
        ("voltage", 3.3, "3.30", "voltage", "V"),
        ("memory_used_mb", 17180, "17180", "memory used", "MB"),
        ("uptime", 3 * 86400 + 4 * 3600 + 59, "3d 4h", "uptime", ""),
        ("uptime", 4 * 3600 + 7 * 60, "4h 7m", "uptime", ""),
        ("illuminance", 54612.5, "54.6", "illuminance", "klx"),
        ("frequency", -2.4e9, "-2.40", "frequency", "GHz"),
        ("count", 42, "42", "count", ""),
        ("motion", True, "on", "motion", ""),
        ("air_quality", {"index": 99.5}, "99.5", "air quality", ""),
        ("channels", [1.25], "1.25", "channels 1", ""),
    ],
)
def test_numbers_are_shown_as_people_read_them(key: str, value: object, text: str, label: str, unit: str) -> None:
    desk = Desk()
    desk.show({"x": {key: value}})
    assert desk.finds(text, large=True)
    assert desk.finds(label)
    assert not unit or desk.finds(unit)
    assert text.startswith("-") or not desk.finds("-" + text, large=True)


def test_an_error_is_shown_in_words() -> None:
    desk = Desk()
    desk.show({"aht20": {"error": "I2C bus 1, address 0x38: no device acknowledged"}})
    for text in ("error", "I2C bus 1, address", "0x38: no device", "acknowledged"):
        assert desk.finds(text), text
    assert desk.finds("aht20", inverted=True)


def test_a_card_of_simulated_buses_says_so_also_with_an_error() -> None:
    desk = Desk()
    for reading in ({"illuminance": 250, "simulated": ["i2c-1"]}, {"error": "gone", "simulated": ["i2c-1"]}):
        desk.show({"bh1750": reading})
        assert desk.finds("SIM bh1750", inverted=True)
    desk.show({"bh1750": {"illuminance": 250}})
    assert desk.finds("bh1750", inverted=True)
    assert not desk.finds("SIM", inverted=True)


def test_old_numbers_say_so_and_the_marks_of_the_host_are_no_numbers() -> None:
    desk = Desk()
    desk.show({"sun": {"lux": 250, "stale": 70, "adjusted": {"lux": 240}}})
    assert desk.finds("OLD sun", inverted=True)
    assert desk.finds("lux")
    assert not desk.finds("stale") and not desk.finds("adjusted")


def test_cards_take_turns() -> None:
    desk = Desk(seconds=10)
    readings = {"one": {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}, "two": {"error": "gone"}}
    shown = []
    for _ in range(8):
        desk.show(readings)
        shown.append("one a" if desk.finds("a ") else "one d" if desk.finds("d ") else "two")
        desk.bench.clock.advance(5)
    assert shown == ["one a", "one a", "one d", "one d", "two", "two", "one a", "one a"]


def test_long_names_end_in_an_ellipsis() -> None:
    desk = Desk()
    desk.show({"pi_monitor": {"cpu_temperature": 48.0, "a_very_long_name_indeed": 1.5}})
    assert desk.finds("cpu tempe…")
    assert desk.finds("a very long name…")
    assert desk.finds("1.50")


def test_a_display_with_nothing_to_show_says_so() -> None:
    desk = Desk()
    desk.show({"quiet": {"text": "no number"}})
    assert desk.finds("no readings yet")


def test_the_sparkline_follows_the_first_number() -> None:
    desk = Desk()
    for lux in [*range(40), *range(40, -1, -1)]:
        picture = desk.show({"bh1750": {"illuminance": lux}})
    columns = [column >> 30 for column in columns_of(picture)]
    tops = [(column & -column).bit_length() for column in columns if column]
    assert len(tops) == 81
    assert tops[:41] == sorted(tops[:41], reverse=True)
    assert tops[40:] == sorted(tops[40:])
    assert (tops[0], tops[40], tops[80]) == (34, 1, 33)  # the last stroke comes down from the sample before


# The bus


@pytest.mark.parametrize("height", [64, 32])
def test_a_display_that_lost_its_power_unnoticed_shows_the_same_picture(height: int) -> None:
    desk, steady = Desk(height), Desk(height)
    for each in desk, steady:
        each.show({"bme680": BME680})
    desk.plug_in()
    assert not desk.display.decoder.picture().on
    assert desk.show({"bme680": BME680}) == steady.show({"bme680": BME680})
    assert desk.display.decoder.picture().on


def test_a_display_that_another_program_left_in_disorder_is_put_right() -> None:
    expected = Desk().show({"bme680": BME680})
    desk = Desk()
    for command in (
        (0x20, 1, 0x21, 10, 20, 0x22, 1, 2),  # a small window, filled downwards
        (0x26, 0, 0, 0, 7, 0, 0xFF, 0x2F),  # scrolling
        (0xA0, 0xC0, 0xA5, 0xA7, 0x45),  # turned, all on, inverted, another start line
        (0xA8, 20, 0xD3, 5, 0xDA, 0x22, 0x81, 0, 0xAE),  # few rows, an offset, other wiring, dark, off
    ):
        desk.display.decoder.receive(bytes([0x00, *command]))
    desk.bench.clock.advance(1.0)
    desk.show({"bme680": BME680})
    desk.bench.clock.advance(1.0)
    assert desk.display.decoder.picture() == expected


def test_an_absent_display_is_a_reported_error_and_drawn_on_once_it_is_there() -> None:
    desk = Desk()
    del desk.bench.i2c[0x3C]
    with pytest.raises(PluginReportedError, match="0x3C: no device acknowledged") as error:
        desk.show({"bme680": BME680})
    assert cause(error) == "NoAcknowledge"
    desk.plug_in()
    desk.show({"bme680": BME680})
    assert desk.finds("temperature")


def test_upside_down_turns_the_picture() -> None:
    upright = columns_of(Desk().show({"bme680": BME680}))
    turned = columns_of(Desk(upside_down=True).show({"bme680": BME680}))
    assert turned == [int(f"{column:064b}"[::-1], 2) for column in reversed(upright)]


def test_contrast_can_be_set() -> None:
    assert Desk(contrast=10).show({"bme680": BME680}).contrast == 10


def test_another_height_is_refused() -> None:
    plugin = Workbench().plugin("oled", height=48)
    with pytest.raises(PluginReportedError, match="height must be 64 or 32, not 48"):
        plugin.update({})


def test_the_display_knows_every_command_that_it_gets() -> None:
    desk = Desk()
    desk.show({"bme680": BME680})
    assert desk.display.decoder.unknown_commands == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=40), inner, max_size=8),
    max_leaves=40,
)


@pytest.mark.thorough
@settings(max_examples=30, deadline=None)
@given(height=st.sampled_from([64, 32]), readings=st.dictionaries(st.text(max_size=40), JSON, max_size=6))
def test_whatever_other_plugins_publish_is_drawn_somehow(height: int, readings: dict[str, Any]) -> None:
    desk = Desk(height)
    for _ in range(3):
        assert desk.next_card(readings).on


def nested(depth: int) -> dict[str, Any]:
    return {"a": nested(depth - 1)} if depth else {"b": 1}


@pytest.mark.parametrize(
    "reading",
    [
        {"pressure": 123_456_789_012, "a": 1, "b": 2, "c": 3, "d": 4},
        {"value": 10**400},
        {"value": 1e300},
        {"error": "x" * 100_000},
        {f"key{number}": number for number in range(10_000)},
        nested(500),
    ],
    ids=["wide", "huge", "large", "long", "many", "deep"],
)
def test_excessive_readings_are_drawn_somehow(reading: dict[str, Any]) -> None:
    desk = Desk()
    for _ in range(20):
        assert desk.next_card({"greedy" * 20: reading}).on


def test_numbers_that_are_nested_too_deep_are_left_out() -> None:
    desk = Desk()
    desk.show({"deep": nested(4)})
    assert desk.finds("no readings yet")


def test_one_plugin_gets_a_bounded_number_of_cards() -> None:
    desk = Desk()
    cards = list(desk.plugin.namespace["deal"]({"greedy": list(range(1000))}, per_card=5))
    assert len(cards) == 8


def test_what_is_remembered_for_sparklines_is_bounded() -> None:
    desk = Desk()
    for number in range(200):
        desk.show({f"plugin{number}": {"value": number}})
    assert len(desk.plugin.namespace["deck"].past) == 64
