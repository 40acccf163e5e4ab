"""What the plugin keeps across restarts: one value, for example a baseline or a calibration."""

from typing import Any

def load(default: Any = None) -> Any:
    """Return the value that was saved last, `default` if there is none.

    It may have been saved before a crash, a restart of the computer, or by an older version of the file. Each call
    returns a new copy.
    """

def save(value: object) -> None:
    """Keep `value` in place of the one before. Does not block.

    The host writes it to the disk at most once a minute, and when it stops. A power cut loses the last minute.

    Args:
        value: what JSON has: numbers, text, True, False, None, and lists and dicts of these. Up to 64 KiB of JSON. A
            tuple becomes a list, and a key that is a number becomes text.

    Raises:
        Error: it is not such a value, or too large. The value before is still kept.
    """
