"""Finds the line of a plugin's Python where a call crashed, from the stacks that a traced instance reports."""

from __future__ import annotations

import time

from hostcore.clock import NS_PER_S
from hostcore.errors import PluginCrashedError
from hostcore.hostcall import CrashKind
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.crash import line_of

SHOWN_FRAMES = 30
"""Number of innermost frames that a stack shows."""
MAX_TOLD = 64 * 1024
"""Most characters of a reported stack that are read."""
SKIP = 1023
"""Steps between two reported stacks, once there are too many steps to report each."""
ALL_STEPS = 0.2
"""The part of a call's time in which every step is reported. Later, only some are."""
LONGEST_STEP_NS = 1_000_000
"""Most nanoseconds that one step counts. Longer steps sleep, or wait for a bus."""
SILENCE = 0.1
"""The part of a call's time without a report, after which the plugin must be in C code. Applies when only some steps
are reported. At least `MIN_SILENCE_NS`."""
MIN_SILENCE_NS = NS_PER_S // 4
GUARD, DYING = "\tPluginCode._guarded", "\tPluginCode._judged"
"""Functions of guest/plugin_code.py that call the plugin or report its exception."""


@dataclass(frozen=True, slots=True)
class TracedPlace:
    """The place where a call crashed, according to a replay."""

    place: str
    """``light.py line 14``; "" if the replay did not crash in the same way."""
    traceback: str
    """The stack at the place, with source lines. If there is no place, how the replay ended."""
    line: int = 0
    """The line of the plugin's file in `place`; 0 if there is none."""

    @property
    def words(self) -> str:
        """The place for a person. It is only likely, because tracing makes the call slower; "" if none."""
        return f"likely in {self.place}" if self.place else ""


@dataclass(frozen=True, slots=True)
class _Frame:
    file: str
    line: int
    function: str


def is_worth_a_replay(crash: PluginCrashedError, file: str) -> bool:
    """Whether a replay can help: the crash does not name its place in `file`, and the plugin caused it."""
    kinds = {CrashKind.DEADLINE, CrashKind.MEMORY, CrashKind.DATA, CrashKind.STACK, CrashKind.EXIT, CrashKind.TRAP}
    return crash.kind in kinds and not line_of(crash.traceback, file)


class Observer:
    """Watches a traced instance. Keeps the last reported stack, and decides how often the instance reports one.

    A report takes about 20 µs on a laptop. So at first the instance reports every step, and later one in a thousand,
    and always a step that is about to wait. This finds every endless loop. It also finds C code that does not return,
    from the step before it, unless the call enters the C code late.

    Args:
        file: the plugin's file, as its frames name it.
        source: Python source of the plugin.
        seconds: time limit of its calls.
    """

    def __init__(self, file: str, source: str, seconds: float) -> None:
        self._file, self._source = file, source
        self._lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._left_ns = round(seconds * ALL_STEPS * NS_PER_S)
        self._silence_ns = max(MIN_SILENCE_NS, round(seconds * SILENCE * NS_PER_S))
        self._told_ns = time.monotonic_ns()
        self._frames = ""
        self._next_is_told = self._has_left = False

    def stack(self, frames: str, waits: bool) -> int:
        """Receive a stack: `stack` of wit/python.wit."""
        now = time.monotonic_ns()
        self._left_ns -= min(now - self._told_ns, LONGEST_STEP_NS)
        self._told_ns = now
        if f"\n{self._file}\t" in f"\n{frames}":
            self._frames = frames[:MAX_TOLD]
            self._next_is_told, self._has_left = waits or self._left_ns > 0, False
        elif DYING not in frames and not frames.partition("\n")[0].endswith(GUARD):
            self._has_left = True  # by a return, not an exception
        return 0 if self._left_ns > 0 else SKIP

    def found(self, kind: str) -> TracedPlace | None:
        """The place of a crash of this kind; None if no stack of the plugin was reported."""
        frames = self._plugin_frames()
        innermost = next((frame for frame in reversed(frames) if frame.file == self._file), None)
        if innermost is None:
            return None
        place = f"{self._file} line {innermost.line}"
        words = place if self._is_there(kind) else f"{place} or soon after"
        return TracedPlace(words, self._shown(frames), innermost.line)

    def _is_there(self, kind: str) -> bool:
        """Whether the plugin crashed at its last reported stack, not a few steps later."""
        is_looping = kind == CrashKind.DEADLINE and time.monotonic_ns() - self._told_ns < self._silence_ns
        return not self._has_left and (self._next_is_told or is_looping)

    def _plugin_frames(self) -> list[_Frame]:
        """The reported frames, starting at the outermost frame of the plugin's file."""
        frames = [_parsed(line) for line in reversed(self._frames.split("\n"))]
        outermost = next((index for index, frame in enumerate(frames) if frame.file == self._file), len(frames))
        return frames[outermost:]

    def _shown(self, frames: list[_Frame]) -> str:
        lines = ["Stack at the end of a replay of the call (most recent call last):"]
        if len(frames) > SHOWN_FRAMES:
            lines.append(f"  [{len(frames) - SHOWN_FRAMES} frames before these]")
        for frame in frames[-SHOWN_FRAMES:]:
            lines.append(f'  File "{frame.file}", line {frame.line}, in {frame.function}')
            if frame.file == self._file and 0 < frame.line <= len(self._lines):
                lines.append(f"    {self._lines[frame.line - 1].strip()}")
        return "\n".join(lines)


def _parsed(told: str) -> _Frame:
    file, _, rest = told.partition("\t")
    line, _, function = rest.partition("\t")
    return _Frame(file, int(line) if line.isdecimal() and len(line) < 10 else 0, function)
