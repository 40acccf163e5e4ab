"""What stands at the top of every tab: whether the hardware is real, how the plugins are, and all that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from hostcore.events import ConnectionLost, State
from hostcore.events.facts import HostFacts
from hostcore.quick_dataclass import dataclass
from hostcore.view.bus_health import HealthTrouble
from hostcore.view.condition import Condition
from hostcore.view.problems import Problem
from hostcore.web.page.alarms import alarms_block
from hostcore.web.page.problems import problems_block
from hostcore.web.page.words import clock_time, plain

LONGEST = 300
"""The most characters of a line at the top."""
SIGNS: Mapping[Condition, str] = MappingProxyType(
    {
        Condition.QUARANTINED: "✗",
        Condition.BACKOFF: "!",
        Condition.BUS_STUCK: "!",
        Condition.FAILING: "!",
        Condition.TROUBLE: "!",
        Condition.OLD_VERSION: "!",
        Condition.LOADING: "…",
        Condition.DISCOVERED: "…",
        Condition.RUNNING: "✓",
        Condition.STOPPED: "–",
    }
)
"""A sign for each condition, so that colour is not the only difference."""


@dataclass(frozen=True, slots=True)
class PluginRow:
    """One plugin, as the bar shows it."""

    name: str
    state: State
    condition: Condition
    """How it is doing. One that runs may be in trouble."""
    reason: str
    """One line of text: why it is doing so."""
    since_ns: int = 0
    """Since when it is doing so, nanoseconds since the Unix epoch; 0 if that is not known."""


@dataclass(frozen=True, slots=True)
class Top:
    """What stands at the top of every tab."""

    facts: HostFacts
    plugins: tuple[PluginRow, ...]
    """All plugins, in display order."""
    faults: tuple[str, ...] = ()
    """The faults on demand, each in a few words."""
    problems: tuple[Problem, ...] = ()
    """Everything that is wrong, the worst first."""
    troubles: tuple[HealthTrouble, ...] = ()
    """What is not well with the buses and the supply, the worst first."""
    held: tuple[str, ...] = ()
    """The quantities of the simulated world that a person holds, each in a few words."""
    why_not: str = ""
    """Why no order can be given here, as a sentence; "" if orders can be given."""
    lost: ConnectionLost | None = None
    """Why and since when nothing is known of a host in another process; None while it is known."""


THEME = '<button type="button" id="theme" data-own class="orders"></button>'
"""Switches between dark and light. ``theme.js`` writes what is chosen into it."""


def bar(top: Top) -> str:
    """Return the top of the page as HTML."""
    alarms = [each.alarm for each in top.problems if each.alarm]
    read_only = '<p id="read-only">READ-ONLY</p>' if top.why_not else ""
    return (
        f'<header id="host">{_hardware(top.facts)}{read_only}<h1>{plain(top.facts.host_name, 60)}</h1>'
        f'<p id="states" role="status">{_states(top.plugins)}</p>{THEME}</header>'
        f'<section id="wrong" aria-label="What is wrong">{_lost(top.lost)}{_faults(top.faults)}{_held(top.held)}'
        f"{_health(top.troubles)}{alarms_block(alarms, may_acknowledge=not top.why_not)}"
        f'{problems_block(top.problems)}<p id="notice" role="status"></p></section>'
    )


def _lost(lost: ConnectionLost | None) -> str:
    if lost is None:
        return ""
    since = f"NO CONNECTION to the host since {clock_time(lost.time_ns)}: nothing here is newer."
    return f'<p id="lost" role="alert">{since} {plain(lost.problem, LONGEST)}</p>'


def _faults(faults: Sequence[str]) -> str:
    return f'<p id="faults" role="alert">FAULTS ON: {plain("; ".join(faults), LONGEST)}</p>' if faults else ""


def _held(held: Sequence[str]) -> str:
    """Which quantities are held, in the same words as on the screen."""
    words = plain("; ".join(held), LONGEST)
    return f'<p id="held" role="status">SIMULATED, held by a person: {words}</p>' if held else ""


def _health(troubles: Sequence[HealthTrouble]) -> str:
    """The health of the buses and the supply, in the same words as on the screen."""
    words = "".join(f'<span class="{"bad" if each.is_grave else "warn"}">! {each.text}</span>' for each in troubles)
    return f'<p id="health" role="status">{words}</p>' if words else ""


def _hardware(facts: HostFacts) -> str:
    """Whether the hardware is real, in the same words as on the screen."""
    if not facts.is_simulated:
        return f'<p id="hardware" class="real">{"REAL HARDWARE" if facts.buses else "NO BUSES"}</p>'
    is_all = all(not bus.is_real for bus in facts.buses)
    return f'<p id="hardware" class="simulated">{"SIMULATED" if is_all else "PARTLY SIMULATED"}</p>'


def _states(plugins: Iterable[PluginRow]) -> str:
    """``✗ 1 quarantined  ! 1 failing  ✓ 5 running``."""
    found = Counter(plugin.condition for plugin in plugins)
    words = [
        f'<span class="{class_of(each)}">{SIGNS[each]} {found[each]} {each}</span>' for each in Condition if found[each]
    ]
    return " ".join(words) or "no plugins"


def class_of(condition: Condition) -> str:
    """The class of the style sheet."""
    return "troubled" if condition.is_troubled else condition.value
