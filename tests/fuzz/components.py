"""Target: components, mutated in binary and in text, through the host's own checks, compiler, loader and calls."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from random import Random

from wasmtime import WasmtimeError, wat2wasm

from hostcore.clock import RealClock
from hostcore.errors import BuildError, PluginCrashedError, PluginError, PluginReportedError
from hostcore.hostcall import CrashKind
from hostcore.workshop import Workshop
from tests.bench.sandboxed import forget
from tests.demo.components import DASHBOARD, OLED, component, poll
from tests.fuzz.mutation import TOKEN, bytes_mutated, text_mutated
from tests.fuzz.target import Check, Target
from tests.sandbox import Sandbox

CALLER = """
(component
  (import "wasi-host:plugin/i2c@0.1.0" (instance $i2c
    (type $v (variant (case "no-acknowledge" string) (case "bus" string) (case "arbitration-loss" string)
      (case "timeout" string) (case "denied" string) (case "other" string)))
    (export "error" (type $e (eq $v)))
    (type $r (result (list u8) (error $e)))
    (export "transfer" (func (param "bus" (option u8)) (param "address" u8) (param "data" (list u8))
      (param "length" u32) (result $r)))))
  (import "wasi-host:plugin/log@0.1.0" (instance $log
    (type $l (enum "debug" "info" "warning" "error"))
    (export "level" (type $level (eq $l)))
    (export "write" (func (param "level" $level) (param "text" string)))))
  (import "wasi:random/random@0.2.0" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core module $memory
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 65536))
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (local $start i32)
      (local.set $start (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.set $top (i32.add (local.get $start) (local.get $size)))
      (local.get $start)))
  (core instance $memory (instantiate $memory))
  (core func $transfer (canon lower (func $i2c "transfer") (memory (core memory $memory "memory"))
    (realloc (core func $memory "realloc"))))
  (core func $write (canon lower (func $log "write") (memory (core memory $memory "memory"))))
  (core func $random (canon lower (func $random "get-random-bytes")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $main
    (import "host" "memory" (memory 1))
    (import "host" "transfer" (func $transfer (param i32 i32 i32 i32 i32 i32 i32)))
    (import "host" "write" (func $write (param i32 i32 i32)))
    (import "host" "random" (func $random (param i64 i32)))
    (data (i32.const 100) "{\\"x\\": 1}")
    (data (i32.const 200) "\\20")
    (func (export "read") (result i32)
      (call $random (i64.const 16) (i32.const 300))
      (call $write (i32.const 1) (i32.const 100) (i32.const 8))
      (call $transfer (i32.const 1) (i32.const 1) (i32.const 0x23) (i32.const 200) (i32.const 1) (i32.const 2)
        (i32.const 300))
      (i32.store (i32.const 0) (i32.const 0))
      (i32.store (i32.const 4) (i32.const 100))
      (i32.store (i32.const 8) (i32.const 8))
      (i32.const 0))
    (func (export "post-return") (param i32)))
  (core instance $main (instantiate $main (with "host" (instance
    (export "memory" (memory $memory "memory")) (export "transfer" (func $transfer))
    (export "write" (func $write)) (export "random" (func $random))))))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $memory "memory"))
      (post-return (core func $main "post-return"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
"""
"""A driver that uses a bus, the log and WASI, as a component of any language does."""
HOSTILE = Path(__file__).parents[1] / "hostile" / "plugins"
LONGEST = 20_000
"""Most characters of a seed. A longer one costs much time and is hostile by its length alone."""
ATTEMPTS = 8
"""Most mutations of a text until one of them can be assembled. If none can, its binary is mutated."""
LIMITS = {"memory_mib": 16, "call_seconds": 0.25}
PERMISSIONS = ("i2c:1:0x23", "system", "leds", "relay:fan")
TYPES = ("u8", "u64", "f32", "char", "bool", "string", "s16", "(list u8)", "(option string)", "(list (list string))")
LONGEST_PROBLEM = 4000
"""Most characters of a verdict: about a screen."""


@cache
def seeds() -> tuple[tuple[str, ...], tuple[bytes, ...], tuple[str, ...]]:
    """The seeds as text and as binary, and their words."""
    files = (file.read_text(encoding="utf-8") for file in sorted(HOSTILE.glob("*.wat")))
    polls = poll("sensor-logic", {"temperature": "f32", "name": "string"})
    texts = (CALLER, component(polls, OLED, DASHBOARD), *(text for text in files if len(text) <= LONGEST))
    words = (*TYPES, *sorted({word for text in texts for word in TOKEN.findall(text) if not word.isspace()}))
    return texts, tuple(bytes(wat2wasm(text)) for text in texts), words


def make(chance: Random) -> bytes:
    """A mutated component."""
    texts, binaries, words = seeds()
    which = chance.randrange(len(texts))
    if chance.random() < 0.5:
        for _ in range(ATTEMPTS):
            with suppress(WasmtimeError, UnicodeEncodeError):
                return bytes(wat2wasm(text_mutated(chance, texts[which], words)))
    return bytes_mutated(chance, binaries[which], binaries)


class ForkingWorkshop(Workshop):
    """Runs Python programs in forks of this process, which saves the start of Python for each component."""

    def run(self, task: str, command: Sequence[str], *_options: object, **_named: object) -> None:
        program = importlib.import_module(command[2])
        with tempfile.TemporaryFile() as output:
            pid = os.fork()
            if not pid:
                _become(program, command, output.fileno())
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            assert status >= 0, f"{task}: killed by {signal.Signals(-status).name}"
            output.seek(0)
            said = output.read().decode(errors="replace")
        assert "Traceback" not in said, said
        if status:
            raise BuildError(f"{task} failed: {said.strip()[-1000:]}")


def _become(program: object, command: Sequence[str], output: int) -> None:
    status = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        sys.argv = [command[2], *command[3:]]
        status = program.main()  # type: ignore[attr-defined]
        sys.stdout.flush()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(status)


@contextmanager
def ready(folder: Path) -> Iterator[Check]:
    """A sandbox on a simulated Pi, with an empty cache."""
    cache_folder = folder / "cache"
    cache_folder.mkdir(mode=0o700)
    for program in ("compile", "compiled_cache"):
        importlib.import_module(f"hostcore.runtime.{program}")
    sandbox = Sandbox(folder, cache_folder, RealClock(), ForkingWorkshop())

    def check(content: bytes) -> None:
        file = folder / "mutated.wasm"
        file.write_bytes(content)
        try:
            plugin = sandbox.load_file(file, *PERMISSIONS, log=forget, **LIMITS)
        except PluginError as verdict:
            require_verdict(verdict)
            return
        try:
            for call in (plugin.read, lambda: plugin.update('{"x": 1}'), lambda: plugin.render('{"x": 1}')):
                with suppress(PluginReportedError):
                    call()
        except PluginError as verdict:
            require_verdict(verdict)
        finally:
            plugin.close()

    try:
        yield check
    finally:
        sandbox.close()


def require_verdict(verdict: PluginError) -> None:
    """Fail unless the error blames the plugin, in a length that a person can read."""
    said = str(verdict)
    assert len(said) <= LONGEST_PROBLEM, f"the verdict has {len(said)} characters: {said[:200]}"
    if isinstance(verdict, PluginCrashedError):
        assert verdict.kind != CrashKind.HOST, said


TARGET = Target("components", 35, make, ready, batch=250)
