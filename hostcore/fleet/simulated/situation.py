"""How a simulated node is at a moment of the fleet's time."""

from __future__ import annotations

from enum import StrEnum

from hostcore.events import Confidence, Finding, State
from hostcore.fleet.simulated.troubles import Fate, Trouble
from hostcore.quick_dataclass import dataclass
from hostcore.view.condition import Condition

CRASH_TIMES = (0.0, 4.0, 10.0, 20.0, 38.0)
"""When a plugin crashes in a crash loop, seconds after its beginning. After the last crash it is quarantined."""
BACKOFF_SECONDS = (2.0, 4.0, 8.0, 16.0)
"""How long the host waits after each of the other crashes."""
ERROR = "BusError: no acknowledge from 0x77 on i2c-1"
CRASH = "KeyError: 'gain' in {plugin}.py line 9"


class Presence(StrEnum):
    """What the broker and the fleet notice of a node."""

    ONLINE = "online"
    OFFLINE = "offline"
    """It has no supply."""
    AWAY = "away"
    """It runs, but cannot reach the broker."""
    SILENT = "silent"
    """It says nothing, and the broker believes that it is online."""


@dataclass(frozen=True, slots=True)
class Situation:
    """How a node is. It has one plugin, the victim, that can be in trouble; the others run."""

    presence: Presence = Presence.ONLINE
    state: State = State.RUNNING
    """Of the victim."""
    condition: Condition = Condition.RUNNING
    """Of the victim."""
    crashes: int = 0
    """Crashes of the victim in this episode."""
    is_failing: bool = False
    """Whether the victim only reports errors, for which a finding says why."""
    is_removed: bool = False
    """Whether the victim is no plugin of the node."""
    is_alarmed: bool = False
    is_loaded: bool = False

    @property
    def reads(self) -> bool:
        """Whether the victim has readings."""
        return self.state is State.RUNNING and not (self.is_failing or self.is_removed)


WELL = Situation()
_PRESENCES = {
    Trouble.OFFLINE: Presence.OFFLINE,
    Trouble.SILENT: Presence.SILENT,
    Trouble.OUTAGE: Presence.AWAY,
    Trouble.LOSSES: Presence.AWAY,
    Trouble.TWIN: Presence.AWAY,
}
_OTHERS = {
    Trouble.FINDINGS: Situation(condition=Condition.FAILING, is_failing=True),
    Trouble.REMOVED: Situation(is_removed=True),
    Trouble.ALARMS: Situation(is_alarmed=True),
    Trouble.LOAD: Situation(is_loaded=True),
    **{trouble: Situation(presence=presence) for trouble, presence in _PRESENCES.items()},
}


def situation_of(fate: Fate | None, elapsed: float) -> Situation:
    """Return how a node is.

    Args:
        fate: what is wrong with it; None if nothing is.
        elapsed: seconds since the start of the fleet.
    """
    lasted = fate.episodes.at(elapsed) if fate else None
    if fate is None or lasted is None:
        return WELL
    return _in_crash_loop(lasted) if fate.trouble is Trouble.CRASHES else _OTHERS.get(fate.trouble, WELL)


def _in_crash_loop(lasted: float) -> Situation:
    crashes = sum(time <= lasted for time in CRASH_TIMES)
    if crashes == len(CRASH_TIMES):
        return Situation(state=State.QUARANTINED, condition=Condition.QUARANTINED, crashes=crashes)
    if lasted < CRASH_TIMES[crashes - 1] + BACKOFF_SECONDS[crashes - 1]:
        return Situation(state=State.BACKOFF, condition=Condition.BACKOFF, crashes=crashes)
    return Situation(crashes=crashes)


def finding_about(plugin: str) -> Finding:
    """Return why the plugin fails."""
    return Finding(
        "silent-address",
        f"0x77 on i2c-1 is silent, for {plugin} and in a scan.",
        "Check the chip's supply and its wires.",
        Confidence.CERTAIN,
        plugin=plugin,
        is_simulated=True,
    )


def reason_of(situation: Situation, plugin: str) -> str:
    """Return why the victim is as it is; "" if it is well."""
    if situation.is_failing:
        return finding_about(plugin).sentence
    if situation.state is State.QUARANTINED:
        return f"crashed {situation.crashes} times; the last time: {CRASH.format(plugin=plugin)}"
    return CRASH.format(plugin=plugin) if situation.state is State.BACKOFF else ""
