"""A replay as JSON: a line for each call, or for each call of two versions."""

from __future__ import annotations

from typing import Any

from hostcore.events.event_json import to_json
from hostcore.hostcall import Err
from hostcore.recording.model import Ending
from hostcore.replay.comparing import Compared, Total
from hostcore.replay.running import Played
from hostcore.replay.versions import Step, Transferred


def step_json(step: Step) -> dict[str, Any]:
    """One call."""
    played = step.played
    return {
        "call": played.number,
        "function": played.recorded.function,
        "began_ns": played.recorded.began_ns,
        "took_us": played.recorded.took_us,
        "is_exact": played.is_exact,
        "is_guess": played.is_guess,
        "diverged": played.divergence is not None,
        **_result(played),
        "transfers": [_transfer(each) for each in step.transfers],
        "output": list(step.said),
    }


def compared_json(pair: Compared) -> dict[str, Any]:
    """One call of two versions."""
    return {
        "call": pair.number,
        "differs": pair.differs,
        "readings": {key: {"this": this, "against": other} for key, (this, other) in pair.readings.items()},
        "this": _side(pair.this),
        "against": _side(pair.other),
    }


def total_json(this: Total, other: Total) -> dict[str, Any]:
    """All calls of two versions."""
    return {"total": {"this": _total(this), "against": _total(other)}}


def _side(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "transfers": len(step.transfers),
        "bus_us": step.bus_us,
        "is_guess": step.played.is_guess,
        **_result(step.played),
    }


def _total(total: Total) -> dict[str, int]:
    return {
        "calls": total.calls,
        "transfers": total.transfers,
        "bus_us": total.bus_us,
        "guessed_transfers": total.guessed,
    }


def _transfer(made: Transferred) -> dict[str, Any]:
    found = to_json(made.transfer)
    return {**found, "is_guess": made.is_guess}


def _result(played: Played) -> dict[str, Any]:
    result = played.result
    crash = isinstance(result, Ending) and not played.has_left
    return {
        "result": result if isinstance(result, str) else None,
        "error": str(result.value) if isinstance(result, Err) else None,
        "crash": {"kind": result.kind, "problem": result.problem, "traceback": result.traceback} if crash else None,
    }
