"""The lines of a driver and of its library that caused a transfer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from textual.binding import BindingType

from hostcore.errors import HostError
from hostcore.events.facts import SourceExcerpt
from hostcore.events.transfers import LibraryLine
from hostcore.quick_dataclass import dataclass
from tui.desk import Desk
from tui.dialogs import Sheet
from tui.document import wrapped
from tui.editing import EDIT, SourceEditor, SourcePlace
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

    @property
    def places(self) -> Sequence[tuple[str, str, int]]:
        """What each line is of, its file ("" for the plugin's own), and its number."""
        places = [("the driver", "", self.line)] if self.line else []
        if self.library and self.library.line:
            places.append(("the library that it called", self.library.file, self.library.line))
        return places


class SourceSheet(Sheet, SourceEditor):
    """A sheet with the lines of a plugin and of its library, which the host may tell later.

    Args:
        desk: the screen around it.
        title: is written into the frame.
        caller: the lines.
        text: makes the lines of the sheet from what is known of the code, for a width in cells.
    """

    BINDINGS: ClassVar[list[BindingType]] = [EDIT]

    def __init__(
        self, desk: Desk, title: str, caller: Caller, text: Callable[[Sequence[Source], int], Iterable[Line]]
    ) -> None:
        plugin = desk.view.plugins.get(caller.plugin)
        is_replaced = plugin is not None and plugin.reloaded_ns > caller.time_ns
        places, session = caller.places, desk.session
        self.desk, self._caller = desk, caller
        self._sources = tuple(Source(title, None, "Waiting for the host ...") for title, _, _ in places)
        super().__init__(desk, title, lambda width: text(self._sources, width))
        desk.find_out(
            lambda: tuple(
                _source(title, partial(session.source, caller.plugin, file, line, AROUND), is_replaced)
                for title, file, line in places
            ),
            self._learn,
        )

    @property
    def source_place(self) -> SourcePlace:
        """The line of the driver."""
        return SourcePlace(self._caller.plugin, self._caller.line)

    def _learn(self, sources: tuple[Source, ...]) -> None:
        self._sources = sources
        if self.is_current:
            self._fill()


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
