"""The LEDs, relays and modulated lines, as they were last set."""

from __future__ import annotations

from hostcore.actuation import Actuation, LightLeds, SetPwm, SwitchRelay
from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.permissions import PwmPermission
from hostcore.place import GPIO
from hostcore.view.part import Part, Takers

OFF = (0, 0, 0)
"""The colour of a dark LED."""


class Outputs(Part):
    """Everything that plugins and people can drive.

    Args:
        facts: the host, which says how many LEDs and which relays there are.

    Attributes:
        shown: the last colours of the LEDs; None before a plugin sets them.
        relays: each relay of host.toml, and how it was last switched; None before the first time.
        pwm: each line that a plugin may modulate, and how it was last set; None before the first time.
        relay_lines: the BCM number of each relay's line, as far as the host tells it.
        modulated: how each line was last set, also those that no plugin may modulate any more.
        are_leds_simulated: whether the LEDs are on a bus of the simulated Pi.
        are_lines_simulated: whether the relays and the modulated lines are lines of the simulated Pi.
    """

    def __init__(self, facts: HostFacts) -> None:
        self.shown: LedsShown | None = None
        self.relays: dict[str, RelaySwitched | None] = {}
        self.pwm: dict[int, PwmSet | None] = {}
        self.modulated: dict[int, PwmSet] = {}
        self.know_host(facts)

    def know_host(self, facts: HostFacts) -> None:
        """Learn what the host has. It may have been started again with other settings."""
        self.relays = {name: self.relays.get(name) for name in facts.relays}
        self.relay_lines = dict(zip(facts.relays, facts.relay_lines, strict=False))
        self._leds = facts.leds
        self.are_leds_simulated, self.are_lines_simulated = facts.simulates(facts.leds_bus), facts.simulates(GPIO)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.leds or self.relays or self.pwm)

    def takes(self) -> Takers:
        return {LedsShown: self.show, RelaySwitched: self.switch, PwmSet: self.modulate}

    @property
    def leds(self) -> tuple[tuple[int, int, int], ...]:
        """Red, green and blue of every LED. They are dark until a plugin sets them."""
        return self.shown.colors if self.shown else (OFF,) * self._leds

    def last(self, actuation: Actuation) -> LedsShown | RelaySwitched | PwmSet | None:
        """Return how the output was driven last that a person wants to drive; None before the first time."""
        match actuation:
            case SwitchRelay(relay):
                return self.relays.get(relay)
            case SetPwm(line):
                return self.modulated.get(line)
            case LightLeds():
                return self.shown

    @staticmethod
    def driver(event: LedsShown | RelaySwitched | PwmSet) -> str:
        """Return who set an output, in words: a plugin's name as it is, an alarm, "a person", or "the host"."""
        if isinstance(event, RelaySwitched) and event.alarm:
            return f"the alarm {event.alarm}"
        return event.plugin or event.through or ("a person" if event.by_person else "the host")

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Learn which lines plugins may modulate now."""
        permissions = (permission for plugin in plugins for permission in plugin.permissions)
        lines = {each.line for each in permissions if isinstance(each, PwmPermission)}
        self.pwm = {line: self.modulated.get(line) for line in sorted(lines)}

    def show(self, event: LedsShown) -> None:
        """The LEDs have new colours."""
        self.shown = event

    def switch(self, event: RelaySwitched) -> None:
        """A relay went on or off."""
        self.relays[event.relay] = event

    def modulate(self, event: PwmSet) -> None:
        """A line was set."""
        self.pwm[event.line] = self.modulated[event.line] = event
