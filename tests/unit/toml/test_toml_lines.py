"""Where a key stands in a TOML text."""

from __future__ import annotations

import json

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore.toml.lines import KeyPath, line_of, offsets_of, string_end

EXAMPLE = '''\
# [not.a.table]
top = 1
"quoted key" = 'say "=" to it'

[plugins.bme680]  # comment with ] and = and "
interval = 2.0
settings.deep."a.b" = 1
text = """
[not.a.table]
x = \\""" still text
"""  # over
after = 1979-05-27 07:32:00
literal = \'\'\'
last = 1\'\'\'
permissions = [
    "first",  # [
    # "none"
    "second", "third",
]
inline = { at = 1, to = [1, { low = 2 }] }

[[chips]]
chip = "a"
[[chips]]
chip = "b"
steps = [{ at = 1 },
         { at = 2 }]
  [chips.options]
  height = 32
  [[chips.parts]]
  [[chips.parts]]
  name = "second part of the second chip"

[ "spaced" . 'out' ]
1.5 = "dotted number"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted key",), 3),
        (("plugins",), 5),
        (("plugins", "bme680"), 5),
        (("plugins", "bme680", "interval"), 6),
        (("plugins", "bme680", "settings"), 7),
        (("plugins", "bme680", "settings", "deep", "a.b"), 7),
        (("plugins", "bme680", "text"), 8),
        (("plugins", "bme680", "after"), 12),
        (("plugins", "bme680", "literal"), 13),
        (("plugins", "bme680", "permissions"), 15),
        (("plugins", "bme680", "permissions", 0), 16),
        (("plugins", "bme680", "permissions", 1), 18),
        (("plugins", "bme680", "permissions", 2), 18),
        (("plugins", "bme680", "inline", "to", 1, "low"), 20),
        (("chips",), 22),
        (("chips", 0), 22),
        (("chips", 0, "chip"), 23),
        (("chips", 1), 24),
        (("chips", 1, "chip"), 25),
        (("chips", 1, "steps", 0, "at"), 26),
        (("chips", 1, "steps", 1, "at"), 27),
        (("chips", 1, "options", "height"), 29),
        (("chips", 1, "parts", 0), 30),
        (("chips", 1, "parts", 1, "name"), 32),
        (("spaced", "out"), 34),
        (("spaced", "out", "1", "5"), 35),
    ],
)
def test_a_key_is_found_on_its_line(path: KeyPath, line: int) -> None:
    assert line_of(EXAMPLE, path) == line


def test_the_example_is_toml() -> None:
    assert tomli.loads(EXAMPLE)["chips"][1]["parts"][1]["name"] == "second part of the second chip"


def test_what_the_text_does_not_spell_out_is_on_the_line_of_what_should_hold_it() -> None:
    assert line_of(EXAMPLE, ("chips", 1, "address")) == 24
    assert line_of(EXAMPLE, ("plugins", "bme680", "permissions", 9)) == 15


def test_what_nothing_holds_has_no_line() -> None:
    assert line_of(EXAMPLE, ("simulation", "seed")) is None
    assert line_of(EXAMPLE, ()) is None


def test_an_element_that_is_a_string_ends_behind_its_quotes() -> None:
    start = offsets_of(EXAMPLE)["plugins", "bme680", "permissions", 1]
    assert EXAMPLE[start : string_end(EXAMPLE, start)] == '"second"'


def test_windows_line_ends_count_once() -> None:
    assert line_of(EXAMPLE.replace("\n", "\r\n"), ("spaced", "out")) == 34


def test_lines_found_before_the_text_stops_making_sense_still_count() -> None:
    assert line_of("a = 1\nb = = 2\nc = 3", ("a",)) == 1
    assert line_of("a = 1\nb = " + "[" * 5000, ("a",)) == 1


@given(st.text(alphabet="ab.=[]{}\"'#\\\n ,", max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    assert line_of(text, ("a",)) in {None, *range(1, text.count("\n") + 2)}


class Writer:
    """Writes values as TOML over many lines, and remembers on which line each began."""

    def __init__(self) -> None:
        self.text = ""
        self.lines: dict[KeyPath, int] = {}

    def pair(self, key: str, value: object, path: KeyPath) -> None:
        self.lines[path] = self.text.count("\n") + 1
        self.text += f"{json.dumps(key)} = "
        self.value(value, path)

    def value(self, value: object, path: KeyPath) -> None:
        if isinstance(value, list):
            self.text += "[ # ]\n"
            for index, element in enumerate(value):
                self.lines[*path, index] = self.text.count("\n") + 1
                self.value(element, (*path, index))
                self.text += ",\n\n"
            self.text += "]"
        elif isinstance(value, dict):
            self.text += "{"
            for index, (key, element) in enumerate(value.items()):
                self.text += ", " if index else ""
                self.pair(key, element, (*path, key))
            self.text += "}"
        elif isinstance(value, str) and "\n" in value and "'" not in value:
            self.text += f"'''{value}'''"
        else:
            self.text += json.dumps(value)


KEYS = st.text(alphabet="ab.\"'#=[] \\", min_size=1, max_size=4)
SCALARS = st.integers() | st.booleans() | st.floats(allow_nan=False) | st.text(alphabet="ab'\"\n]}=,#\\", max_size=8)
TREES = st.dictionaries(
    KEYS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)),
    max_size=4,
)


@settings(deadline=None)
@given(TREES)
def test_every_value_of_any_text_is_found_where_it_was_written(tree: dict[str, object]) -> None:
    writer = Writer()
    for key, value in tree.items():
        writer.pair(key, value, (key,))
        writer.text += "\n"
    assert {path: line_of(writer.text, path) for path in writer.lines} == writer.lines
