"""The dashboard shows whatever JSON drivers publish, and nothing that they write becomes a part of the page's HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.errors import PluginReportedError
from hostcore.quantities import DescribedValue, Quantity
from tests.plain_python import PLUGINS, PlainPlugin
from tests.sandbox import Sandbox
from tests.workbench import Workbench

GUESSED = "? guessed from the name of the value"
NOW = "2026-01-31T08:00:00.123Z"
OWN_TAGS = {
    "html", "title", "style", "body", "header", "main", "section", "h1", "h2", "h3", "p", "time", "dl", "div", "dt",
    "dd", "span", "sup", "svg", "polyline",
}  # fmt: skip


class Document(HTMLParser):
    """A page, taken apart; fails where an end tag does not belong to the last open element.

    Attributes:
        tags: the elements' names.
        texts: what is shown, piece by piece.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in {"href", "src", "style"}]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1] != "style":
            self.texts.append(data if self._open[-1] != "sup" else "")

    @property
    def text(self) -> str:
        """Everything that is shown: ``bme680|✓ ok|Temperature|21.5|°C|``."""
        shown = "".join(f"{text.strip()}|" for text in self.texts if text.strip())
        return shown.replace(f"{GUESSED}|", "")


def dashboard(**options: Any) -> PlainPlugin:
    return Workbench().plugin("dashboard", **options)


def shown(readings: Mapping[str, Any], **options: Any) -> str:
    """The text of a page with these readings."""
    return Document(dashboard(**options).render({"timestamp": NOW, **readings})).text


# What it shows


def test_every_plugin_has_a_card_with_its_values_in_their_units() -> None:
    text = shown({"bme680": {"temperature": 21.5, "gas_resistance": 123456}, "pi": {"memory_used_mb": 300}})
    assert "bme680|✓ ok|Temperature|21.5|°C|Gas resistance|123\u202f456|Ω|" in text
    assert "pi|✓ ok|Memory used|300|MB|" in text
    assert "✓ 2 ok|" in text


def test_the_time_of_the_readings_stands_on_the_page() -> None:
    assert "as of|08:00:00|UTC" in shown({})
    assert "no readings yet" in shown({})


def test_an_error_stands_where_the_values_would_with_a_sign_and_words() -> None:
    text = shown({"dht22": {"error": "nobody answered on line 4"}, "bh1750": {"illuminance": 5}})
    assert "dht22|✗ in error|nobody answered on line 4|" in text
    assert "✗ 1 in error, ✓ 1 ok|" in text


def test_the_last_values_of_a_driver_that_fails_stay_and_tell_their_age() -> None:
    page = dashboard()
    page.render({"timestamp": "2026-01-31T08:00:00.000Z", "air": {"temperature": 21.5, "simulated": ["i2c-1"]}})
    page.render({"timestamp": "2026-01-31T08:03:00.000Z", "air": {"error": "no answer"}})
    html = page.render({"timestamp": "2026-01-31T08:05:00.000Z", "air": {"error": "no answer"}})
    assert "air|✗ in error|Simulated: i2c-1|Stale: read 5 min ago|no answer|Temperature|21.5|°C|" in Document(html).text
    assert 'class="card error old"' in html
    html = page.render({"timestamp": "2026-01-31T08:05:02.000Z", "air": {"temperature": 22.5}})
    assert "air|✓ ok|Temperature|22.5|°C|" in Document(html).text
    assert html.count("0,17 40,1") == 1, "the old value is in the trend once"


def test_old_values_are_not_called_outside_their_limits_and_those_of_a_plugin_that_went_are_forgotten() -> None:
    page = dashboard(settings={"limits": {"temperature": [5, 35]}})
    page.render({"timestamp": "x", "air": {"temperature": 99}})
    text = Document(page.render({"timestamp": "y", "air": {"error": "gone"}})).text
    assert "Stale: read some time ago|gone|Temperature|99|" in text and "above" not in text
    page.render({"timestamp": NOW})
    assert "99" not in Document(page.render({"timestamp": NOW, "air": {"error": "gone"}})).text


def test_an_error_deep_in_a_reading_marks_the_card_and_leaves_the_rest() -> None:
    text = shown({"greenhouse": {"east": {"error": "gone"}, "west": {"temperature": 20}}})
    assert "greenhouse|✗ in error|East|gone|West|Temperature|20|°C|" in text


