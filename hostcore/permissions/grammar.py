"""The text of permissions, as host.toml has it; `str` of a permission is its canonical text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hostcore.permissions.actuators import FORMS as ACTUATOR_FORMS
from hostcore.permissions.actuators import ActuatorPermission
from hostcore.permissions.buses import FORMS as BUS_FORMS
from hostcore.permissions.buses import BusPermission

Permission = BusPermission | ActuatorPermission
"""One thing that a plugin may do."""

_FORMS: Mapping[str, tuple[str, str, Callable[..., Permission]]] = {**BUS_FORMS, **ACTUATOR_FORMS}
"""For each kind: how to say it, the pattern of its text, and what makes a permission of the pattern's groups."""


def parse_permission(text: str) -> Permission:
    """The permission that `text` stands for, such as ``"i2c:1:0x08-0x77:read"`` or ``"gpio:4:pulses"``.

    Raises:
        ValueError: it stands for none; the message is one line that says what is allowed.
    """
    kind = text.partition(":")[0]
    if kind not in _FORMS:
        raise ValueError("; ".join(form for form, _, _ in _FORMS.values()))
    form, pattern, make = _FORMS[kind]
    match = re.fullmatch(pattern, text)
    if match is None:
        raise ValueError(form)
    return make(*match.groups())
