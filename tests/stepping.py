"""Records plugins in a sandbox, lets them crash, and traces their recordings."""

from __future__ import annotations

import contextlib
import json

from hostcore.errors import HostError
from hostcore.recording.model import Recording
from hostcore.replay.prepared import prepared_of
from hostcore.stepping.model import Shown, Step, StepKind, Value
from hostcore.stepping.trace import Trace
from hostcore.stepping.tracer import Tracer
from tests.replaying import Recorded
from tests.sandbox import Sandbox

CRASHES = """\
from host import i2c
total = 0
class Light:
    def __init__(self, address):
        self.address = address
        self.seen = []
    def raw(self):
        high, low = i2c.read(self.address, 2)
        return high << 8 | low
    def read(self):
        value = checked(self.raw())
        self.seen.append(value)
        return value + 1
def checked(value):
    if len(light.seen) == 3:
        raise ValueError(f"found {value:#x}")
    return value
light = Light(0x23)
i2c.write(0x23, bytes([0x10]))
def read():
    global total
    lux = light.read()
    total += lux
    return {"lux": lux}
"""
"""A driver that crashes at its fourth reading, in a helper."""


def recorded(
    sandbox: Sandbox, source: str, *permissions: str, calls: int = 1, call: str = "read", **options: object
) -> Recording:
    """The recording of a plugin that is called so often, or until it crashes."""
    recorder = Recorded(sandbox)
    with contextlib.suppress(HostError):
        plugin = recorder.load(source, *permissions, **options)
        for _ in range(calls):
            plugin.read() if call == "read" else plugin.update("{}")
    return recorder.recording


def tracer(sandbox: Sandbox, recording: Recording, source: str | None = None) -> Tracer:
    """What traces a recording, or another version of its driver on it."""
    return Tracer(sandbox.runtime, prepared_of(sandbox.runtime, recording.header, source=source), recording)


def traced(sandbox: Sandbox, source: str, *permissions: str, calls: int = 1, **options: object) -> Trace:
    """The trace of the newest calls of a plugin. The trace makes no transfer on any bus."""
    recording = recorded(sandbox, source, *permissions, calls=calls, **options)
    before = len(sandbox.events)
    trace = tracer(sandbox, recording).window()
    assert trace is not None, "nobody stopped it"
    assert len(sandbox.events) == before, "a replay touches no hardware"
    return trace


def steps(trace: Trace) -> list[Step]:
    """All steps."""
    return [trace.step(number) for number in range(len(trace))]


def ran(trace: Trace, function: str | None = None) -> list[int]:
    """The lines that ran, of one function or of all."""
    return [
        each.line
        for each in steps(trace)
        if each.kind is StepKind.LINE and function in {None, each.frame.code.function}
    ]


def at(trace: Trace, line: int, nth: int = 0) -> int:
    """The step before a line runs, the first or another time."""
    return [each.number for each in steps(trace) if each.line == line and each.kind is StepKind.LINE][nth]


def by_name(shown: list[Shown] | tuple[Shown, ...] | object) -> dict[str, str]:
    """The texts of variables by their names."""
    return {each.variable.name: each.value.text for each in shown}  # type: ignore[attr-defined]


def variable(shown: object, name: str) -> Shown:
    """One of the variables."""
    return next(each for each in shown if each.variable.name == name)  # type: ignore[attr-defined]


def text(value: Value | None) -> str | None:
    """The text of a value."""
    return None if value is None else value.text


def reading(result: object) -> object:
    """What a call returned."""
    return json.loads(str(result))
