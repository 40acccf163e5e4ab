"""Actions on the outputs. Their words are those of ``wasi-host relay``, ``pwm`` and ``leds``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from hostcore.actuation import LightLeds, SetPwm, SwitchRelay
from tui.actions.action import Action, key_of
from tui.commands import drive
from tui.desk import Desk
from tui.outputs.hand import Hand
from tui.outputs.pane import OutputsPane
from tui.text import safe


def output_actions(desk: Desk, pane: OutputsPane) -> Iterator[Action]:
    """Yield the actions on all outputs."""
    hand, key, refused = Hand(desk), key_of(OutputsPane, "drive"), desk.read_only
    has_leds = False
    for present in pane.present:
        match present:
            case SwitchRelay(relay):
                for wanted in (SwitchRelay(relay, True), SwitchRelay(relay, False)):
                    title = f"Switch {safe(relay)} {'on' if wanted.on else 'off'}"
                    words = " ".join(drive(wanted))
                    yield Action(words, title, partial(hand.drive, wanted), key, command=drive(wanted), problem=refused)
            case SetPwm(line):
                yield Action(
                    " ".join(drive(present)[:2]),
                    f"Set PWM line {line}",
                    partial(hand.ask_for_pwm, present),
                    key,
                    "PERCENT HZ",
                    partial(hand.set_pwm, present),
                    problem=refused,
                )
            case LightLeds() if not has_leds:
                has_leds = True
                yield Action(
                    drive(present)[0],
                    "Light LEDs",
                    partial(hand.ask_for_color, present),
                    key,
                    "COLOUR LEDS",
                    hand.light,
                    problem=refused,
                )
