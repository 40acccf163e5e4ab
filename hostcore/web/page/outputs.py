"""The outputs on the host's page: how they are, and buttons that drive them where that is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from hostcore.actuation import USUAL_HZ
from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.quick_dataclass import dataclass
from hostcore.view.outputs import Outputs
from hostcore.web.page.words import plain


def outputs_block(outputs: Outputs, why_not: str) -> str:
    """Return a list of the outputs as HTML; "" if there are none.

    Args:
        outputs: the outputs.
        why_not: text that says why nobody can drive them here; "" if the page gets buttons for that.
    """
    if not outputs:
        return ""
    rows = "".join(_row(each, outputs, may_drive=not why_not) for each in _rows(outputs))
    words = f"<p>{plain(why_not)}</p>" if why_not else ""
    return f'<section id="outputs"><h2>Outputs</h2><ul class="rows">{rows}</ul>{words}</section>'


@dataclass(frozen=True, slots=True)
class _Button:
    """A button that drives an output."""

    words: str
    kind: str
    """The last part of its address, as in `hostcore.web.outputs`."""
    body: Mapping[str, Any]
    ask: str
    """What it asks first on real hardware."""
    taken: str = ""
    """What of its row's fields goes into the body: "pwm", "color" or nothing."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One output."""

    name: str
    state: str
    """How it is, as HTML."""
    last: LedsShown | RelaySwitched | PwmSet | None
    is_simulated: bool
    buttons: tuple[_Button, ...]
    field: str = ""
    """HTML of the fields before the buttons."""


def _rows(outputs: Outputs) -> Iterator[_Row]:
    for name, switched in outputs.relays.items():
        yield _relay(name, switched, outputs)
    for line, modulated in outputs.pwm.items():
        yield _pwm(line, modulated, outputs.are_lines_simulated)
    if outputs.leds:
        yield _leds(outputs)


def _relay(name: str, switched: RelaySwitched | None, outputs: Outputs) -> _Row:
    is_on = switched is not None and switched.on
    verb = "off" if is_on else "on"
    place = f" on GPIO line {outputs.relay_lines[name]}" if name in outputs.relay_lines else ""
    ask = f"Switch relay {name}{place} {verb}? This is real hardware: what it feeds goes {verb} at once."
    button = _Button(f"Switch {verb}", "relay", {"relay": name, "on": not is_on}, ask)
    state = '<span class="running">● on</span>' if is_on else '<span class="stopped">○ off</span>'
    return _Row(f"relay {name}", state, switched, outputs.are_lines_simulated, (button,))


def _pwm(line: int, modulated: PwmSet | None, is_simulated: bool) -> _Row:
    name = f"PWM line {line}"
    duty, frequency_hz = (modulated.duty, modulated.frequency_hz) if modulated else (0.0, USUAL_HZ)
    state = f"{duty:.0%} of {frequency_hz:g} Hz" if modulated else '<span class="stopped">not set</span>'
    field = (
        f'<label>percent <span class="unseen">of {name}</span><input type="number" name="percent" '
        f'min="0" max="100" step="any" inputmode="decimal" value="{duty * 100:.3g}"></label>'
        f'<label>Hz <span class="unseen">of {name}</span><input type="number" name="frequency_hz" '
        f'min="0" step="any" inputmode="decimal" value="{frequency_hz:.6g}"></label>'
    )
    ask = f"Set {name} to this duty and frequency? This is real hardware: what it drives changes at once."
    button = _Button("Set", "pwm", {"line": line}, ask, "pwm")
    return _Row(name, state, modulated, is_simulated, (button,), field)


def _leds(outputs: Outputs) -> _Row:
    colors = outputs.leds
    lit = [color for color in colors if any(color)]
    dots = "".join(
        f'<circle cx="{10 * place + 5}" cy="5" r="4" fill="#{bytes(color).hex()}" stroke="currentColor"/>'
        for place, color in enumerate(colors)
    )
    words, width = f"{len(colors)} LEDs, {len(lit)} lit", 10 * len(colors)
    state = f'<svg role="img" aria-label="{words}" viewBox="0 0 {width} 10" width="{width}">{dots}</svg> {words}'
    color = bytes(lit[0] if lit else (255, 255, 255)).hex()
    field = f'<label><span class="unseen">Colour of all LEDs</span><input type="color" value="#{color}"></label>'
    ask = "Light all LEDs in this colour? This is real hardware: the strip shows it at once."
    buttons = (
        _Button("Light all", "leds", {}, ask, "color"),
        _Button("All off", "leds", {"color": [0, 0, 0]}, "Switch all LEDs off? This is real hardware."),
    )
    return _Row("LEDs", state, outputs.shown, outputs.are_leds_simulated, buttons, field)


def _row(row: _Row, outputs: Outputs, *, may_drive: bool) -> str:
    words = [*(["simulated"] if row.is_simulated else []), *([f"by {outputs.driver(row.last)}"] if row.last else [])]
    buttons = "".join(_button(each, row) for each in row.buttons)
    controls = f'<span class="orders">{row.field}{buttons}</span>' if may_drive else ""
    return (
        f'<li id="output-{escape(row.name.replace(" ", "-"))}"><strong>{plain(row.name, 60)}</strong> '
        f'<span>{row.state}</span> <span class="cause">{plain(", ".join(words))}</span>{controls}</li>'
    )


def _button(button: _Button, row: _Row) -> str:
    ask = "" if row.is_simulated else button.ask
    return (
        f'<button type="button" data-output="{button.kind}" data-body="{escape(json.dumps(button.body))}" '
        f'data-ask="{escape(ask)}" data-taken="{button.taken}">{button.words}'
        f'<span class="unseen"> {plain(row.name, 60)}</span></button>'
    )
