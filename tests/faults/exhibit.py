"""One exhibit of the museum of faults: a mistake that people make, and the sentence that they must read then.

A file of this folder is one exhibit. Its docstring tells what somebody did wrong. Its `scene` builds a Pi and starts a
driver as people write them. The scene has one parameter, the thing that is wrong, so that the healthy twin differs from
the fault in nothing else::

    EXHIBIT = Exhibit(
        scene,
        wrong=0x77,
        right=0x76,
        kind="silent-address",
        sentence="Nothing answers at 0x77 on i2c-1, in {n} tries so far.",
        confidence=Confidence.CERTAIN,
        within=15,
    )

`test_museum.py` finds the files, plays both scenes in virtual time, and needs no change for a new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hostcore.devices.environment import DEFAULT_SIGNALS, Quantity, Signal
from hostcore.events import Confidence
from tests.watched import Watched

T = TypeVar("T")

BLANKS = {r"\{n\}": r"-?\d+(?:\.\d+)?", r"\{x\}": r"[0-9a-f]{2}"}
"""The blanks of a sentence: ``{n}`` is any number, ``{x}`` any byte."""


@dataclass(frozen=True, slots=True)
class Exhibit(Generic[T]):
    """A fault and its healthy twin."""

    scene: Callable[[Watched, T], None]
    """Plugs chips and starts drivers. It may let time pass, for what happens later."""
    wrong: T
    """What somebody did wrong."""
    right: T
    """What they should have done."""
    kind: str
    """The kind of the finding."""
    sentence: str
    """The whole sentence that must appear, with `BLANKS`."""
    confidence: Confidence
    within: float
    """Virtual seconds, counted from the start, within which it must appear."""
    healthy_for: float = 60.0
    """Virtual seconds for which the twin runs. It must not raise any finding."""
    also: tuple[str, ...] = ()
    """Kinds of further findings that the fault may raise. The exhibit allows no others."""
    signals: Mapping[Quantity, Signal] = field(default_factory=lambda: DEFAULT_SIGNALS)
    """The environment."""

    def faulty(self) -> Watched:
        """Play the scene with the fault until the sentence is due."""
        return self._played(self.wrong, self.within)

    def healthy(self, seconds: float) -> Watched:
        """Play the healthy twin for some virtual seconds."""
        return self._played(self.right, seconds)

    def says(self, sentence: str) -> bool:
        """Whether a sentence is the one that must appear."""
        pattern = re.escape(self.sentence)
        for blank, meaning in BLANKS.items():
            pattern = pattern.replace(blank, meaning)
        return re.fullmatch(pattern, sentence) is not None

    def _played(self, thing: T, until_s: float) -> Watched:
        pi = Watched(self.signals)
        self.scene(pi, thing)
        return pi.run(max(0.0, until_s - pi.seconds))
