"""Writes hostcore/driver_catalogue/drivers.toml: the packages of the trial that drive a chip with a chip file."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from hostcore.chips.library import Library
from hostcore.driver_catalogue.catalogue import Trial
from hostcore.libraries.wheel_name import normalized
from tests.drivers.packages import Package
from tests.drivers.table import reason_of
from tests.drivers.trial import Outcome

HEAD = """\
# The packages of PyPI for chips with a chip file. `make drivers` wrote this file; docs/drivers.md has the whole trial.
#
#     chips     the chips, by the names of their files in hostcore/chips/
#     version   the version that was tried; "" if none could be fetched
#     import    the statements that import its class
#     class     the class that the trial made
#     trial     "right": it read what this project's own driver reads from the simulated chip; "read": it completed a
#               reading on a register file; "imported": it can be imported; "failed": it cannot
#     problem   what stopped it
"""
PROVIDED = frozenset({"board", "busio", "digitalio", "serial", "smbus", "smbus2", "spidev", "time"})
"""Modules of the host and of Python, whose classes are no drivers."""


def catalogue_text(outcomes: Iterable[Outcome], library: Library) -> str:
    """Return the whole file, which is the same for the same outcomes.

    Args:
        outcomes: the trial.
        library: the chips.
    """
    chips = _chips_by_package(library)
    known = [(normalized(each.package.name), each) for each in outcomes if each.package.bus == "i2c"]
    entries = ["\n".join(_entry(name, each, chips[name])) for name, each in sorted(known) if name in chips]
    return HEAD + "".join(f"\n{entry}\n" for entry in entries)


def _chips_by_package(library: Library) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for chip in library.all():
        for package in chip.libraries:
            found.setdefault(package, []).append(chip.key)
    return found


def _entry(name: str, outcome: Outcome, chips: Sequence[str]) -> Iterator[str]:
    yield f"[{name}]"
    yield f"chips = {json.dumps(sorted(chips))}"
    yield f"version = {json.dumps(outcome.version)}"
    yield f"import = {json.dumps(outcome.package.imports, ensure_ascii=False)}"
    if found := class_of(outcome.package):
        yield f"class = {json.dumps(found)}"
    yield f"trial = {json.dumps(trial_of(outcome).name.lower())}"
    if reason := reason_of(outcome):
        yield f"problem = {json.dumps(reason, ensure_ascii=False)}"


def trial_of(outcome: Outcome) -> Trial:
    """Return how far a package came."""
    if outcome.is_right:
        return Trial.RIGHT
    if outcome.is_read:
        return Trial.READ
    return Trial.IMPORTED if outcome.is_imported else Trial.FAILED


def class_of(package: Package) -> str:
    """Return the class that a package's setup makes first, with its module; "" if it makes none."""
    names = dict(_imported(package.imports))
    for node in _calls_inside_out(ast.parse(package.setup)):
        path = ast.unparse(node.func).split(".")
        module = names.get(path[0], "")
        if module and module.partition(".")[0] not in PROVIDED:
            return ".".join([module, *path[1:]])
    return ""


def _calls_inside_out(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield each call after those that make its arguments: a channel after the chip that it belongs to."""
    for child in ast.iter_child_nodes(tree):
        yield from _calls_inside_out(child)
    if isinstance(tree, ast.Call):
        yield tree


def _imported(statements: str) -> Iterator[tuple[str, str]]:
    """Yield each name that imports bind, and the module or the class that it stands for."""
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(statements)):
            if isinstance(node, ast.Import):
                for each in node.names:
                    yield (each.asname, each.name) if each.asname else (each.name.partition(".")[0],) * 2
            elif isinstance(node, ast.ImportFrom):
                for each in node.names:
                    yield each.asname or each.name, f"{node.module}.{each.name}"