def test_nested_objects_lists_and_other_values_are_all_shown() -> None:
    reading = {
        "air_quality": {"index": 87, "method": "guessed"},
        "channels": [{"voltage": 1.5}, {"voltage": 2.5}],
        "raw": [1, 2, 3],
        "on": True,
        "off": False,
        "nothing": None,
        "empty": {},
    }
    text = shown({"any": reading})
    for expected in (
        "Air quality|Index|87|", "Method|guessed|", "Channels / 1|Voltage|1.5|V|", "Channels / 2|Voltage|2.5|V|",
        "Raw|1, 2, 3|", "On|yes|", "Off|no|", "Nothing|–|", "Empty|–|",
    ):  # fmt: skip
        assert expected in text


def test_what_is_no_object_at_all_is_shown_too() -> None:
    text = shown({"number": 5, "text": "hello", "list": [[1], 2], "nothing": {}})
    assert "number|✓ ok|Value|5|" in text
    assert "text|✓ ok|Value|hello|" in text
    assert "list|✓ ok|2|2||1 / 1|1|" in text.replace("1||", "1|") or "list|✓ ok|" in text
    assert "nothing|– without values|" in text


def test_the_keys_of_plugins_of_the_old_contract_are_understood() -> None:
    text = shown(
        {
            "dht22": {"temp": 21.0, "humidity": 40.0, "dht22-gpio4": {"temperature": 21.0}},
            "bme680": {"temp": 21.5, "humidity": 41.0, "pressure": 1013.25, "gas": 120.5, "iaq": 25},
            "pi": {"cpu_temp": 48.2, "memory_used_mb": 300, "memory_total_mb": 1000, "uptime_seconds": 90_000},
        }
    )
    for expected in ("Temp|21.5|°C|", "Gas|120.5|", "IAQ|25|", "CPU temp|48.2|°C|", "Uptime|1 d 1 h|"):
        assert expected in text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0|"),
        (-40.25, "-40.25|"),
        (1_000_000, "1\u202f000\u202f000|"),
        (1e299, "1e+299|"),
        (1e301, "1e+301|"),
        (10**400, f"1{'0' * 298}…|"),
        (1e18, "1e+18|"),
        (0.00001, "1e-05|"),
        (123456789012345678901234567890, "1.235e+29|"),
    ],
)
def test_numbers_of_any_size_fit(value: float, expected: str) -> None:
    assert f"Value|{expected}" in shown({"any": {"value": value}})


def test_a_number_keeps_its_digits_so_that_it_does_not_jump() -> None:
    plugin = dashboard()
    plugin.render({"a": {"value": 1.25}})
    assert "1.50|" in Document(plugin.render({"a": {"value": 1.5}})).text


def test_a_number_that_is_read_again_and_again_has_a_line_of_how_it_went() -> None:
    plugin = dashboard()
    pages = [plugin.render({"a": {"value": value, "text": "x"}}) for value in (1, 3, 2)]
    assert [page.count("<polyline") for page in pages] == [0, 1, 1]
    points = re.findall(r'points="([^"]*)"', pages[-1])
    assert points == ["0,17 20,1 40,9"], "the lowest at the bottom, the highest at the top"


def test_the_line_of_a_number_that_vanished_begins_anew() -> None:
    plugin = dashboard()
    for readings in ({"a": {"value": 1}}, {"a": {"value": 2}}, {"a": {}}):
        plugin.render(readings)
    assert "<polyline" not in plugin.render({"a": {"value": 3}})


# Limits


@pytest.mark.parametrize(
    ("value", "expected"),
    [(4.9, "▼ below 5:|4.9"), (5, "Temperature|5"), (35, "Temperature|35"), (35.5, "▲ above 35:|35.5")],
)
def test_a_value_outside_its_limits_is_marked_with_a_sign_and_words(value: float, expected: str) -> None:
    text = shown({"shed": {"temperature": value}}, limits={"temperature": [5, 35]})
    assert expected in text
    assert ("shed|▲ outside limits|" in text) is (value in (4.9, 35.5))


def test_the_limits_of_a_path_come_before_those_of_a_key() -> None:
    limits = {"temperature": [5, 35], "oven.inside.temperature": [150, 250]}
    text = shown({"oven": {"inside": {"temperature": 200}}, "room": {"temperature": 200}}, limits=limits)
    assert "oven|✓ ok|" in text
    assert "room|▲ outside limits|" in text


@pytest.mark.parametrize("limits", [5, {"temperature": 5}, {"temperature": [5]}, {"a": [2, 1]}, {"a": ["1", "2"]}])
def test_settings_that_make_no_sense_are_reported_in_words(limits: object) -> None:
    with pytest.raises(PluginReportedError, match=r"\[plugins\.dashboard\.settings.*lowest, highest\]"):
        dashboard(limits=limits).render({})


def test_its_title_can_be_set() -> None:
    assert "<Shed>|" in shown({}, title="<Shed>")


