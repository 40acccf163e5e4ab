"""PEP 723: the metadata in a plugin's source, and what is wrong with it."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.errors import MetadataError
from hostcore.libraries.metadata import MOST_DEPENDENCIES, ScriptMetadata, blocks, requirements, script_metadata

REFERENCE = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
"""The regular expression of PEP 723, which says that it is the specification."""


def script(toml: str) -> str:
    """A plugin with a line before its metadata."""
    block = "".join(f"# {line}\n" if line else "#\n" for line in dedent(toml).strip("\n").split("\n"))
    return f"import board\n# /// script\n{block}# ///\n\ndef read(): return {{}}\n"


def problem(toml: str) -> str:
    with pytest.raises(MetadataError) as caught:
        script_metadata(script(toml), "sht4x.py")
    return str(caught.value)


def test_a_block_is_limited() -> None:
    lines = "# # a comment\n" * 6_000
    with pytest.raises(MetadataError, match=r"^the plugin:1: found a block of 72,000 characters, allowed are 65,536$"):
        script_metadata(f"# /// script\n{lines}# ///\n")


def test_a_plugin_without_metadata_has_none() -> None:
    assert script_metadata("def read(): return {}\n") is None


def test_metadata_names_dependencies_pythons_and_permissions() -> None:
    found = script_metadata(
        script(
            """
            requires-python = ">=3.11"
            dependencies = [
                "adafruit-circuitpython-sht4x",
                "pynmea2[extra] >= 1.19; python_version > '3'",
            ]

            [tool.wasi-host]
            permissions = ["i2c:1:0x44"]
            [tool.another]
            anything = 1
            """
        )
    )
    assert found == ScriptMetadata(
        ("adafruit-circuitpython-sht4x", "pynmea2[extra] >= 1.19; python_version > '3'"), ">=3.11", ("i2c:1:0x44",)
    )


def test_empty_metadata_names_nothing() -> None:
    assert script_metadata("# /// script\n#\n# ///\n") == ScriptMetadata()


def test_a_file_of_windows_is_read() -> None:
    source = script('dependencies = ["pynmea2"]').replace("\n", "\r\n")
    assert script_metadata(source) == ScriptMetadata(("pynmea2",))


@pytest.mark.parametrize(
    "source",
    [
        "# /// pyproject\n# dependencies = 1\n# ///\n",
        "# /// script\n# dependencies = 1\n",
        "# /// script\n# ///\n",
        "    # /// script\n    # dependencies = 1\n    # ///\n",
        "#/// script\n# dependencies = 1\n# ///\n",
    ],
    ids=["another type", "not closed", "no content", "indented", "no space"],
)
def test_what_is_no_block_of_the_pep_is_ignored(source: str) -> None:
    assert script_metadata(source) is None


LINES = st.sampled_from(
    ["# /// script", "# /// x-1", "# /// a b", "# ///", "#", "# ", "# a = 1", "#a", "", "code", " # ///", "# /// "]
)


@given(st.lists(LINES, max_size=14), st.booleans())
def test_the_blocks_are_those_of_the_regular_expression_of_the_pep(lines: list[str], ends: bool) -> None:
    source = "\n".join(lines) + ("\n" if ends else "")
    expected = [
        (
            source.count("\n", 0, found.start()) + 1,
            found["type"],
            "".join(
                line[2:] if line.startswith("# ") else line[1:] for line in found["content"].splitlines(keepends=True)
            ),
        )
        for found in REFERENCE.finditer(source)
    ]
    assert list(blocks(source)) == expected


def test_a_source_that_was_made_to_be_slow_is_read_at_once() -> None:
    assert script_metadata("# /// script\n" * 80_000) is None  # the regular expression takes minutes


# Mistakes name the line and the key


def test_a_second_block_is_a_mistake() -> None:
    source = script("dependencies = []") + "\n# /// script\n# dependencies = []\n# ///\n"
    with pytest.raises(MetadataError, match=r"^x\.py:8: found a second block '# /// script', allowed is one$"):
        script_metadata(source, "x.py")


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("dependencies = [", "sht4x.py:4: not TOML: Invalid value (column 1)"),
        ("dependencies = 'pynmea2'", "sht4x.py:3: dependencies: found a text, allowed is an array"),
        ("dependencies = ['a', 7]", "sht4x.py:3: dependencies[1]: found a number, allowed is a text"),
        ("requires-python = 3.11", "sht4x.py:3: requires-python: found a float, allowed is a text"),
        ("dependancies = ['a']", "dependancies: unknown; allowed: dependencies, requires-python, tool"),
        ("tool = 3", "tool: found a number, allowed is a table"),
        ("[tool.wasi-host]\npermission = []", "tool.wasi-host.permission: unknown; allowed: permissions"),
        ("[tool.wasi-host]\npermissions = ['i2c']", "tool.wasi-host.permissions: found 'i2c', allowed is i2c:BUS"),
        ("requires-python = '<3.12'", "requires-python: found '<3.12', but the Python in the sandbox is 3.14"),
        ("requires-python = 'nonsense'", "requires-python: found 'nonsense', but the Python in the sandbox is 3.14"),
        ("dependencies = ['--pre']", "dependencies: found '--pre', allowed is a requirement such as 'pynmea2>=1.19'"),
        ("dependencies = ['a\\nb']", "dependencies: found 'a\\\\nb', allowed is a requirement"),
        ("dependencies = ['" + "a" * 301 + "']", "[201 characters more]', allowed is a requirement"),
        ('"\x1b[31m" = 1'.replace("\x1b", "\\u001b"), "\\x1b[31m: unknown"),
        ("a = " + "[" * 5_000, "sht4x.py:2: cannot be read: "),
        ("a = " + "9" * 5_000, "sht4x.py:2: cannot be read: an integer has more than 4300 digits"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(toml: str, message: str) -> None:
    found = problem(toml.replace("['a\\nb']", '["a\\nb"]'))
    assert message in found
    assert found.startswith("sht4x.py:")
    assert found.isprintable() and len(found) < 600


def test_the_line_of_a_key_is_found() -> None:
    assert problem("requires-python = '>=3'\n\n[tool.wasi-host]\npermissions = ['x']").startswith("sht4x.py:6: tool")


def test_the_dependencies_are_limited() -> None:
    listed = ", ".join(f"'a{number}'" for number in range(MOST_DEPENDENCIES + 1))
    assert problem(f"dependencies = [{listed}]").endswith("dependencies: found 51 dependencies, allowed are 50")


# Requirements, which only fetching parses


def test_requirements_are_parsed() -> None:
    (found,) = requirements(ScriptMetadata(("RPi.bme280[x]>=0.2; python_version > '3'",)))
    assert (found.name, found.extras, str(found.specifier)) == ("RPi.bme280", {"x"}, ">=0.2")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("pynmea2 >= ", "allowed is a requirement such as 'pynmea2>=1.19'"),
        ("pynmea2 -r other.txt", "allowed is a requirement such as 'pynmea2>=1.19'"),
        ("a @ git+https://example.org/a", "an address may hold code that has to be built"),
        ("a @ file:///etc", "an address may hold code that has to be built"),
    ],
)
def test_an_option_or_an_address_is_no_requirement(text: str, reason: str) -> None:
    with pytest.raises(MetadataError) as caught:
        requirements(ScriptMetadata((text,)), "x.py")
    assert str(caught.value).startswith(f"x.py: dependencies: found {text!r}")
    assert reason in str(caught.value)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_content_gives_metadata_or_a_mistake(text: str) -> None:
    block = "".join(f"# {line}\n" for line in text.replace("\r", "").split("\n"))
    try:
        script_metadata(f"# /// script\n{block}# ///\n", "x.py")
    except MetadataError as error:
        assert str(error).isprintable()
