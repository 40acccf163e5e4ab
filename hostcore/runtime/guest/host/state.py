"""What the plugin keeps across restarts: one value, for example a baseline or a calibration."""

import json
from typing import Any

from componentize_py_types import Err
from wit_world.imports import state as _state

from .errors import Error


def load(default: Any = None) -> Any:
    """Return the value that was saved last, `default` if there is none.

    It may have been saved before a crash, a restart of the computer, or by an older version of the file. Each call
    returns a new copy.
    """
    text = _state.load()
    return default if text is None else json.loads(text)


def save(value: object) -> None:
    """Keep `value` in place of the one before. Does not block.

    The host writes it to the disk at most once a minute, and when it stops. A power cut loses the last minute.

    Args:
        value: what JSON has: numbers, text, True, False, None, and lists and dicts of these. Up to 64 KiB of JSON. A
            tuple becomes a list, and a key that is a number becomes text.

    Raises:
        Error: it is not such a value, or too large. The value before is still kept.
    """
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as problem:
        places = "".join(f", {note}" for note in getattr(problem, "__notes__", ()))
        raise Error(f"the state cannot be kept, because JSON has no such value: {problem}{places}") from None
    try:
        _state.save(text)
    except Err as err:
        raise Error(f"the state cannot be kept: {err.value}") from None
