"""How to write a driver, for a person who never did."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment

from hostcore.view.view import View
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import safe

WRITES = "It writes a driver that reads something at once"
SETTLE = (
    "The settings and plugins shown here are the built-in ones. It copies them into the folder where you are, for you "
    f"to change. {WRITES} into plugins there; then start wasi-host anew."
)
"""For who has no host.toml: a host that runs with the built-in one looks at no other."""


def first_driver(view: View, look: Look, width: int) -> Iterator[Line]:
    """How to write a driver."""
    is_new_here = view.facts.is_shipped_config
    yield from wrapped("Quit (q), and type" if is_new_here else "In another terminal, type", look.plain, width)
    yield []
    yield [Segment("    wasi-host new NAME", look.key)]
    yield []
    yield from wrapped(
        SETTLE if is_new_here else f"{WRITES} into {safe(str(view.facts.plugins_folder))}.", look.plain, width
    )
    yield []
    yield from wrapped(
        "Change the file and save it: the host takes on the new version within a second, and shows here what it reads, "
        "what it logs, and the traceback where it crashes.",
        look.plain,
        width,
    )
    yield []
    yield from wrapped(
        "A driver may touch nothing at first. What it is denied appears among the plugins (2) as a request: press g "
        "there to grant it.",
        look.plain,
        width,
    )
