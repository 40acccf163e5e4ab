"""The rooms of the project, as they are and as its documents show them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import tomli

LONGEST_FILE = 300
"""Lines of the longest file of hostcore."""
CODE_BLOCK = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:[\w.-]+/)+(?:[\w.-]+)?|[\w-]+\.(?:py|pyi|toml|wit|md|js|css)")
"""A path in text: it has a slash, or ends like a file of this project."""
ENTRY = re.compile(r"^( *)([\w.-]+/|[\w.-]+\.py) +(\S.*)$", re.MULTILINE)
"""A line of a tree of folders: indent, name, description."""
LAYER_ENTRY = re.compile(r"^([ \d]\d|  )  ([\w.-]+/|[\w.-]+\.py) +(\S.*)$")
"""A line of the list of rooms: the layer's number if it is the first of its layer, name, description."""


def first_sentence(docstring: str | None) -> str:
    """The description in a docstring: its first sentence, which has to end on its first line, without backticks.

    Raises:
        ValueError: there is no such sentence.
    """
    line = (docstring or "").split("\n", 1)[0]
    sentence = re.fullmatch(r"([A-Z\w].*?)\.(?: .*\.)?", line)
    if sentence is None or len(sentence[1].split()) < 3:
        raise ValueError(f"{line!r} is no sentence of a line that says what the room is for")
    return sentence[1].replace("`", "")


def description(room: Path) -> str:
    """The description of a package or a module in its docstring."""
    path = room / "__init__.py" if room.is_dir() else room
    try:
        return first_sentence(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
    except ValueError as problem:
        raise ValueError(f"{path}: {problem}") from None


def packages(folder: Path) -> set[Path]:
    """All packages in a folder, at any depth. The folder itself is one of them."""
    return {found.parent for found in folder.rglob("__init__.py")}


def top_folders(root: Path) -> set[str]:
    """The names of the folders of the project, without those that git ignores."""
    ignored = [line.strip("/") for line in (root / ".gitignore").read_text(encoding="utf-8").splitlines()]
    names = {path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")}
    return {name for name in names if not any(fnmatch(name, pattern) for pattern in ignored)}


def layers(pyproject: str) -> list[tuple[str, ...]]:
    """The layers of hostcore, the highest first."""
    contracts = tomli.loads(pyproject)["tool"]["importlinter"]["contracts"]
    (found,) = [each["layers"] for each in contracts if each.get("containers") == ["hostcore"]]
    return [tuple(layer.split(" | ")) for layer in found]


def too_long(folder: Path) -> list[str]:
    """The files with more than `LONGEST_FILE` lines."""
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".pyi", ".js", ".css"}]
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    return [f"{path.relative_to(folder)}: {count} lines" for path, count in lines.items() if count > LONGEST_FILE]


# The documents


def section(text: str, heading: str) -> str:
    """The part of a Markdown text under a heading."""
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"there is no heading {heading!r}"
    return found[1]


def blocks(text: str) -> list[str]:
    """The code blocks of a Markdown text."""
    return CODE_BLOCK.findall(text)


@dataclass(frozen=True)
class Room:
    """A line of a document."""

    name: str
    """A folder, ``hostcore/gate/``, or a file."""
    description: str


def tree(block: str) -> list[Room]:
    """The lines of a tree of folders. An indented line lies in the folder that the last line without indent names."""
    rooms: list[Room] = []
    parent = ""
    for line in block.splitlines():
        found = ENTRY.fullmatch(line)
        assert found is not None, f"{line!r} is no line of a tree of folders"
        indent, name, text = found.groups()
        parent = parent if indent else name
        rooms.append(Room(parent + name if indent else name, text))
    return rooms


def shown_layers(block: str) -> list[list[Room]]:
    """The layers of the list of rooms, which are numbered without a gap."""
    shown: list[list[Room]] = []
    for line in block.splitlines():
        found = LAYER_ENTRY.fullmatch(line)
        assert found is not None, f"{line!r} is no line of the list of rooms"
        number, name, text = found.groups()
        if number.strip():
            shown.append([])
        assert number.strip() in {"", str(len(shown))} and shown, f"{line!r} is not numbered in order"
        shown[-1].append(Room(name, text))
    return shown


def differences(shown: Iterable[Room], true: Iterable[Room]) -> set[Room]:
    """The rooms that only one of the two has, or describes in other words."""
    return set(shown) ^ set(true)


def rooms_of(root: Path) -> list[Room]:
    """Every package directly in hostcore."""
    found = [path for path in (root / "hostcore").iterdir() if (path / "__init__.py").is_file()]
    return [Room(f"hostcore/{path.name}/", description(path)) for path in found]


def missing_paths(page: str, root: Path) -> list[str]:
    """The paths in a page that do not exist. In code blocks they may be relative to hostcore."""
    text = CODE_BLOCK.sub("", page)
    named = [each for code in CODE.findall(text) for each in PATH.findall(code)]
    missing = [each for each in named if not (root / each).exists()]
    drawn = [each for block in blocks(page) for each in PATH.findall(block)]
    return missing + [each for each in drawn if not ((root / each).exists() or (root / "hostcore" / each).exists())]


def bare_paths(page: str) -> list[str]:
    """The paths in a page's text that are not marked as code, so that `missing_paths` does not see them."""
    return [each for each in PATH.findall(CODE.sub("", CODE_BLOCK.sub("", page))) if "/" in each]
