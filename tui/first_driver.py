"""How to write a driver, for a person who never did."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment

from tui.document import wrapped
from tui.look import Look
from tui.rows import Line
from tui.view import View


def first_driver(view: View, look: Look, width: int) -> Iterator[Line]:
    """How to write a driver."""
    folder = view.facts.plugins_folder
    yield from wrapped("In another terminal, type", look.plain, width)
    yield []
    yield [Segment("    wasi-host new NAME", look.key)]
    yield []
    yield from wrapped(
        f"It writes a driver that reads something at once into {folder}. Change the file and save it: the host takes "
        "on the new version within a second, and shows here what it reads, what it logs, and the traceback where it "
        "crashes.",
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
    if view.facts.is_shipped_config:
        yield []
        yield from wrapped(
            "These are the built-in settings. Your own come from host.toml in the folder where wasi-host starts.",
            look.muted,
            width,
        )
