"""No settings file raises anything but an error that names its line, whatever is in it."""

from __future__ import annotations

import json
from pathlib import Path

import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostcore import shipped
from hostcore.config.loading import load_config
from hostcore.errors import ConfigError


def as_toml(value: object) -> str:
    """One value of a TOML file, on one line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_toml, value)) + "]"
        case float():
            return str(value)
        case _:
            return json.dumps(value)


def leaves_and_tables(tree: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of everything in a tree."""
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [
        *([path] if path else []),
        *(deep for key, value in inside for deep in leaves_and_tables(value, (*path, key))),
    ]


SHIPPED = tomli.loads((shipped.folder() / "host.toml").read_text(encoding="utf-8"))
WORDS = sorted({step for path in leaves_and_tables(SHIPPED) for step in path if isinstance(step, str)})
KEYS = st.sampled_from(WORDS) | st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=5)
SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from([*WORDS, "auto", "i2c:1:0x77"])
    | st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=5)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))
QUICK = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def load_or_refuse(file: Path, text: str) -> None:
    """Load `text`; an error must name its line and fit on one."""
    file.write_text(text, encoding="utf-8")
    try:
        load_config(file)
    except ConfigError as error:
        assert error.line is not None
        assert "\n" not in str(error)


@QUICK
@given(tree=st.dictionaries(KEYS, VALUES, max_size=4))
def test_no_tree_of_values_raises_anything_else(tmp_path: Path, tree: dict[str, object]) -> None:
    load_or_refuse(tmp_path / "host.toml", "\n".join(f"{json.dumps(key)} = {as_toml(tree[key])}" for key in tree))


@QUICK
@given(path=st.sampled_from(leaves_and_tables(SHIPPED)), value=VALUES)
def test_no_value_in_the_place_of_a_good_one_raises_anything_else(
    tmp_path: Path, path: tuple[str | int, ...], value: object
) -> None:
    tree = json.loads(json.dumps(SHIPPED))
    holder = tree
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    load_or_refuse(tmp_path / "host.toml", "\n".join(f"{key} = {as_toml(tree[key])}" for key in tree))


@QUICK
@given(content=st.binary(max_size=40) | st.text(alphabet="[]{}=.,\"'#\n ab1:-", max_size=40).map(str.encode))
def test_no_file_raises_anything_else(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "host.toml"
    file.write_bytes(content)
    try:
        load_config(file)
    except ConfigError as error:
        assert str(error).startswith(str(file))
