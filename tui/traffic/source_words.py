"""The lines of a driver and of its library that caused a transfer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.segment import Segment

from hostcore.errors import HostError
from hostcore.events.facts import SourceExcerpt
from hostcore.events.transfers import LibraryLine
from tui.desk import Desk
from tui.document import wrapped
from tui.lines import Line
from tui.look import Look
from tui.text import safe

AROUND = 3
"""Lines that are shown before and after a line."""


@dataclass(frozen=True, slots=True)
class Source:
    """A line of code, with the lines around it."""

    title: str
    """What it is of."""
    excerpt: SourceExcerpt | None
    problem: str = ""
    """Why there is no excerpt, or why it may be another line."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The code that made a transfer."""

    plugin: str
    line: int
    """In the plugin's file; 0 if unknown."""
    library: LibraryLine | None
    """The line of its library; None if there is none."""
    time_ns: int
    """When it ran."""


def sources_of(desk: Desk, caller: Caller) -> tuple[Source, ...]:
    """Ask for the lines of a plugin and of its library. Blocks while the plugin's file is read.

    Args:
        desk: the screen.
        caller: the lines.
    """
    plugin = desk.view.plugins.get(caller.plugin)
    is_replaced = plugin is not None and plugin.reloaded_ns > caller.time_ns
    places = [("the driver", "", caller.line)] if caller.line else []
    if caller.library and caller.library.line:
        places.append(("the library that it called", caller.library.file, caller.library.line))
    return tuple(
        _source(title, lambda: desk.session.source(caller.plugin, file, line, AROUND), is_replaced)  # noqa: B023 - called at once
        for title, file, line in places
    )


def _source(title: str, excerpt_of: Callable[[], SourceExcerpt], is_replaced: bool) -> Source:
    try:
        excerpt = excerpt_of()
    except HostError as error:
        return Source(title, None, str(error))
    problem = "" if excerpt.is_current else "The file on disk has changed since: this is the version that runs."
    if is_replaced:
        problem = "The driver was loaded again since: this may be another line."
    return Source(f"{title}: {excerpt.file} line {excerpt.line}", excerpt, problem)


def source_lines(sources: Sequence[Source], look: Look, width: int) -> Iterator[Line]:
    """The lines of code, the one in question with a mark.

    Args:
        sources: what to show.
        look: the styles.
        width: cells of a line.
    """
    for source in sources:
        yield []
        yield from wrapped(f"from {safe(source.title)}", look.accent, width)
        if source.problem:
            yield from wrapped(safe(source.problem), look.warn, width)
        if source.excerpt:
            for number, text in enumerate(source.excerpt.lines, source.excerpt.first):
                is_it = number == source.excerpt.line
                ink = look.strong if is_it else look.muted
                yield [Segment(f"{'>' if is_it else ' '}{number:5}  {safe(text)}", ink)]
