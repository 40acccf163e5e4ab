"""A person's hand on an output. It acts at once on the simulated Pi, and asks first if the hardware is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from hostcore.actuation import (
    Actuation,
    LightLeds,
    SetPwm,
    SwitchRelay,
    parse_color,
    parse_frequency,
    parse_leds,
    parse_percent,
)
from hostcore.events import PwmSet
from hostcore.quick_dataclass import replace
from hostcore.view.outputs import Outputs
from tui.desk import Desk
from tui.text import ago, safe
from tui.typed import with_typed

STEP = 0.05
"""The part of a period that one key adds or takes away."""


class Hand:
    """Drives outputs for the person at the screen.

    Args:
        desk: the screen around it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._agreed: int | None = None
        """The modulated line that the person has agreed to set, until the cursor leaves it."""
        self._asked: SetPwm | None = None
        """The last step of a line, and how the line was last set before it. Keys are faster than the host's answers."""
        self._before: PwmSet | None = None

    def forget(self) -> None:
        """Ask again before the next step of a line."""
        self._agreed = self._asked = None

    def switch(self, present: SwitchRelay) -> None:
        """Switch a relay over.

        Args:
            present: how it is now.
        """
        self.drive(replace(present, on=not present.on))

    def step(self, present: SetPwm, step: int) -> None:
        """Give a line more or less duty. On real hardware, this asks before the first step.

        Args:
            present: how it is now.
            step: 1 or -1.
        """
        line, last = present.line, self._outputs.modulated.get(present.line)
        if self._asked is not None and self._asked.line == line and self._before is last:
            present = self._asked
        duty = min(1.0, max(0.0, round(present.duty + step * STEP, 6)))
        if duty == present.duty:
            return
        wanted = replace(present, duty=duty)

        def begin() -> None:
            self._agreed, self._asked, self._before = line, wanted, last

        self.drive(wanted, is_agreed=self._agreed == line, begin=begin)

    async def ask_for_pwm(self, present: SetPwm) -> None:
        """Ask for the duty and the frequency of a line, and set it.

        Args:
            present: how it is now.
        """

        if self._desk.may_change():
            question = f"PWM line {present.line}: percent, and hertz"
            value = f"{present.duty * 100:.3g} {present.frequency_hz:g}"
            check, done = partial(pwm_typed, present), partial(self.set_pwm, present)
            await self._desk.ask(question, value, check=check, done=done)

    def set_pwm(self, present: SetPwm, text: str) -> None:
        """Set the duty and the frequency of a line.

        Args:
            present: how it is now.
            text: the duty and the frequency, as `pwm_typed` reads them.
        """
        with_typed(self._desk, text, partial(pwm_typed, present), self.drive)

    def light(self, text: str) -> None:
        """Light all LEDs, or some.

        Args:
            text: the colour, and which LEDs, as `leds_typed` reads them.
        """
        with_typed(self._desk, text, leds_typed, self.drive)

    def ask_for_color(self, present: LightLeds) -> None:
        """Show the colours, and light the LEDs in the one that the person chooses.

        Args:
            present: the LEDs of the row under the cursor.
        """
        from tui.outputs.color_choice import ColorChoice  # noqa: PLC0415 - the first frame should not wait for it

        def chosen(wanted: LightLeds | None) -> None:
            if wanted is not None:
                self.drive(wanted)

        if self._desk.may_change():
            self._desk.open_sheet(ColorChoice(self._desk, len(self._outputs.leds), present.first), chosen)

    @property
    def _outputs(self) -> Outputs:
        return self._desk.view.outputs

    def drive(self, actuation: Actuation, *, is_agreed: bool = False, begin: Callable[[], None] = lambda: None) -> None:
        """Drive an output. Ask first if the hardware is real.

        Args:
            actuation: what to do.
            is_agreed: the person has said yes already.
            begin: is called before it is done.
        """
        from tui.dialogs import Confirm  # noqa: PLC0415 - the first frame should not wait for it

        def do() -> None:
            begin()
            self._desk.attempt(lambda: self._desk.session.actuate(actuation))

        def answered(yes: bool | None) -> None:
            if yes:
                do()

        if is_agreed or self._is_simulated(actuation):
            do()
        elif self._desk.may_change():
            question, verb, consequence = _words(actuation, self._outputs)
            reasons = [consequence, *self._who_else(actuation)]
            self._desk.open_sheet(Confirm(self._desk, question, reasons, verb), answered)

    def _is_simulated(self, actuation: Actuation) -> bool:
        is_strip = isinstance(actuation, LightLeds)
        return self._outputs.are_leds_simulated if is_strip else self._outputs.are_lines_simulated

    def _who_else(self, actuation: Actuation) -> Iterator[str]:
        """Name the plugin that drove the output last, or the host, which does so for an alarm."""
        last = self._outputs.last(actuation)
        if last is None or last.by_person:
            return
        when = ago(self._desk.now_ns() - last.time_ns)
        if last.plugin:
            yield f"{safe(last.plugin)} drove it last, {when}, and may do so again: the last one wins."
        else:
            yield f"The host drove it last, {when}: an alarm may need it so."


def pwm_typed(present: SetPwm, text: str) -> SetPwm:
    """Return how a person wants a line to be set. The ValueError says what is allowed.

    Args:
        present: how it is now.
        text: the duty in percent, and the frequency in hertz, which stays if it is left out: ``50 1000``.
    """
    percent, _, frequency = text.strip().partition(" ")
    frequency_hz = parse_frequency(frequency) if frequency.strip() else present.frequency_hz
    return SetPwm(present.line, parse_percent(percent), frequency_hz)


def leds_typed(text: str) -> LightLeds:
    """Return which LEDs a person wants to be lit: ``red`` lights all. The ValueError says what is allowed.

    Args:
        text: the colour, and which LEDs if not all: ``ff8800 0-3``.
    """
    color, _, leds = text.strip().partition(" ")
    first, last = parse_leds(leds.strip()) if leds.strip() else (0, None)
    return LightLeds(parse_color(color), first, last)


def _words(actuation: Actuation, outputs: Outputs) -> tuple[str, str, str]:
    """The question, the verb that answers it, and what would happen."""
    match actuation:
        case SwitchRelay(relay, on):
            state = "on" if on else "off"
            place = f" on GPIO line {outputs.relay_lines[relay]}" if relay in outputs.relay_lines else ""
            return (
                f"Switch relay {safe(relay)} {state}?",
                f"Switch {state}",
                f"This is real hardware: the relay{place} switches, and what it feeds goes {state} at once.",
            )
        case SetPwm(line):
            return (
                f"Set {actuation}?",
                "Set",
                f"This is real hardware: what GPIO line {line} drives changes its power, speed or position at once.",
            )
        case LightLeds():
            return f"Light {actuation}?", "Light", "This is real hardware: the strip shows it at once."
