"""Steps, values and calls in words. Everything that was recorded is escaped here."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from hostcore.hostcall import Err
from hostcore.recording.model import START, Ending
from hostcore.stepping.model import Frame, Step, StepKind, TracedCall, Value, ValueKind, Variable
from tui.stepping.window import sound_ns
from tui.text import safe, time_of_day

LONGEST = 300
"""Characters of a value or name in a row."""
SMALL = 10
"""Numbers below it are the same in hexadecimal."""


def value_words(value: Value | None) -> str:
    """A value, an integer in hexadecimal as well: ``32768 0x8000``."""
    if value is None:
        return "(deleted)"
    text = safe(value.text, LONGEST)
    if value.kind is ValueKind.INT:
        try:
            number = int(value.text)
        except ValueError:
            return text
        if abs(number) >= SMALL:
            return f"{text} {number:#x}"
    return text


def name_words(variable: Variable) -> str:
    """The name of a variable."""
    return safe(variable.name, LONGEST)


def file_words(file: str) -> str:
    """The name of a file without its folders."""
    return safe(PurePosixPath(file).name or file, LONGEST)


def function_words(frame: Frame) -> str:
    """The name of a frame's function without its class; the file of the code at the top level of a file."""
    name = frame.code.function.rpartition(".")[2]
    return file_words(frame.code.file) if name == "<module>" else safe(name, LONGEST)


def source_lines(text: str) -> list[str]:
    """The lines of a source, as Python counts them: a form feed or a line separator of Unicode ends none."""
    return re.split("\r\n|\r|\n", text) if text else []


def stack_words(frame: Frame, line: int) -> str:
    """A frame as a part of the stack: ``read:12``."""
    return f"{function_words(frame)}:{line}"


def step_words(step: Step) -> str:
    """What happens at a step, as a sentence without a full stop."""
    where = f"line {step.line}"
    match step.kind:
        case StepKind.LINE:
            return f"{where} is about to run"
        case StepKind.RETURN:
            return f"{where} has run: {function_words(step.frame)} returns {value_words(step.value)}"
        case StepKind.YIELD:
            return f"{where} has run: {function_words(step.frame)} yields {value_words(step.value)}"
        case StepKind.RAISE:
            return f"{where} raised {safe(step.raised, LONGEST)}"


def after_words(step: Step) -> str:
    """What a line has led to, for the row below it; "" for a line that has not run yet."""
    match step.kind:
        case StepKind.RETURN:
            return f"returns {value_words(step.value)}"
        case StepKind.YIELD:
            return f"yields {value_words(step.value)}"
        case StepKind.RAISE:
            return f"raised {safe(step.raised, LONGEST)}"
    return ""


def call_words(call: TracedCall) -> str:
    """The function of a call: ``read``."""
    return "start" if call.function == START else safe(call.function.rpartition("#")[2], 40)


def result_words(call: TracedCall, raised: str = "") -> str:
    """How a call ended in the replay, in a few words; "" if it returned.

    Args:
        call: the call.
        raised: an exception that is told already. If the call crashed of it, that is not told again.
    """
    result = call.played.result
    if not call.played.recorded.is_whole:
        return "was under way when it was recorded"
    if isinstance(result, Ending):
        told = "crashed" if raised == result.problem else f"crashed: {safe(result.problem, LONGEST)}"
        return told if result.kind else "was stopped"
    return f"reported the error {safe(str(result.value), LONGEST)}" if isinstance(result, Err) else ""


def moment_words(time_ns: int) -> str:
    """A recorded time of day; "" if it is none."""
    return time_of_day(moment) if (moment := sound_ns(time_ns)) else ""
