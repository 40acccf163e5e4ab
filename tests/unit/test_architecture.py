"""README.md and docs/architecture.md show the project as it is: each room, each layer, each file that they name."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore import shipped
from tests.house import (
    Room,
    bare_paths,
    blocks,
    description,
    differences,
    first_sentence,
    layers,
    missing_paths,
    packages,
    rooms_of,
    section,
    shown_layers,
    too_long,
    top_folders,
    tree,
)

ROOT = shipped.folder()
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
(TREE,) = blocks(section(README, "How it is built"))
LAYERS, BESIDE = blocks(section(PAGE, "The rooms"))


def test_the_readme_shows_every_room_with_the_line_of_its_docstring() -> None:
    shown = [each for each in tree(TREE) if each.name.startswith("hostcore/") and each.name != "hostcore/"]
    assert differences(shown, rooms_of(ROOT)) == set()
    assert len(shown) == len(set(shown))


def test_the_readme_shows_every_folder_at_the_top() -> None:
    shown = [each for each in tree(TREE) if each.name.count("/") == 1]
    assert sorted(each.name for each in shown) == sorted(f"{name}/" for name in top_folders(ROOT))
    for name in ("hostcore", "tui"):
        assert Room(f"{name}/", description(ROOT / name)) in shown


def test_the_readme_and_the_page_describe_the_folders_at_the_top_alike() -> None:
    shown = [each for each in tree(TREE) if each.name.count("/") == 1 and each.name != "hostcore/"]
    assert differences(shown, tree(BESIDE)) == set()


def test_the_readme_lists_the_rooms_in_the_order_of_their_layers() -> None:
    order = [name for layer in layers(PYPROJECT) for name in layer]
    shown = [each.name.split("/")[1] for each in tree(TREE) if re.fullmatch(r"hostcore/\w+/", each.name)]
    assert shown == [name for name in order if name in shown]


def test_the_page_shows_the_layers_of_the_import_contract() -> None:
    shown = [tuple(re.sub(r"/$|\.py$", "", each.name) for each in layer) for layer in shown_layers(LAYERS)]
    assert shown == layers(PYPROJECT)


def test_the_page_shows_every_layer_with_the_line_of_its_docstring() -> None:
    for layer in shown_layers(LAYERS):
        for room in layer:
            assert room.description == description(ROOT / "hostcore" / room.name)


def test_every_path_in_the_page_exists() -> None:
    assert missing_paths(PAGE, ROOT) == []
    assert bare_paths(PAGE) == []


def test_the_page_describes_the_paths_and_how_to_add_to_them() -> None:
    paths = [f"The path of a {each}" for each in ("byte", "reading", "crash", "finding", "setting", "library's module")]
    additions = [f"How to add a{each}" for each in (" sensor", " kind of bus", " setting", "n event", " command")]
    headings = re.findall(r"^## (.*)$", PAGE, re.MULTILINE)
    assert [each for each in headings if each in paths + additions] == paths + additions


@pytest.mark.parametrize(
    "package",
    [
        pytest.param(path, id=str(path.relative_to(ROOT)))
        for name in ("hostcore", "tui")
        for path in sorted(packages(ROOT / name))
    ],
)
def test_every_package_says_in_one_line_what_it_is_for(package: Path) -> None:
    assert description(package)


def test_no_file_of_hostcore_is_too_long() -> None:
    assert too_long(ROOT / "hostcore") == []


# Each check fails when it should


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project with one room."""
    room = tmp_path / "hostcore" / "gate"
    room.mkdir(parents=True)
    (tmp_path / ".gitignore").write_text("/build/\n*.egg-info/\n", encoding="utf-8")
    (room / "__init__.py").write_text('"""Lets effects pass. One at a time."""\n', encoding="utf-8")
    return tmp_path


