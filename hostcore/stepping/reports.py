"""Reads the steps that a traced instance reports. They may be forged, so each is checked and bounded."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.stepping.model import Code, CodeKind, Scope, StepKind, ValueKind
from hostcore.stepping.tape import Content, Tape

LONGEST_REPORT = 128 * 1024
"""Most characters of the report of a step."""
MOST_LINES = 400
LONGEST_TEXT = 400
"""Most characters of a value or an exception that are kept."""
LONGEST_NAME = 80
LONGEST_FILE = 200
LARGEST = (1 << 31) - 1
"""The largest number of a line, frame or object."""
_STEPS = {str(kind): kind for kind in StepKind}
_CODES = {str(kind): kind for kind in CodeKind}
_VALUES = {str(kind): kind for kind in ValueKind}
_SCOPES = {"L": Scope.LOCAL, "G": Scope.GLOBAL, "O": Scope.ATTRIBUTE}


class Reports:
    """Puts the reported steps on a tape.

    Args:
        tape: gets them.
        now: returns the number of transfers up to now, and the time.
    """

    def __init__(self, tape: Tape, now: Callable[[], tuple[int, int]]) -> None:
        self._tape, self._now = tape, now

    def add(self, report: str) -> None:
        """Add a step.

        Raises:
            ValueError: it is not one. The message says what was found.
        """
        if len(report) > LONGEST_REPORT:
            raise ValueError(f"a step of {len(report):,} characters; allowed are {LONGEST_REPORT:,}")
        first, _, rest = report.partition("\n")
        lines = rest.split("\n")
        if len(lines) > MOST_LINES:
            raise ValueError(f"a step of {len(lines):,} lines; allowed are {MOST_LINES}")
        for line in lines[1:]:
            if line.startswith("F\t"):
                self._frame(line)
        kind = self._step(first)
        if lines[0]:
            self._result(kind, lines[0])
        for line in lines[1:]:
            if not line.startswith("F\t"):
                self._change(line)

    def _step(self, line: str) -> StepKind:
        words = line.split("\t")
        kind = _STEPS.get(words[0])
        if kind is None or len(words) != 3:
            raise ValueError(f"a step that begins with {line[:40]!a}")
        frame = _number(words[1])
        if self._tape.frame(frame) is None:
            raise ValueError(f"a step of frame {frame}, which was not reported")
        self._tape.add_step(kind, frame, _number(words[2]), *self._now())
        return kind

    def _result(self, kind: StepKind, line: str) -> None:
        if kind is StepKind.RAISE:
            self._tape.set_result((ValueKind.OTHER, line[:LONGEST_TEXT], 0))
        else:
            self._tape.set_result(_content(line.split("\t", 2)))

    def _frame(self, line: str) -> None:
        words = line.split("\t", 6)
        kind = _CODES.get(words[3]) if len(words) == 7 else None
        if kind is None:
            raise ValueError(f"a frame {line[:40]!a}")
        code = Code(words[6][:LONGEST_FILE], words[5][:LONGEST_NAME], _number(words[4]), kind)
        if not self._tape.add_frame(_number(words[1]), _number(words[2]), code):
            raise ValueError(f"a frame {words[1][:20]!a} inside {words[2][:20]!a}, which does not fit")

    def _change(self, line: str) -> None:
        words = line.split("\t", 5)
        scope = _SCOPES.get(words[0])
        if scope is None or len(words) not in {3, 6}:
            raise ValueError(f"a change {line[:40]!a}")
        owner = _number(words[1])
        if scope is Scope.GLOBAL:
            owner = self._file_of(owner)
        content = _content(words[3:]) if len(words) == 6 else None
        self._tape.add_change((scope, owner, words[2][:LONGEST_NAME]), content)

    def _file_of(self, number: int) -> int:
        frame = self._tape.frame(number)
        if frame is None:
            raise ValueError(f"a global of frame {number}, which was not reported")
        return self._tape.file(frame.code.file)


def _content(words: list[str]) -> Content:
    kind = _VALUES.get(words[0])
    if kind is None or len(words) != 3:
        raise ValueError(f"a value {words[0][:40]!a}")
    return kind, words[2][:LONGEST_TEXT], _number(words[1])


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 10 and int(word) <= LARGEST):
        raise ValueError(f"the number {word[:40]!a}")
    return int(word)