# What strangers write

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)
PLUGIN = dashboard()


@settings(deadline=None)
@given(readings=st.dictionaries(st.text(), ANYTHING, max_size=6))
def test_any_json_makes_a_well_formed_page_of_its_own_elements_only(readings: dict[str, Any]) -> None:
    assert Document(PLUGIN.render(readings)).tags <= OWN_TAGS


def test_html_in_names_keys_and_values_is_shown_as_text() -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    text = shown({evil: {evil: evil, "error": evil}, "b": {"error": evil}, "c": {evil: {"a": 1}}})
    assert text.count("<script>alert(1)</script>") >= 5


def test_a_page_stays_small_and_says_what_it_left_out() -> None:
    page = dashboard().render({f"p{at}": {f"key{n}": n for n in range(1000)} for at in range(100)})
    assert "and 920 more" in page
    assert "✓ 60 ok, 40 not shown" in page
    assert len(page) < 1_000_000
    long = dashboard().render({"a": {"k" * 10_000: "v" * 10_000}})
    assert len(long) < 5000


def test_the_page_of_the_shipped_drivers_is_a_few_kilobytes() -> None:
    plugin = dashboard()
    reading = {"temperature": 21.46, "humidity": 45.2, "pressure": 1013.25, "gas_resistance": 123456}
    for turn in range(50):
        page = plugin.render({name: {key: value + turn for key, value in reading.items()} for name in "abcde"})
    assert len(page.encode()) < 16_000


# Where it runs


def test_it_writes_the_unit_the_decimals_and_the_name_that_a_driver_states(sandbox: Sandbox) -> None:
    stated = Quantity("<K>", "", "", 1, "Cold & dry")
    sandbox.runtime.catalog.describe("fridge", [DescribedValue("plates.1.t", stated)])
    page = sandbox.load_file(PLUGINS / "dashboard.py").render('{"fridge": {"plates": [{"t": 1}, {"t": 77.125}]}}')
    assert '<dt>Cold &amp; dry</dt><dd><span class="number">77.1</span> <span class="unit">&lt;K&gt;</span>' in page
    assert '<dt>T</dt><dd><span class="number">1</span>' in page, "the other place of the list is not described"


def test_a_unit_that_is_guessed_says_so_in_sight(sandbox: Sandbox) -> None:
    page = dashboard().render({"air": {"humidity": 40, "load": 1}, "rain": {"load": 2}})
    assert '<span class="unit">%<sup>?</sup></span>' in page
    assert '<span class="unit"></span>' in page
    assert page.count(GUESSED) == 1, "on the card with such a unit"
    sandbox.runtime.catalog.describe("air", [DescribedValue("humidity", Quantity("%"))])
    page = sandbox.load_file(PLUGINS / "dashboard.py").render('{"air": {"humidity": 40}}')
    assert '<span class="unit">%</span>' in page and GUESSED not in page


def test_it_makes_the_same_page_in_the_sandbox(sandbox: Sandbox) -> None:
    readings = {"timestamp": NOW, "bme680": {"temperature": 21.46, "air": {"index": 5}}, "dht22": {"error": "<gone>"}}
    plugin, plain = sandbox.load_file(PLUGINS / "dashboard.py"), dashboard()
    for _ in range(2):
        assert plugin.render(json.dumps(readings)) == plain.render(readings)
    assert plugin.provides == {"page"}


def test_an_old_reading_says_how_old_it_is_and_an_adjusted_value_what_was_measured() -> None:
    readings = {
        "air": {"temperature": 20.0, "stale": 600, "adjusted": {"temperature": 21.4}},
        "light": {"lux": 2, "stale": "<old>", "adjusted": ["<x>"]},
    }
    text = shown(readings)
    assert "air|✓ ok|Stale: read 10 min ago|Temperature|20|°C|adjusted, raw 21.4|" in text
    assert "light|✓ ok|Lux|" in text and "old" not in text
    assert "title=" not in dashboard().render({"timestamp": NOW, **readings}), "a finger sees no titles"


def test_a_card_of_simulated_buses_says_so_also_with_an_error() -> None:
    text = shown(
        {
            "air": {"temperature": 21.5, "simulated": ["i2c-1", "<gpio>"]},
            "light": {"error": "gone", "simulated": ["i2c-3"]},
            "real": {"lux": 2},
        }
    )
    assert "air|✓ ok|Simulated: i2c-1, <gpio>|Temperature|21.5|°C|" in text
    assert "light|✗ in error|Simulated: i2c-3|gone|" in text
    assert "real|✓ ok|Lux|" in text
