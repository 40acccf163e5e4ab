"""Builds and compiles everything that a machine's first start would, so that no figure contains it."""

from __future__ import annotations

from hostcore.clock import VirtualClock
from hostcore.workshop import Progress
from tests.bench.plain import shipped_config, shipped_plugins
from tests.bench.sandboxed import load, sandbox_on


def warm_up(progress: Progress) -> None:
    """Load every shipped plugin once."""
    with sandbox_on(VirtualClock(), progress) as sandbox:
        for plugin in shipped_plugins(shipped_config()).values():
            load(sandbox, plugin)
