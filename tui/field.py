"""A field for one line of text, which takes keys in the order in which they were pressed."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class Field(Input):
    """Textual's field, whose editing keys act at once.

    Textual lets a key such as Backspace pass through all widgets above before it acts. Letters act at once, so they
    would overtake it when several keys come together, as behind a slow connection: Backspace would delete them.

    Args:
        value: the text that can be edited.
        longest: the most characters.
    """

    def __init__(self, value: str, longest: int) -> None:
        super().__init__(value, compact=True, select_on_focus=False, max_length=longest)
        self.cursor_blink = False

    async def _on_key(self, event: events.Key) -> None:
        """Act on an editing key. Textual calls this, and then its own handler of letters."""
        if bindings := self._bindings.key_to_bindings.get(event.key):
            event.stop()
            event.prevent_default()
            await self.run_action(bindings[0].action)
