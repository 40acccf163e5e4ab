"""A replayed component explains its crash as the recorded one did: with what it writes to standard error."""

from __future__ import annotations

from hostcore.hostcall import Resource
from hostcore.runtime.crash import WasmTrap
from hostcore.runtime.last_words import LastWords, heard
from hostcore.wasi.stdio import STDERR, STDOUT, WRITES

GAVE_UP = "error while executing\n\nCaused by:\n    wasm trap: wasm `unreachable` instruction executed"
PANIC = b"thread 'main' (1) panicked at src/lib.rs:7:5:\nno light\n"


def test_what_it_writes_to_standard_error_is_heard_and_nothing_else() -> None:
    words, written = LastWords(), list[bytes]()
    functions = heard({WRITES[1]: lambda _stream, data: written.append(data), "other#one": lambda: 7}, words)
    functions[WRITES[1]](Resource(STDOUT, 3), b"thread 'main' panicked at not.rs:1:1:\nnothing\n")
    functions[WRITES[1]](Resource(STDERR, 3), PANIC)
    assert words.explain(WasmTrap(GAVE_UP)).problem == "panicked: no light (src/lib.rs:7:5)"
    assert (len(written), functions["other#one"]()) == (2, 7)
