"""The museum of faults: every fault gets its sentence in time and no other finding, and its healthy twin gets none."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.faults.exhibit import Exhibit
from tests.watched import Watched

HERE = Path(__file__).parent
NAMES = sorted(
    path.stem for path in HERE.glob("*.py") if path.stem not in {"everyday", "exhibit", "parts", "test_museum"}
)
LONG_S = 1800.0


def exhibit_of(name: str) -> Exhibit[Any]:
    """The exhibit of a file in this folder."""
    exhibit = import_module(f"tests.faults.{name}").EXHIBIT
    assert isinstance(exhibit, Exhibit)
    return exhibit


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
def test_the_healthy_twin_raises_no_finding_for_half_an_hour(name: str) -> None:
    pi = exhibit_of(name).healthy(LONG_S)
    assert pi.raised == [], told(pi)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_an_exhibit_says_what_somebody_did_wrong(name: str) -> None:
    story = import_module(f"tests.faults.{name}").__doc__
    assert story is not None and story.rstrip().endswith(".")
