"""How the states of plugins are written: a sign, a word and a style for each."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style

from hostcore.events import State
from hostcore.view.plugins import TROUBLED, PluginStatus
from hostcore.view.view import View
from tui.finding_words import ink_of
from tui.look import Look

SIGNS = {
    State.DISCOVERED: ".",
    State.LOADING: "~",
    State.RUNNING: "+",
    State.BACKOFF: "!",
    State.QUARANTINED: "X",
    State.STOPPED: "-",
}
"""A sign for each state. Every terminal can draw them."""
STUCK_SIGN, STUCK_WORD = "!", "BUS STUCK"
"""The sign and the word of a plugin that runs, but whose bus is stuck."""
TROUBLE_SIGN, TROUBLE_WORD = "!", "TROUBLE"
"""The sign and the word of a plugin that runs, but which a certain or likely finding concerns."""


@dataclass(frozen=True, slots=True)
class StateWords:
    """How a plugin is doing."""

    sign: str
    word: str
    """In capitals if a person should look."""
    style: Style
    is_troubled: bool
    """Whether a person should look."""

    def segment(self, width: int = 0, note: str = "") -> Segment:
        """The sign and the word in their style.

        Args:
            width: cells to fill with spaces.
            note: follows the word.
        """
        return Segment(f"{self.sign} {self.word} {note}".rstrip().ljust(width), self.style)


def words_for(plugin: PluginStatus, view: View, look: Look) -> StateWords:
    """Return how a plugin is doing. One that runs on a stuck bus, or which a finding concerns, is not doing well."""
    if plugin.state is State.RUNNING and view.health.stuck_bus_of(plugin.name):
        return StateWords(STUCK_SIGN, STUCK_WORD, look.bad, is_troubled=True)
    if plugin.state is State.RUNNING and (trouble := view.findings.trouble_of(plugin.name)):
        return StateWords(TROUBLE_SIGN, TROUBLE_WORD, ink_of(trouble.finding, look), is_troubled=True)
    state = plugin.state
    return StateWords(SIGNS[state], state_word(state), _style(state, look), plugin.is_troubled)


def state_word(state: State) -> str:
    """A state's name, in capitals if a person should look."""
    return state.value.upper() if state in TROUBLED else state.value


def _style(state: State, look: Look) -> Style:
    if state is State.RUNNING:
        return look.good
    if state is State.QUARANTINED:
        return look.bad
    return look.warn if state in (State.BACKOFF, State.LOADING) else look.muted
