"""What is fuzzed: how an input is made from chance, and how the program's answer to it is checked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random

Check = Callable[[bytes], object]
"""Gives one input to the program. Any exception that leaves it is a finding."""
KNOWN = Path(__file__).parent / "known"
"""The folder of inputs that were findings once: one folder for each target."""


@dataclass(frozen=True)
class Target:
    """One part of the program that takes input which may be hostile."""

    name: str
    share: int
    """Its cases, of 100 cases of all targets."""
    make: Callable[[Random], bytes]
    """Makes one input."""
    ready: Callable[[Path], AbstractContextManager[Check]]
    """Prepares many checks, in an empty folder. Runs in the process of a batch."""
    batch: int = 500
    """Cases that share a process and its preparation."""


@dataclass(frozen=True)
class Case:
    """One input of a target."""

    target: Target
    seed: int
    number: int
    """Counts from 0."""
    known: Path | None = None
    """The file of a known input, which takes the place of a made one."""

    def content(self) -> bytes:
        """The input, always the same."""
        if self.known:
            return self.known.read_bytes()
        return self.target.make(Random(f"{self.seed}/{self.target.name}/{self.number}"))

    def __str__(self) -> str:
        return f"{self.target.name}: {self.known.name if self.known else f'case {self.number} of seed {self.seed}'}"


def cases_of(target: Target, seed: int, numbers: range) -> list[Case]:
    """The known inputs of a target, then these new ones."""
    folder = KNOWN / target.name
    known = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        *(Case(target, seed, number, file) for number, file in enumerate(known)),
        *(Case(target, seed, number) for number in numbers),
    ]
