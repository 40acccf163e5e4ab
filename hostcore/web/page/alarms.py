"""The raised alarms on the host's page, each with a button that acknowledges it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from hostcore.events import AlarmRaised
from hostcore.web.page.words import plain


def alarms_block(alarms: Sequence[AlarmRaised], *, may_acknowledge: bool = True) -> str:
    """Return a list of the alarms that are raised; "" if none is.

    Args:
        alarms: the alarms, the most urgent first. There are at most as many as host.toml can have.
        may_acknowledge: whether a visitor may acknowledge them.
    """
    items = "".join(_item(each, may_acknowledge=may_acknowledge) for each in alarms)
    return f'<ul id="alarms" role="alert">{items}</ul>' if items else ""


def _item(raised: AlarmRaised, *, may_acknowledge: bool) -> str:
    name, words = escape(raised.alarm.name), plain(raised.words)
    if raised.acknowledged_ns:
        return f'<li id="alarm-{name}"><span>! alarm <strong>{name}</strong>: {words}; acknowledged</span></li>'
    button = (
        f'<span class="orders"><button type="button" data-alarm="{name}" data-order="acknowledge">Acknowledge'
        f'<span class="unseen"> {name}</span></button></span>'
    )
    return (
        f'<li id="alarm-{name}" class="raised"><span>✗ ALARM <strong>{name}</strong>: {words}</span>'
        f"{button if may_acknowledge else ''}</li>"
    )
