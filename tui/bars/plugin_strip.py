"""Every plugin's state in one line, for terminals that show one pane at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment

from hostcore.view.condition import Condition
from tui.lines import Line, LinesWidget, width_of
from tui.look import clickable
from tui.plugins.state_words import StateWords, words_for


class PluginStrip(LinesWidget):
    """Plugins in trouble come first. Each plugin has the sign of its state. A click on one shows its details.

    Plugins in trouble also have the state's name, if the line then has room for all.
    """

    def draw(self, width: int, height: int) -> Iterable[Line]:
        """Draw one line."""
        view = self.desk.view
        plugins = [(plugin.name, words_for(plugin, view, self.look)) for plugin in view.plugins.all()]
        plugins.sort(key=lambda plugin: plugin[1].condition.rank if plugin[1].condition.is_troubled else len(Condition))
        for with_words in (True, False):
            names = [_label(*plugin, with_words) for plugin in plugins]
            if width_of(names) + 2 * len(names) - 2 <= width:
                break
        yield list(self._fitting(names, width))

    def _fitting(self, names: Sequence[Segment], width: int) -> Iterable[Segment]:
        """The names that fit, and the number of those that do not."""
        left = width
        for place, name in enumerate(names):
            rest = Segment(f"and {len(names) - place} more", self.look.muted)
            is_last = place == len(names) - 1
            if name.cell_length + (0 if is_last else 2 + rest.cell_length) > left:
                yield rest
                return
            yield from (name, Segment("  "))
            left -= name.cell_length + 2


def _label(name: str, words: StateWords, with_words: bool) -> Segment:
    word = f" {words.word}" if words.condition.is_troubled and with_words else ""
    return Segment(f"{words.sign} {name}{word}", clickable(words.style, f"app.show_plugin({name!r})"))
