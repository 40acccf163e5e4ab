"""Renders templates as Home Assistant does: in Jinja's sandbox, with the payload as ``value`` and ``value_json``."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from jinja2.sandbox import ImmutableSandboxedEnvironment

_ENVIRONMENT = ImmutableSandboxedEnvironment()
_ENVIRONMENT.globals["now"] = lambda: datetime.now(UTC)
_ENVIRONMENT.globals["state_attr"] = lambda _entity, _name: None


def rendered(template: str, payload: bytes | str, **more: Any) -> str:
    """Return the state that Home Assistant would show for a payload."""
    text = payload.decode() if isinstance(payload, bytes) else payload
    names = {"value": text, **more}
    with suppress(ValueError):  # Home Assistant leaves it out
        names["value_json"] = json.loads(text)
    return _ENVIRONMENT.from_string(template).render(names).strip()
