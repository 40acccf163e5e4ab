"""The kept state, for one plugin. It needs no permission: it reaches no device, and it is bounded."""

from __future__ import annotations

from hostcore.errors import KeptStateError
from hostcore.kept_state.state import MOST_BYTES
from hostcore.plugin.gate import Gate
from hostcore.strict_json import value_of


class PluginState:
    """What one plugin keeps across restarts: a JSON value as text. For the plugin's own thread.

    Args:
        gate: the plugin's gate.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def load(self) -> str | None:
        """Return what was saved last, also by an earlier instance or host. None if nothing was.

        Blocks as long as the disk does, at the first time.
        """
        return self._gate.kit.state.load()

    def save(self, text: str) -> None:
        """Keep `text`, up to 65,536 bytes of JSON. Does not block: the host writes it to the disk later.

        Raises:
            KeptStateError: it is too large, or is not JSON. What was kept before stays.
        """
        require_state(text)
        self._gate.keep(text)


def require_state(text: str) -> None:
    """Require that a plugin may keep `text`.

    Raises:
        KeptStateError: it is too large, or is not JSON.
    """
    size = len(text.encode())
    if size > MOST_BYTES:
        raise KeptStateError(f"the state has {size:,} bytes of JSON; {MOST_BYTES:,} are allowed")
    try:
        value_of(text)
    except ValueError as problem:
        raise KeptStateError(f"the state {problem}") from None
