"""SECURITY.md names a test for each line of its threat model, and these tests exist."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from hostcore import shipped

ROOT = shipped.folder()
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
MODEL = PAGE.partition("## Threat model\n")[2]
ASSETS = {
    "The host's process", "The host's memory and processor", "Files", "The buses and the devices on them",
    "Other plugins and their data", "The terminal", "The browser", "The network", "Settings and permissions",
    "The compiled cache", "The web token", "The MQTT broker",
}  # fmt: skip
LINES = [line for line in MODEL.splitlines() if line.startswith("|") and not line.startswith(("| Attack |", "| ---"))]
NAMED = sorted({name for line in LINES for name in re.findall(r"`(tests/[^`]+)`", line.rsplit("|", 2)[1])})


@cache
def names_in(path: str) -> frozenset[str]:
    """The tests of a module, as pytest names them: ``test`` or ``Class::test``."""
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    within = [
        f"{each.name}::{inner.name}"
        for each in body
        if isinstance(each, ast.ClassDef)
        for inner in each.body
        if isinstance(inner, ast.FunctionDef)
    ]
    return frozenset([*within, *(each.name for each in body if isinstance(each, ast.FunctionDef))])


@pytest.mark.parametrize("name", NAMED)
def test_each_named_test_exists(name: str) -> None:
    path, _, test = name.partition("::")
    assert test.rpartition("::")[2].startswith("test_")
    assert test in names_in(path)


def test_each_line_names_a_test_and_what_stops_the_attack() -> None:
    for line in LINES:
        attack, stopped, held = (cell.strip() for cell in line.strip("|").split("|"))
        assert attack and stopped
        assert "`tests/" in held, line


def test_each_asset_has_lines() -> None:
    assert set(re.findall(r"^### (.*)$", MODEL, re.MULTILINE)) == ASSETS
    assert all("| --- |" in part for part in MODEL.split("### ")[1:])


def test_the_readme_leads_to_it() -> None:
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
