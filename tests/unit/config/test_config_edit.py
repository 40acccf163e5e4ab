"""Permissions are added to the text of host.toml, and nothing else in it changes."""

from __future__ import annotations

import difflib
import json
from textwrap import dedent

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.config.edit import with_permissions
from tests.unit.permissions.test_permissions import PERMISSIONS

SHIPPED = (shipped.folder() / "host.toml").read_text(encoding="utf-8")


def changed_lines(text: str, plugin: str) -> list[str]:
    """What granting i2c:1:0x77 changes, as a diff without context."""
    edited = with_permissions(text, plugin, ["i2c:1:0x77"])
    assert edited is not None
    return [line for line in difflib.ndiff(text.splitlines(), edited.splitlines()) if line[0] in "+-"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('permissions = ["system"]', 'permissions = ["system", "i2c:1:0x77"]'),
        ('permissions = ["system",]  # why', 'permissions = ["system", "i2c:1:0x77",]  # why'),
        ("permissions = []  # none", 'permissions = ["i2c:1:0x77"]  # none'),
        ("permissions = [ # none\n]", 'permissions = ["i2c:1:0x77" # none\n]'),
        (
            'permissions = [\n    "spi:0.0",\n    "system",  # why\n    # "spi:0.1"\n]',
            'permissions = [\n    "spi:0.0",\n    "system",  # why\n    "i2c:1:0x77",\n    # "spi:0.1"\n]',
        ),
        (
            'permissions = [\n\t"system"  # why\n\t# the end\n]',
            'permissions = [\n\t"system",  # why\n\t"i2c:1:0x77"\n\t# the end\n]',
        ),
        (
            'permissions = [\n  "system", "spi:0.0" # two\n]',
            'permissions = [\n  "system", "spi:0.0", "i2c:1:0x77" # two\n]',
        ),
        ('permissions = [\n  "system"\n  , # odd\n]', 'permissions = [\n  "system",\n  "i2c:1:0x77"\n  , # odd\n]'),
        ("permissions = ['system']", "permissions = ['system', \"i2c:1:0x77\"]"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_array_goes_on_as_it_was_begun(before: str, after: str, newline: str) -> None:
    table = f"# [plugins.a]\n[plugins.a]\n{{}}\ninterval = 1.0 # \n\n[plugins.b]\n{before}\n".replace("\n", newline)
    text, expected = (table.replace("{}", each.replace("\n", newline)) for each in (before, after))
    assert with_permissions(text, "a", ["i2c:1:0x77"]) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[plugins.a]", '[plugins.a]\npermissions = ["i2c:1:0x77"]'),
        (
            "  [ plugins . 'a' ]  # [plugins.a]\n  interval = 1\n\n# [plugins.a]\n[host]\n",
            "  [ plugins . 'a' ]  # [plugins.a]\n"
            '  permissions = ["i2c:1:0x77"]\n  interval = 1\n\n# [plugins.a]\n[host]\n',
        ),
        ("[plugins]\na = {}\n", '[plugins]\na = { permissions = ["i2c:1:0x77"] }\n'),
        (
            "plugins = { a = { enabled = true } }",
            'plugins = { a = { permissions = ["i2c:1:0x77"], enabled = true } }',
        ),
        (
            "[plugins]\n  a.enabled = true",
            '[plugins]\n  a.permissions = ["i2c:1:0x77"]\n  a.enabled = true',
        ),
        ("plugins.a.enabled = true\n", 'plugins.a.permissions = ["i2c:1:0x77"]\nplugins.a.enabled = true\n'),
        (
            "[plugins.a.settings]\nx = 1\n[plugins.a]\n",
            '[plugins.a.settings]\nx = 1\n[plugins.a]\npermissions = ["i2c:1:0x77"]\n',
        ),
        (
            "[plugins.a.settings]\nx = 1\n\n[host]\n",
            '[plugins.a.settings]\nx = 1\n\n[plugins.a]\npermissions = ["i2c:1:0x77"]\n\n[host]\n',
        ),
    ],
)
def test_a_table_without_permissions_gets_them(before: str, after: str) -> None:
    assert with_permissions(before, "a", ["i2c:1:0x77"]) == after


