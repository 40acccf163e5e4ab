"""How a node is doing, in a word and a sentence."""

from __future__ import annotations

from hostcore.broker.bodies import NodeHealth
from hostcore.clock import duration
from hostcore.fleet.model import Standing

PATIENCE = 2.5
"""A node is silent if nothing comes for this many times as long as it said."""


def conflict(runs: tuple[str, str], why: str) -> tuple[Standing, str]:
    """Return the standing of a name under which two hosts publish, or somebody who is no host.

    Args:
        runs: those of the two.
        why: what tells of it; "" if that is the two runs.
    """
    if why:
        return Standing.CONFLICT, f"likely two hosts, or a stranger, publish under this name: {why}"
    return Standing.CONFLICT, (
        f"likely two hosts publish under this name, runs {' and '.join(runs)}: give one of them another node in [mqtt] "
        "of its host.toml"
    )


def named_twice(told: str) -> tuple[Standing, str]:
    """Return the standing of a node whose own host says that another one has its name.

    Args:
        told: what it says.
    """
    return Standing.CONFLICT, told


def offline() -> tuple[Standing, str]:
    """Return the standing of a node that the broker calls offline."""
    return Standing.OFFLINE, "its host has ended, or has lost the broker"


def silent(next_seconds: float, *, is_kept: bool, is_unreadable: bool) -> tuple[Standing, str]:
    """Return the standing of a node from which nothing came.

    Args:
        next_seconds: what it has promised.
        is_kept: whether all that we know is by its own clock.
        is_unreadable: whether something came that cannot be read.
    """
    nothing = "nothing readable" if is_unreadable else "nothing"
    by = " (by its own clock)" if is_kept else ""
    return Standing.SILENT, (
        f"{nothing} came for {duration(PATIENCE * next_seconds)} or longer{by}, although the broker calls it online"
    )


def unknown(problem: str) -> tuple[Standing, str]:
    """Return the standing of a node that has not said how it is.

    Args:
        problem: what of its messages cannot be read; "" for nothing.
    """
    return Standing.UNKNOWN, problem or "it has not said yet how it is"


def by_health(health: NodeHealth, clock_off: float | None) -> tuple[Standing, str]:
    """Return the standing of a node that is there.

    Args:
        health: what it says.
        clock_off: seconds by which its clock is ahead of ours; None if the clocks agree.
    """
    if trouble := _trouble(health):
        return Standing.TROUBLE, trouble
    if health.findings_count:
        sentence = health.findings[0].sentence if health.findings else _ELSEWHERE
        return Standing.FINDINGS, sentence + _more(health.findings_count)
    if clock_off is not None:
        side = "ahead of" if clock_off > 0 else "behind"
        return Standing.FINDINGS, f"its clock is {duration(abs(clock_off))} {side} ours"
    return Standing.OK, ""


_ELSEWHERE = "see its own screen"


def _trouble(health: NodeHealth) -> str:
    """Return the worst trouble in words; "" if there is none."""
    if health.troubled_count and health.troubled:
        worst = health.troubled[0]
        why = f": {worst.reason}" if worst.reason else ""
        return f"{worst.plugin} {worst.condition}{why}{_more(health.troubled_count)}"
    if health.alarms_count and health.alarms:
        return f"alarm {health.alarms[0]}{_more(health.alarms_count)}"
    return _ELSEWHERE if health.troubled_count or health.alarms_count else ""


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
