"""An action that has a name. One list of them feeds the ``:`` line and the palette."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.quick_dataclass import dataclass
from tui.commands import Words


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person can do by name."""

    words: str
    """What is typed, without the text that it takes: ``restart light``."""
    title: str
    """What it does, in a few words: ``Restart light``."""
    do: Callable[[], object]
    """Does it, without a text. May be a coroutine function, and may raise `HostError`."""
    key: str = ""
    """The key that does the same somewhere on the screen; "" if there is none."""
    takes: str = ""
    """Names the text that may follow the words: ``NAME``; "" if it takes none."""
    with_text: Callable[[str], object] | None = None
    """Does it with the text. Like `do`."""
    is_for_panes: bool = False
    """Whether it changes the panes, so that sheets over them close first."""
    command: Words = ()
    """The command of ``wasi-host`` that shows or does the same. Its words mean the action, too."""
    problem: str = ""
    """Why it is not possible now, as a sentence; "" if it is possible."""


def key_of(widget: type, action: str) -> str:
    """Return the key of an action of a widget, as a person reads it. So each key is named in one place.

    Args:
        widget: a class whose `BINDINGS`, or those of its bases, have the action.
        action: the action as the binding writes it: ``order('restart')``.
    """
    for kind in widget.__mro__:
        for binding in vars(kind).get("BINDINGS", ()):
            if binding.action == action:
                return str(binding.key_display or binding.key.partition(",")[0])
    return ""
