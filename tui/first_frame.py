"""Holds back the first frame of a screen until it knows what its host said before."""

from __future__ import annotations

from textual.app import App

LONGEST_HOLD = 1.0
"""Seconds for which a terminal may stay empty. A host behind a slow network needs longer; its screen says so."""


class FirstFrame:
    """Nothing is drawn while it is held: a frame of half the past would call plugins dead and readings stale.

    Args:
        app: the screen.

    Attributes:
        is_held: whether nothing is drawn.
    """

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self.is_held = False

    def hold(self) -> None:
        """Draw nothing until `show`, or for `LONGEST_HOLD` at most."""
        self.is_held = True
        self._app._begin_batch()
        self._app.set_timer(LONGEST_HOLD, self.show)

    def show(self) -> None:
        """Draw the first frame, if it is held."""
        if self.is_held:
            self.is_held = False
            self._app._end_batch()
            self._app.screen.refresh(layout=True)
