"""The section `[screen]` of host.toml."""

from __future__ import annotations

from hostcore.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ScreenSettings:
    """``[screen]``: the screen in a terminal."""

    read_only: bool = False
    """Whether screens only look. ``wasi-host --read-only`` does the same for one screen."""