def test_a_room_that_is_left_out_is_found(house: Path) -> None:
    assert differences(tree("hostcore/  The host"), rooms_of(house)) > {Room("hostcore/gate/", "Lets effects pass")}


def test_a_room_that_does_not_exist_is_found(house: Path) -> None:
    shown = tree("hostcore/  The host\n  gate/  Lets effects pass\n  attic/  Keeps things")[1:]
    assert differences(shown, rooms_of(house)) == {Room("hostcore/attic/", "Keeps things")}


@pytest.mark.parametrize("words", ["Lets effects", "Lets effects pass.", "Lets effects pass. One at a time"])
def test_another_description_is_found(house: Path, words: str) -> None:
    assert differences(tree(f"hostcore/  The host\n  gate/  {words}")[1:], rooms_of(house))


def test_a_new_folder_at_the_top_is_found_and_an_ignored_one_is_not(house: Path) -> None:
    for name in ("attic", "build", "host.egg-info", ".cache"):
        (house / name).mkdir()
    assert top_folders(house) == {"hostcore", "attic"}


CONTRACT = '[[tool.importlinter.contracts]]\ncontainers = ["hostcore"]\nlayers = ["a | b", "c"]\n'


@pytest.mark.parametrize(
    ("shown", "is_right"),
    [
        (" 1  a/  A\n    b.py  B\n 2  c/  C", True),
        (" 1  a/  A\n 2  b.py  B\n 3  c/  C", False),
        (" 1  c/  C\n 2  a/  A\n    b.py  B", False),
        (" 1  a/  A\n    b.py  B", False),
    ],
    ids=["right", "torn layer", "wrong order", "missing layer"],
)
def test_another_order_of_layers_is_found(shown: str, is_right: bool) -> None:
    names = [tuple(re.sub(r"/$|\.py$", "", each.name) for each in layer) for layer in shown_layers(shown)]
    assert (names == layers(CONTRACT)) is is_right


@pytest.mark.parametrize("shown", [" 1  a/  A\n 3  b/  B", "    a/  A", "a/ without a number", " 1  a/"])
def test_a_list_of_rooms_in_another_form_is_refused(shown: str) -> None:
    with pytest.raises(AssertionError):
        shown_layers(shown)


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        ("`hostcore/gate/__init__.py`, `hostcore/`", []),
        ("`hostcore/gone.py`", ["hostcore/gone.py"]),
        ("`gate/`", ["gate/"]),
        ("`wasi-host scan`, `demo:plugin`, `limit.stop`", []),
        ("```\ngate/  THE GATE\n```", []),
        ("```\ngone/  THE GATE\n```", ["gone/"]),
    ],
)
def test_a_path_that_does_not_exist_is_found(house: Path, page: str, missing: list[str]) -> None:
    assert missing_paths(page, house) == missing


def test_a_path_that_is_not_marked_as_code_is_found() -> None:
    assert bare_paths("see hostcore/gate.py, not `hostcore/gate.py`") == ["hostcore/gate.py"]


@pytest.mark.parametrize(
    "docstring",
    [None, "", "Misc.", "The room for\neverything else.", "A line without a full stop", "the gate is here,"],
)
def test_a_package_that_does_not_say_what_it_is_for_is_found(docstring: str | None) -> None:
    with pytest.raises(ValueError, match="no sentence"):
        first_sentence(docstring)


@pytest.mark.parametrize(("lines", "found"), [(300, []), (301, ["gate/long.py: 301 lines"])])
def test_a_long_file_is_found(house: Path, lines: int, found: list[str]) -> None:
    (house / "hostcore" / "gate" / "long.py").write_text("pass\n" * lines, encoding="utf-8")
    assert too_long(house / "hostcore") == found


@pytest.mark.parametrize("read", [tree, shown_layers], ids=["tree", "layers"])
def test_a_line_in_another_form_is_refused(read: Callable[[str], object]) -> None:
    with pytest.raises(AssertionError):
        read("    and more, see below!")
