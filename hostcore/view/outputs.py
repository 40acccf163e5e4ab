"""What the LEDs, relays and modulated lines were last set to."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.events import LedsShown, PwmSet, RelaySwitched
from hostcore.events.facts import HostFacts, PluginFacts
from hostcore.permissions import PwmPermission

OFF = (0, 0, 0)


class Outputs:
    """Everything that plugins can drive.

    Attributes:
        shown: the last colours of the LEDs, if anybody has set them.
        relays: each relay of host.toml, and how it was last switched; None before the first time.
        pwm: likewise each line that a plugin may modulate.
    """

    def __init__(self, facts: HostFacts) -> None:
        self.shown: LedsShown | None = None
        self.relays: dict[str, RelaySwitched | None] = dict.fromkeys(facts.relays)
        self.pwm: dict[int, PwmSet | None] = {}
        self._leds = facts.leds

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.leds or self.relays or self.pwm)

    @property
    def leds(self) -> tuple[tuple[int, int, int], ...]:
        """Red, green and blue of every LED; they are dark until somebody sets them."""
        return self.shown.colors if self.shown else (OFF,) * self._leds

    def know(self, plugins: Iterable[PluginFacts]) -> None:
        """The plugins are these now: a line that none may modulate any more is forgotten."""
        permissions = (permission for plugin in plugins for permission in plugin.permissions)
        lines = {each.line for each in permissions if isinstance(each, PwmPermission)}
        self.pwm = {line: self.pwm.get(line) for line in sorted(lines)}

    def show(self, event: LedsShown) -> None:
        """The LEDs have new colours."""
        self.shown = event

    def switch(self, event: RelaySwitched) -> None:
        """A relay went on or off."""
        self.relays[event.relay] = event

    def modulate(self, event: PwmSet) -> None:
        """A line was set."""
        self.pwm[event.line] = event
