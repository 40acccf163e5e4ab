"""Actions on the outputs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from tui.actions.action import Action, key_of
from tui.desk import Desk
from tui.outputs.hand import Hand
from tui.outputs.pane import OutputsPane
from tui.text import safe


def output_actions(desk: Desk, pane: OutputsPane) -> Iterator[Action]:
    """Yield the actions on all outputs."""
    hand, key = Hand(desk), key_of(OutputsPane, "drive")
    for present in pane.present:
        match present:
            case SwitchRelay(relay, is_on):
                name = safe(relay)
                title = f"Switch {name} {'off' if is_on else 'on'}"
                yield Action(f"switch {name}", title, partial(hand.switch, present), key, problem=desk.read_only)
            case SetPwm(line):
                sets = partial(hand.ask_for_pwm, present)
                yield Action(f"pwm {line}", f"Set PWM line {line}", sets, key, problem=desk.read_only)
            case LightLeds():
                yield Action("leds", "Light LEDs", partial(hand.ask_for_color, present), key, problem=desk.read_only)
