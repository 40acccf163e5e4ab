"""Long work of the host."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class TaskProgressed:
    """A task that takes seconds has begun, goes on, or is over: compiling, or fetching libraries."""

    time_ns: int
    task: str
    """What is done, for a person. It may name a plugin or a package, so front ends escape it."""
    elapsed_seconds: float
    """How long it has taken so far, 0 and up."""
    expected_seconds: float
    """How long it takes in all, estimated for this computer; 0 if it is over."""
