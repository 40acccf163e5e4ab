"""How to write a first driver."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment

from hostcore.view.view import View
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import safe

WRITES = "It writes a driver that already reads something"
COPIES = (
    "The settings and plugins shown here are the built-in ones. The command copies them into the current folder, so "
    f"that you can change them. {WRITES} into plugins there; then start wasi-host again."
)
"""For people who have no host.toml: a host that runs with the built-in one watches no other folder."""


def first_driver(view: View, look: Look, width: int) -> Iterator[Line]:
    """How to write a driver, for a width in cells."""
    is_new_here = view.facts.is_shipped_config
    yield from wrapped("Quit (q), and type" if is_new_here else "In another terminal, type", look.plain, width)
    yield []
    yield [Segment("    wasi-host new NAME", look.key)]
    yield []
    yield from wrapped(
        COPIES if is_new_here else f"{WRITES} into {safe(str(view.facts.plugins_folder))}.", look.plain, width
    )
    yield []
    yield from wrapped(
        "Change the file and save it. The host loads the new version within a second. This screen then shows what it "
        "reads, what it logs, and a traceback if it crashes.",
        look.plain,
        width,
    )
    yield []
    yield from wrapped(
        "At first, a driver may use no hardware. If it is denied something, a request appears among the plugins (2): "
        "press g there to grant it.",
        look.plain,
        width,
    )
