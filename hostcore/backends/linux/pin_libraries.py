"""The libraries through which gpiozero reaches the pins of a Raspberry Pi, found without importing one."""

from __future__ import annotations

import os
from importlib.util import find_spec

PIN_LIBRARIES = ("lgpio", "RPi", "pigpio")
"""In gpiozero's order, apart from its last choice, which is part of it and works only with old kernels."""
CHOICE = "GPIOZERO_PIN_FACTORY"
"""The environment variable by which a person makes gpiozero's choice."""


def has_pin_library() -> bool:
    """Whether gpiozero is installed and has such a library, or a person has chosen one."""
    if find_spec("gpiozero") is None:
        return False
    return CHOICE in os.environ or any(find_spec(library) for library in PIN_LIBRARIES)
