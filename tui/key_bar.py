"""The keys that work now."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from textual.screen import Screen

from tui.lines import Line, LinesWidget, width_of
from tui.look import clickable
from tui.text import frozen_words

GAP = "  "
"""Stands behind each key. Behind the last one it needs no room."""
LAST = ("command_line", "help", "quit")
"""The actions whose keys are the last ones, whatever else an app has."""
ALWAYS = 3
"""How many of the last keys are shown even if there is no room for all."""


class KeyBar(LinesWidget):
    """The bottom line: the focused pane's keys first, then the app's. The help lists all keys."""

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: Screen[object]) -> None:
        self.paint()

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw as many keys as fit, always with the last. A sheet says if it is frozen, or recorded."""
        keys = list(self._keys())
        is_sheet = len(self.app.screen_stack) > 1
        if is_sheet and self.desk.is_recorded:
            keys.insert(0, [Segment(" REPLAY ", self.look.current), Segment(" ")])
        if is_sheet and (since_ns := self.desk.frozen_since_ns):
            keys.insert(0, [Segment(frozen_words(since_ns), self.look.current), Segment(" ")])
        if not keys:
            return
        while len(keys) > ALWAYS and sum(map(width_of, keys)) - len(GAP) > width:
            del keys[-ALWAYS - 1]
        yield [segment for key in keys for segment in key]

    def _keys(self) -> Iterable[Line]:
        seen: set[str] = set()
        last = {action: place for place, action in enumerate(LAST, 1)}
        bindings = sorted(self.screen.active_bindings.items(), key=lambda each: last.get(each[1].binding.action, 0))
        for key, active in bindings:
            binding = active.binding
            if not binding.show or binding.action in seen:
                continue
            seen.add(binding.action)
            click = f"app.simulate_key({key!r})"
            yield [
                Segment(self.app.get_key_display(binding), clickable(self.look.key, click)),
                Segment(f" {binding.description}{GAP}", clickable(self.look.plain, click)),
            ]
