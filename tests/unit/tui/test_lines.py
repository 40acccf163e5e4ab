"""A widget of lines: it draws again only the lines that changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size

from tui.desk import Desk
from tui.lines import Line, LinesWidget, width_of


class Listed(LinesWidget):
    """Shows the texts that a test gives it, in 8 by 3 cells."""

    content_size = Size(8, 3)  # type: ignore[assignment]
    rich_style = Style(color="red")  # type: ignore[assignment]
    is_mounted = True  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__(cast(Desk, None))
        self.texts: list[str] = []
        self.refreshed: list[object] = []

    def draw(self, width: int, height: int) -> Iterable[Line]:
        return [[Segment(text)] for text in self.texts]

    def refresh(self, *regions: Region, **options: Any) -> Listed:
        self.refreshed += regions or ["all"]
        return self

    def show(self, *texts: str) -> list[object]:
        """Paint these texts. Returns what was refreshed."""
        self.texts, self.refreshed = list(texts), []
        self.paint()
        return self.refreshed


def test_only_the_lines_that_changed_are_refreshed() -> None:
    listed = Listed()
    assert listed.show("one", "two") == ["all"]
    assert listed.show("one", "two") == []
    assert listed.show("one", "2") == [Region(0, 1, 8, 1)]
    assert listed.show("one") == [Region(0, 1, 8, 1)]
    assert [listed.render_line(y).text for y in range(3)] == ["one     ", " " * 8, " " * 8]


def test_a_line_that_stays_keeps_its_strip() -> None:
    listed = Listed()
    listed.show("one", "two")
    before = listed.render_line(0)
    listed.show("one", "2")
    assert listed.render_line(0) is before


def test_lines_beyond_the_height_are_left_out() -> None:
    listed = Listed()
    listed.show("one", "two", "three", "four")
    assert [listed.render_line(y).text.strip() for y in range(3)] == ["one", "two", "three"]


def test_another_size_draws_all_lines_again() -> None:
    listed = Listed()
    listed.show("one")
    listed.content_size = Size(4, 1)  # type: ignore[misc]
    assert listed.show("one") == ["all"]
    assert listed.render_line(0).text == "one "


def test_a_line_is_as_wide_as_its_characters() -> None:
    assert width_of([Segment("20 °C "), Segment("温度"), Segment("")]) == 10
