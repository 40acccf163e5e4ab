"""A component that gives up has told why on its standard error: that is the problem and the traceback of its crash."""

from __future__ import annotations

import pytest

from hostcore.hostcall import CrashKind
from hostcore.runtime.crash import MAX_TRACEBACK, WasmTrap
from hostcore.runtime.last_words import LastWords

PYTHON = """\
Traceback (most recent call last):
  File "/0/app.py", line 7, in update
  File "/0/app.py", line 4, in lookup
KeyError: 'gain'

thread '<unnamed>' (1) panicked at runtime/src/lib.rs:1280:25:
Python function threw an unexpected exception
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
CHAINED = f"""\
{PYTHON.partition("thread")[0]}During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/0/app.py", line 9, in update
    raise ValueError
    ~~~~~~~~~~~~~~~~

ValueError
"""
JAVASCRIPT = """\
no gain
Stack:
  render@js/p.js:5:87
  export_dashboardLogic_0_2_0$render@/tmp/5e49124a5ce0/sources/initializer.js:391:15

Redirecting call to abort() to mozalloc_abort

"""
RUST = """\
thread 'main' panicked at src/lib.rs:12:5:
index out of bounds: the len is 1 but the index is 4
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
UNREACHABLE = """\
error while executing at wasm backtrace:
    0:    0x2f8 - app.wasm!abort

Caused by:
    wasm trap: wasm `unreachable` instruction executed"""
GAVE_UP = "it gave up (an unreachable instruction: a panic or an abort)"


def explained(*texts: str, message: str = UNREACHABLE) -> tuple[CrashKind | None, str, str]:
    words = LastWords()
    for text in texts:
        words.take(text.encode())
    trap = words.explain(WasmTrap(message))
    return trap.kind, trap.problem, trap.traceback


@pytest.mark.parametrize("text", [PYTHON, f"all is well\n{PYTHON}", PYTHON.replace("\n", "\r\n")])
def test_an_exception_in_python_is_its_last_line_and_its_traceback(text: str) -> None:
    assert explained(text) == (
        CrashKind.EXCEPTION,
        "KeyError: 'gain' in app.py line 4",
        PYTHON[: PYTHON.index("\n\nthread")],
    )


def test_of_chained_exceptions_the_last_one_is_the_problem() -> None:
    kind, problem, traceback = explained(CHAINED)
    assert (kind, problem) == (CrashKind.EXCEPTION, "ValueError in app.py line 9")
    assert f"{traceback}\n" == CHAINED


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("MemoryError", CrashKind.MEMORY),
        ("RecursionError: too deep", CrashKind.STACK),
        ("SystemExit: 3", CrashKind.EXIT),
    ],
)
def test_pythons_own_kinds_of_death_are_known(summary: str, kind: CrashKind) -> None:
    assert explained(PYTHON.replace("KeyError: 'gain'", summary))[0] is kind


def test_an_exception_in_javascript_is_the_line_before_its_stack() -> None:
    assert explained(JAVASCRIPT)[:2] == (CrashKind.EXCEPTION, "no gain")
    assert explained(JAVASCRIPT)[2].splitlines()[:3] == JAVASCRIPT.splitlines()[:3]


def test_what_the_engine_of_javascript_stumbles_over_afterwards_is_not_the_problem() -> None:
    assert explained(JAVASCRIPT, JAVASCRIPT.replace("no gain", "expected a string"))[1] == "no gain"


def test_a_panic_in_rust_is_its_message_and_place() -> None:
    assert explained(RUST) == (
        CrashKind.TRAP,
        "panicked: index out of bounds: the len is 1 but the index is 4 (src/lib.rs:12:5)",
        RUST.rstrip("\n"),
    )


def test_what_no_known_language_says_is_kept_as_it_is() -> None:
    assert explained("panic: assignment ", "to entry in nil map\n") == (
        CrashKind.TRAP,
        GAVE_UP,
        "panic: assignment to entry in nil map",
    )


@pytest.mark.parametrize("text", ["", "\n", " \n \n"])
def test_who_says_nothing_just_gave_up(text: str) -> None:
    assert explained(text) == (CrashKind.TRAP, GAVE_UP, "")


def test_another_death_is_not_explained_by_what_was_said_before() -> None:
    message = UNREACHABLE.replace("wasm `unreachable` instruction executed", "wasm trap: integer divide by zero")
    assert explained(PYTHON, message=message) == (CrashKind.TRAP, "it divided by zero", "")


def test_only_the_end_of_a_flood_is_kept() -> None:
    kind, _, traceback = explained(*["x" * 999 + "\n"] * 100, PYTHON)
    assert kind is CrashKind.EXCEPTION
    assert len(explained("\xff" * 100_000)[2]) <= MAX_TRACEBACK + 3
    assert traceback.startswith("Traceback")


def test_each_call_begins_in_silence() -> None:
    words = LastWords()
    words.take(PYTHON.encode())
    words.begin()
    assert words.explain(WasmTrap(UNREACHABLE)).problem == GAVE_UP
