"""``wasi-host world``: what the simulated world is like, and a person's changes of it."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

from hostcore.cli.attached import attached
from hostcore.cli.statuses import ExitStatus
from hostcore.control.remote_session import RemoteSession
from hostcore.errors import CommandLineError, HostError
from hostcore.events import CaughtUp, QuantitiesHeld
from hostcore.events.facts import QuantityFacts
from hostcore.log.safe_text import escaped
from hostcore.toml.reader import shown
from hostcore.view.world import World

OWN = "own"
"""The value that lets a quantity follow its own course again."""
PATIENCE = 5.0
"""Seconds for which the host may be silent about what is held."""
PURPOSE = "simulates the world"


def show_world(config_file: Path | None, *, as_json: bool) -> int:
    """Print the quantities of the simulated world as they are now, apart from noise. Blocks for some seconds at most.

    Args:
        config_file: the settings file that the person named, if any.
        as_json: print one JSON object.

    Returns:
        0; `ExitStatus.NOT_RUNNING` if no host runs.

    Raises:
        HostError: nothing is simulated, or the host does not answer.
    """
    session = attached(config_file, PURPOSE, QuantitiesHeld)
    if session is None:
        return ExitStatus.NOT_RUNNING
    try:
        values = _present(session)
    finally:
        session.stop()
    if as_json:
        print(json.dumps({"simulated": True, "quantities": values}))
        return ExitStatus.DONE
    for name, each in values.items():
        course = "held" if each["held"] else "its own course"
        print(f"{escaped(name):18} {each['value']:>10.5g} {escaped(str(each['unit'])):4} {course} (simulated)")
    return ExitStatus.DONE


def _present(session: RemoteSession) -> dict[str, dict[str, Any]]:
    """Return the value, the unit and whether it is held, of each quantity. Starts the session."""
    quantities, world = _quantities(session), World()
    subscription = session.subscribe(QuantitiesHeld, CaughtUp)
    session.start()
    has_caught_up = False
    while not has_caught_up:
        events = [each.event for each in subscription.take(PATIENCE)]
        if not events:
            raise HostError(f"the host said nothing for {PATIENCE:g} s")
        for event in events:
            has_caught_up = has_caught_up or isinstance(event, CaughtUp)
            if isinstance(event, QuantitiesHeld):
                world.replace(event)
    now_ns = time.time_ns()
    return {
        each.name: {
            "value": world.mean(each, session.facts.started_ns, now_ns),
            "unit": each.unit,
            "held": each.name in world.held,
        }
        for each in quantities
    }


def hold_quantity(config_file: Path | None, name: str, text: str, *, as_json: bool) -> int:
    """Hold a quantity at a value, or let it go with ``own``. Blocks for some seconds at most.

    Args:
        config_file: the settings file that the person named, if any.
        name: the quantity.
        text: the value, in its unit, or ``own``.
        as_json: print one JSON object.

    Returns:
        0; `ExitStatus.NOT_RUNNING` if no host runs.

    Raises:
        CommandLineError: the value is no number, or the host has no such quantity.
        HostError: the value is out of range, or the host does not answer.
    """
    value = None if text == OWN else _number(text)
    session = attached(config_file, PURPOSE)
    if session is None:
        return ExitStatus.NOT_RUNNING
    session.start()
    try:
        quantity = _named(session, name)
        session.hold(name, value)
    finally:
        session.stop()
    if as_json:
        print(json.dumps({"quantity": name, "held": value, "unit": quantity.unit, "simulated": True}))
    else:
        course = "follows its own course" if value is None else f"held at {value:.10g} {escaped(quantity.unit)}"
        print(f"{name} {course} (simulated)")
    return ExitStatus.DONE


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CommandLineError(f"found {shown(text)}, allowed is a number, or {OWN}")
    return value


def _quantities(session: RemoteSession) -> tuple[QuantityFacts, ...]:
    """Return the quantities of the host. Raises HostError if there are none."""
    facts = session.facts
    if not facts.quantities:
        why = "the host is older and does not tell what it simulates" if facts.is_simulated else "every bus is real"
        raise HostError(f"there is no simulated world: {why}")
    return facts.quantities


def _named(session: RemoteSession, name: str) -> QuantityFacts:
    quantities = {each.name: each for each in _quantities(session)}
    if name not in quantities:
        there = ", ".join(map(escaped, quantities))
        raise CommandLineError(f"the simulated world has no quantity {shown(name)}; it has {there}")
    return quantities[name]