class TestAPluginWithoutATable:
    def test_it_gets_one_behind_the_last_plugin_and_before_what_belongs_to_the_next_table(self) -> None:
        text = dedent("""\
            [plugins.b]
            interval = 1.0
            # limits = { memory_mib = 32 }


            # The simulated Pi.
            # It has chips.
            [simulation]
            seed = 1
            """)
        expected = text.replace("32 }\n", '32 }\n\n[plugins.a]\npermissions = ["system", "i2c:1:0x77"]\n')
        assert with_permissions(text, "a", ["system", "i2c:1:0x77"]) == expected

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("", '[plugins.a]\npermissions = ["i2c:1:0x77"]\n'),
            ("[host]", '[host]\n\n[plugins.a]\npermissions = ["i2c:1:0x77"]\n'),
            ("# mine\n", '# mine\n\n[plugins.a]\npermissions = ["i2c:1:0x77"]\n'),
            ("[plugins.b]\r\n", '[plugins.b]\r\n\r\n[plugins.a]\r\npermissions = ["i2c:1:0x77"]\r\n'),
        ],
    )
    def test_it_gets_it_at_the_end_where_no_table_follows(self, before: str, after: str) -> None:
        assert with_permissions(before, "a", ["i2c:1:0x77"]) == after

    def test_it_gets_it_at_the_end_where_tables_are_out_of_order(self) -> None:
        text = "[simulation.environment]\n[plugins.b]\n[simulation]\nseed = 1\n"
        assert with_permissions(text, "a", ["system"]) == f'{text}\n[plugins.a]\npermissions = ["system"]\n'

    def test_it_cannot_get_one_where_plugins_are_written_as_a_closed_table(self) -> None:
        assert with_permissions("plugins = {}", "a", ["system"]) is None


class TestTheShippedFile:
    def test_a_plugin_that_is_there_gets_one_line_changed(self) -> None:
        assert changed_lines(SHIPPED, "oled") == [
            '- permissions = ["i2c:1:0x3c:write"]',
            '+ permissions = ["i2c:1:0x3c:write", "i2c:1:0x77"]',
        ]

    def test_a_new_plugin_gets_three_lines(self) -> None:
        assert sorted(changed_lines(SHIPPED, "light")) == ["+ ", "+ [plugins.light]", '+ permissions = ["i2c:1:0x77"]']


COMMENTS = st.sampled_from(["", "# plain", '  # ] , } "', "# [plugins.a]", "# permissions = []", "# é\u2028x = 1"])
VALUES = st.sampled_from(['"a # b"', "1", "[1,\n # in\n2]", "{ x = {} }", '"""\n[plugins.a]\npermissions = [\n"""'])
ARRAYS = st.lists(st.sampled_from(['"system"', "'spi:0.0'", '"""i2c:3:0x38"""']), max_size=3, unique=True)


@st.composite
def arrays(draw: st.DrawFn) -> str:
    """A list of permissions, in some hand's writing."""
    elements = draw(ARRAYS)
    gaps = st.sampled_from(["", " ", "\n", "\n  ", " # a ] b\n    ", "\n# c\n"])
    text = "["
    for index, element in enumerate(elements):
        last = index == len(elements) - 1
        text += draw(gaps) + element + draw(gaps) + ("" if last and draw(st.booleans()) else ",")
    return text + draw(gaps) + "]"


@st.composite
def tables(draw: st.DrawFn) -> str:
    """One table, somewhere in a file."""
    name = draw(st.sampled_from(["plugins.a", "plugins.b", "plugins.a.settings", "simulation", "host", "buses.gpio"]))
    indent = draw(st.sampled_from(["", "  "]))
    lines = [draw(COMMENTS), f"{indent}[{name}]{draw(COMMENTS)}"]
    for key in draw(st.lists(st.sampled_from(["k", "'q k'", "d.e", "permissions"]), unique=True, max_size=3)):
        value = draw(arrays()) if key == "permissions" else draw(VALUES)
        lines.append(f"{indent}{key} = {value}{draw(COMMENTS)}")
    return "\n".join([*lines, draw(COMMENTS), ""])


@settings(deadline=None)
@given(
    files=st.lists(tables(), max_size=5),
    plugin=st.sampled_from(["a", "b", "new"]),
    permissions=st.lists(PERMISSIONS.map(str), min_size=1, max_size=3),
    windows=st.booleans(),
)
def test_in_any_file_everything_else_stays_character_by_character(
    files: list[str], plugin: str, permissions: list[str], windows: bool
) -> None:
    text = "".join(files).replace("\n", "\r\n" if windows else "\n")
    try:
        before = tomli.loads(text)
    except tomli.TOMLDecodeError:  # such as a table that occurs twice
        return
    edited = with_permissions(text, plugin, permissions)
    assert edited is not None
    assert is_with_insertions(text, edited)
    expected = json.loads(json.dumps(before))
    expected.setdefault("plugins", {}).setdefault(plugin, {}).setdefault("permissions", []).extend(permissions)
    assert tomli.loads(edited) == expected


def is_with_insertions(text: str, edited: str) -> bool:
    """Whether every character of `text` is in `edited`, in order."""
    characters = iter(edited)
    return all(char in characters for char in text)
