"""Two versions of a driver on one recording, side by side."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from hostcore.cli.lines import say
from hostcore.cli.replay_json import compared_json, total_json
from hostcore.hostcall import Err
from hostcore.log.safe_text import counted, escaped
from hostcore.recording.model import Ending
from hostcore.replay.comparing import Compared, Total, compared
from hostcore.replay.versions import Step

LABEL = 24
"""Columns of the labels at the left."""
COLUMN = 24
"""Columns of a version."""
MARK = "~"
"""Stands before what rests on a guess."""


def against(
    names: tuple[str, str], versions: tuple[Iterable[Step], Iterable[Step]], *, last: int | None, as_json: bool
) -> int:
    """Play two versions and print the last calls in which they differ, and the totals.

    Args:
        names: names of the versions.
        versions: the steps of each.
        last: how many calls are shown; None for all.
        as_json: print each call as a line of JSON, and the totals as another.

    Returns:
        0; 1 if the versions differ.
    """
    shown, totals, differing = deque[Compared](maxlen=last), (Total(), Total()), 0
    for pair in compared(*versions):
        totals[0].add(pair.this)
        totals[1].add(pair.other)
        differing += pair.differs
        if as_json or pair.differs:
            shown.append(pair)
    if as_json:
        for pair in shown:
            print(json.dumps(compared_json(pair)))
        print(json.dumps(total_json(*totals)))
    else:
        for line in _table(names, shown, totals, differing):
            say(line)
    return int(differing > 0)


def _table(
    names: tuple[str, str], shown: Iterable[Compared], totals: tuple[Total, Total], differing: int
) -> Iterator[str]:
    yield _row("", *names)
    for pair in shown:
        yield from _call(pair)
    this, other = totals
    yield _row("all calls", f"{this.calls:,}", f"{other.calls:,}")
    yield _row("  transfers", f"{this.transfers:,}", f"{other.transfers:,}")
    yield _row("  time on the buses", _ms(this.bus_us), _ms(other.bus_us))
    if this.guessed or other.guessed:
        yield _row("  transfers guessed", f"{this.guessed:,}", f"{other.guessed:,}")
        yield f"{MARK} rests on a guess: the recording does not have these answers"
    yield f"different: {counted(differing, 'call')}" if differing else "no call differs"


def _call(pair: Compared) -> Iterator[str]:
    function = pair.recorded.function.partition("#")[2]
    yield _row(f"#{pair.number} {function}", _result(pair.this), _result(pair.other))
    for key, (this, other) in pair.readings.items():
        yield _row(f"  {key}", _value(pair.this, this), _value(pair.other, other))
    yield _row("  transfers", _transfers(pair.this), _transfers(pair.other))


def _row(label: str, this: str, other: str) -> str:
    return f"{_cell(label, LABEL)}  {_cell(this, COLUMN)}  {_cell(other, COLUMN)}".rstrip()


def _cell(text: str, width: int) -> str:
    text = escaped(text)
    return (text if len(text) <= width else text[: width - 1] + "…").ljust(width)


def _result(step: Step | None) -> str:
    if step is None:
        return "ended before"
    result = step.played.result
    if isinstance(result, Ending):
        return f"crashed ({result.kind})" if result.kind else "was stopped"
    return f"error: {result.value}" if isinstance(result, Err) else "returned"


def _value(step: Step | None, value: Any) -> str:
    if step is None or value is None:
        return "-"
    return (MARK if step.played.is_guess else "") + json.dumps(value)


def _transfers(step: Step | None) -> str:
    if step is None:
        return "-"
    mark = MARK if any(each.is_guess for each in step.transfers) else ""
    return f"{mark}{len(step.transfers)} in {_ms(step.bus_us)}"


def _ms(microseconds: int) -> str:
    return f"{microseconds / 1000:,.2f} ms"
