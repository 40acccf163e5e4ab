"""The museum of faults: every fault gets its sentence in time and no other finding, and its healthy twin gets none."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from hostcore.diagnosis import rules
from tests.faults.exhibit import Exhibit
from tests.watched import Watched

HERE = Path(__file__).parent
NAMES = sorted(
    path.stem for path in HERE.glob("*.py") if path.stem not in {"everyday", "exhibit", "parts", "test_museum"}
)
LEAST_EXHIBITS = 60
LONG_S = 600.0
KIND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
"""The form of the kinds of findings."""
BUS = re.compile(r"(i2c|spi|uart|iio)-\d+")


def exhibit_of(name: str) -> Exhibit[Any]:
    """The exhibit of a file in this folder."""
    exhibit = import_module(f"tests.faults.{name}").EXHIBIT
    assert isinstance(exhibit, Exhibit)
    return exhibit


def kinds_in_rules() -> set[str]:
    """The kinds of findings that the rules can raise, from their source."""
    texts = [path.read_text() for path in Path(rules.__file__).parent.glob("*.py")]
    strings = [
        each.value
        for text in texts
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return {each for each in strings if KIND.fullmatch(each) and not BUS.fullmatch(each)}


def told(pi: Watched) -> str:
    """Everything that the diagnosis said, for a person who reads a failed test."""
    return "\n".join(f"{each.seconds:6.1f} s  {each.finding.kind}: {each.finding.sentence}" for each in pi.worded)


@pytest.mark.parametrize("name", NAMES)
def test_the_fault_gets_its_sentence_in_time_and_no_other_finding(name: str) -> None:
    exhibit = exhibit_of(name)
    pi = exhibit.faulty()
    right = [each for each in pi.worded if exhibit.says(each.finding.sentence)]
    assert right, f"not within {exhibit.within:g} s: {exhibit.sentence}\n{told(pi)}"
    assert {each.finding.kind for each in right} == {exhibit.kind}
    assert right[-1].finding.confidence is exhibit.confidence
    assert right[-1].finding.evidence and right[-1].finding.advice
    assert exhibit.kind in pi.kinds(), f"it did not stay\n{told(pi)}"
    assert {each.finding.kind for each in pi.raised} <= {exhibit.kind, *exhibit.also}, told(pi)


@pytest.mark.parametrize("name", NAMES)
def test_the_healthy_twin_raises_no_finding(name: str) -> None:
    exhibit = exhibit_of(name)
    pi = exhibit.healthy(exhibit.healthy_for)
    assert pi.raised == [], told(pi)
    assert any(plugin.newest.calls > plugin.newest.errors for plugin in pi.case.plugins.values()), "no driver worked"


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_the_healthy_twin_raises_no_finding_for_ten_minutes(name: str) -> None:
    pi = exhibit_of(name).healthy(LONG_S)
    assert pi.raised == [], told(pi)


def test_the_museum_has_many_exhibits() -> None:
    assert len(NAMES) >= LEAST_EXHIBITS


def test_every_kind_of_finding_has_an_exhibit() -> None:
    assert kinds_in_rules() - {exhibit_of(name).kind for name in NAMES} == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_an_exhibit_says_what_somebody_did_wrong(name: str) -> None:
    story = import_module(f"tests.faults.{name}").__doc__
    assert story is not None and story.rstrip().endswith(".")
