"""How the states of plugins are written: a sign, a word and a style for each."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style

from hostcore.events import State
from hostcore.view.plugins import TROUBLED
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


def state_style(state: State, look: Look) -> Style:
    """A state's style."""
    if state is State.RUNNING:
        return look.good
    if state is State.QUARANTINED:
        return look.bad
    return look.warn if state in (State.BACKOFF, State.LOADING) else look.muted


def state_word(state: State) -> str:
    """A state's name, in capitals if a person should look."""
    return state.value.upper() if state in TROUBLED else state.value


def state_segment(state: State, look: Look, width: int = 0, note: str = "") -> Segment:
    """A state's sign and name in its style.

    Args:
        state: the state.
        look: the styles.
        width: cells to fill with spaces.
        note: follows the name.
    """
    return Segment(f"{SIGNS[state]} {state_word(state)} {note}".rstrip().ljust(width), state_style(state, look))
