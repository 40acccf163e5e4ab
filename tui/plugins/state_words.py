"""How the conditions of plugins are written: a sign, a word and a style for each."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from hostcore.quick_dataclass import dataclass
from hostcore.view.condition import Condition
from hostcore.view.plugins import PluginStatus
from hostcore.view.view import View
from tui.finding_words import ink_of
from tui.look import Look

SIGNS = {
    Condition.QUARANTINED: "X",
    Condition.BACKOFF: "!",
    Condition.BUS_STUCK: "!",
    Condition.FAILING: "!",
    Condition.TROUBLE: "!",
    Condition.OLD_VERSION: "!",
    Condition.LOADING: "~",
    Condition.DISCOVERED: ".",
    Condition.RUNNING: "+",
    Condition.STOPPED: "-",
}
"""A sign for each condition. Every terminal can draw them."""


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a plugin is doing."""

    condition: Condition
    style: Style

    @property
    def sign(self) -> str:
        """One character."""
        return SIGNS[self.condition]

    @property
    def word(self) -> str:
        """Its condition, in capitals if a person should look."""
        return self.condition.word

    def segment(self, width: int = 0, note: str = "") -> Segment:
        """The sign and the word in their style.

        Args:
            width: cells to fill with spaces.
            note: follows the word.
        """
        return Segment(f"{self.sign} {self.word} {note}".rstrip().ljust(width), self.style)


def words_for(plugin: PluginStatus, view: View, look: Look) -> StateWords:
    """Return how a plugin is doing. A finding that concerns one that runs gives it its style."""
    condition = view.condition_of(plugin)
    if condition is Condition.TROUBLE and (trouble := view.findings.trouble_of(plugin.name)):
        return StateWords(condition, ink_of(trouble.finding, look))
    return StateWords(condition, style_of(condition, look))


def style_of(condition: Condition, look: Look) -> Style:
    """The style of a condition."""
    match condition:
        case Condition.QUARANTINED | Condition.BUS_STUCK | Condition.FAILING:
            return look.bad
        case Condition.BACKOFF | Condition.TROUBLE | Condition.OLD_VERSION | Condition.LOADING:
            return look.warn
        case Condition.RUNNING:
            return look.good
    return look.muted
