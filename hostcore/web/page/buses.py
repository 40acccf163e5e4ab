"""The buses on the host's page: whether each is real, how its lines and its clock are, and who on it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hostcore.events.facts import BusFacts
from hostcore.rates import Reliability, Trend
from hostcore.view.bus_health import BusHealth, BusStatus, percent
from hostcore.web.page.words import ago, plain

MINUTES = 10
"""The time that is judged."""


def buses_block(buses: Sequence[BusFacts], health: BusHealth, now_ns: int) -> str:
    """Return a list of the buses as HTML; "" if the host has none.

    Args:
        buses: the buses of host.toml.
        health: the health of those that are I2C.
        now_ns: the wall clock.
    """
    rows = "".join(_bus(each, health.of(each.name), now_ns) for each in buses)
    return f'<section id="buses"><h2>Buses</h2><ul class="rows">{rows}</ul></section>' if rows else ""


def _bus(facts: BusFacts, status: BusStatus | None, now_ns: int) -> str:
    name = plain(str(facts.name), 60)
    kind = "real" if facts.is_real else "simulated"
    reason = f" ({plain(facts.reason)})" if facts.reason else ""
    usable = "" if facts.is_usable else ' <span class="bad">✗ cannot be used</span>'
    about = "".join(f'<p class="about">{each}</p>' for each in _about(status, now_ns)) if status else ""
    stuck = f' <span class="bad">✗ {status.stuck_words}</span>' if status and status.is_stuck else ""
    cause = f'<span class="cause">{kind}{reason}</span>'
    return f'<li id="bus-{name}"><strong>{name}</strong>{usable}{stuck} {cause}{about}</li>'


def _about(status: BusStatus, now_ns: int) -> Iterator[str]:
    """What is known of an I2C bus, line by line."""
    measured, words = status.measured, [status.clock_words] if status.clock_words else []
    if measured:
        levels = (("SDA", measured.sda), ("SCL", measured.scl))
        words += [f"{line} {'high' if is_high else 'LOW'}" for line, is_high in levels if is_high is not None]
    tried = {each: of.history.minutes(MINUTES, now_ns) for each, of in sorted(status.addresses.items())}
    failing = [address for address, span in tried.items() if span.failed]
    well = sum(span.total > 0 for span in tried.values()) - len(failing)
    if well and not status.is_stuck:  # SDA that is held low looks like an answer
        words.append(f"{well} address{'es answer' if well > 1 else ' answers'} without an error")
    if words:
        yield ", ".join(words)
    for address in failing:
        rate = f"{percent(tried[address].rate)} of {tried[address].total} transfers failed in {MINUTES} min"
        yield f'<span class="bad">! 0x{address:02x}: {rate}{_more(status.addresses[address], now_ns)}</span>'


def _more(address: Reliability, now_ns: int) -> str:
    trend = address.history.trend(now_ns)
    rises = f", {trend}" if trend is not Trend.STEADY else ""
    good = f"last answered {ago(address.last_good_ns, now_ns)}" if address.last_good_ns else "never answered"
    return f"{rises}; {good}; {plain(address.last_error)}"
