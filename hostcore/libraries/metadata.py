"""Reads a plugin's inline metadata (PEP 723): the libraries that it needs, and the permissions that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hostcore.errors import MetadataError
from hostcore.late_pattern import late_pattern
from hostcore.libraries.guest_python import GUEST_PYTHON, fits_guest
from hostcore.libraries.toml_table import Mistake, Table, parse_toml
from hostcore.log.safe_text import log_line
from hostcore.permissions import parse_permission
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MOST_DEPENDENCIES = 50
"""The most dependencies of a plugin. Drivers have one to five."""
LONGEST_DEPENDENCY = 300
"""The most characters of a dependency."""
LONGEST_BLOCK = 64 << 10
"""The most characters of a block. Parsing takes 2 µs for each; a compiled `tomli` keeps all plugins waiting for it."""
_OPENING = late_pattern(r"# /// ([a-zA-Z0-9-]+)")
_CLOSING = "# ///"
_DEPENDENCY = late_pattern(r"[A-Za-z0-9][ -~]*")
"""The start of a requirement (PEP 508, `identifier`). An option of pip, such as ``--pre``, does not match."""


@dataclass(frozen=True)
class ScriptMetadata:
    """The metadata of a plugin."""

    dependencies: tuple[str, ...] = ()
    """Requirements (PEP 508), as they are written."""
    requires_python: str = ""
    """The versions of Python that it runs with (`Requires-Python`); "" for all."""
    permissions: tuple[str, ...] = ()
    """The permissions that it asks for, as in host.toml. Only a person grants them."""


def script_metadata(source: str, file: str = "the plugin") -> ScriptMetadata | None:
    """Read the metadata in the source of a plugin or a script.

    Args:
        source: the Python.
        file: the file's name for messages.

    Returns:
        None if there is no block ``# /// script``. As PEP 723 requires, a block that is not closed is none.

    Raises:
        MetadataError: there are two blocks, the block is not TOML, or it contains something that is not allowed.
    """
    if "# /// script" not in source:
        return None
    found = [(line, text) for line, kind, text in blocks(source) if kind == "script"]
    if not found:
        return None
    if len(found) > 1:
        raise MetadataError("found a second block '# /// script', allowed is one", file=file, line=found[1][0])
    line, text = found[0]
    if len(text) > LONGEST_BLOCK:
        problem = f"found a block of {len(text):,} characters, allowed are {LONGEST_BLOCK:,}"
        raise MetadataError(problem, file=file, line=line)
    try:
        return _metadata(Table(parse_toml(text)))
    except Mistake as mistake:
        raise MetadataError(
            mistake.problem, file=file, line=line + (mistake.line or _line_of(mistake.key, text)), key=mistake.key
        ) from None


def requirements(metadata: ScriptMetadata, file: str = "the plugin") -> tuple[Requirement, ...]:
    """Parse the dependencies, which a start need not do.

    Raises:
        MetadataError: one is no requirement (PEP 508), or names an address instead of a package of an index. What lies
            at an address may have to be built, and building runs its code.
    """
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415 - takes 40 ms

    found = []
    for text in metadata.dependencies:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            reason = log_line(str(error).partition("\n")[0], 100)
            problem = f"found {text!r}, allowed is a requirement such as 'pynmea2>=1.19': {reason}"
            raise MetadataError(problem, file=file, key="dependencies") from None
        if requirement.url is not None or "/" in str(requirement.specifier):  # ``===`` allows any text, such as a path
            problem = f"found {text!r}, allowed is a package of an index; an address may hold code that has to be built"
            raise MetadataError(problem, file=file, key="dependencies")
        found.append(requirement)
    return tuple(found)


def blocks(source: str) -> Iterable[tuple[int, str, str]]:
    """Yield the line (from 1 on), type and content of each metadata block.

    This equals the regular expression of PEP 723, which takes quadratic time for text that somebody wrote for that.
    """
    lines = source.replace("\r\n", "\n").split("\n")
    ends = 0
    for index, line in enumerate(lines[:-1]):  # the newline after a line is part of the expression
        opening = _OPENING.fullmatch(line) if index >= ends else None
        if opening is None:
            continue
        ends = _end_of_comment(lines, index)
        closing = next((at for at in range(ends - 1, index + 1, -1) if lines[at] == _CLOSING), None)
        if closing is not None:
            ends = closing + 1
            yield index + 1, opening[1], "".join(f"{each[2:]}\n" for each in lines[index + 1 : closing])


def _end_of_comment(lines: list[str], start: int) -> int:
    """Return the index after the last line that can be in the block that starts at `start`."""
    end = start + 1
    while end < len(lines) and (lines[end] == "#" or lines[end].startswith("# ")):
        end += 1
    return end


def _metadata(table: Table) -> ScriptMetadata:
    table.allow("dependencies", "requires-python", "tool")
    requires_python = table.text("requires-python", "")
    if not fits_guest(requires_python):
        found = log_line(requires_python, 100)
        raise Mistake(f"found {found!r}, but the Python in the sandbox is {GUEST_PYTHON}", "requires-python")
    return ScriptMetadata(_dependencies(table), requires_python, _permissions(table))


def _dependencies(table: Table) -> tuple[str, ...]:
    found = table.texts("dependencies")
    if len(found) > MOST_DEPENDENCIES:
        raise Mistake(f"found {len(found)} dependencies, allowed are {MOST_DEPENDENCIES}", "dependencies")
    for text in found:
        if len(text) > LONGEST_DEPENDENCY or not _DEPENDENCY.fullmatch(text):
            problem = f"found {log_line(text, 100)!r}, allowed is a requirement such as 'pynmea2>=1.19' (PEP 508)"
            raise Mistake(problem, "dependencies")
    return tuple(found)


def _permissions(table: Table) -> tuple[str, ...]:
    ours = table.table("tool").table("wasi-host")
    ours.allow("permissions")
    found = ours.texts("permissions")
    for text in found:
        try:
            parse_permission(text)
        except ValueError as rule:
            problem = f"found {log_line(text, 100)!r}, allowed is {rule}"
            raise Mistake(problem, "tool.wasi-host.permissions") from None
    return tuple(found)


def _line_of(key: str, text: str) -> int:
    """Return the line of a key in the block's text, from 1 on; 0, the line of the block, if it is not found."""
    if not key:
        return 0
    name = re.escape(key.rpartition(".")[2].partition("[")[0])
    found = re.search(rf"^[ \t\w\"'.-]*\b{name}\b[\"']? *=", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 0
