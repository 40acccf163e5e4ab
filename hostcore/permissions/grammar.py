"""Reads permissions from text, as in host.toml. `str` of a permission is its canonical text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hostcore.permissions.actuators import FORMS as ACTUATOR_FORMS
from hostcore.permissions.actuators import ActuatorPermission
from hostcore.permissions.buses import FORMS as BUS_FORMS
from hostcore.permissions.buses import BusPermission

Permission = BusPermission | ActuatorPermission
"""Any permission."""

_FORMS: Mapping[str, tuple[str, str, Callable[..., Permission]]] = {**BUS_FORMS, **ACTUATOR_FORMS}
"""For each kind: its form for a person, its pattern, and a function that makes a permission from the groups."""


def parse_permission(text: str) -> Permission:
    """Return the permission for a text such as ``"i2c:1:0x08-0x77:read"`` or ``"gpio:4:pulses"``.

    Raises:
        ValueError: the text is not a permission; the message is one line that says what is allowed.
    """
    kind = text.partition(":")[0]
    if kind not in _FORMS:
        raise ValueError("; ".join(form for form, _, _ in _FORMS.values()))
    form, pattern, make = _FORMS[kind]
    match = re.fullmatch(pattern, text)
    if match is None:
        raise ValueError(form)
    return make(*match.groups())
