"""Text that a person typed: a prompt has checked it, the ``:`` line has not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tui.desk import Desk
from tui.text import refusal

T = TypeVar("T")


def with_typed(desk: Desk, text: str, read: Callable[[str], T], do: Callable[[T], object]) -> None:
    """Do something with what a person typed, or tell them what is allowed.

    Args:
        desk: the screen, which tells them.
        text: what they typed.
        read: reads it. Its ValueError says what is allowed.
        do: is called with what was read.
    """
    try:
        found = read(text)
    except ValueError as allowed:
        desk.say(refusal(text, allowed))
    else:
        do(found)
