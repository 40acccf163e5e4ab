"""What programs in Rust and Go link without using it: an interface for files, but no folders and no access."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wasmtime import wat2wasm

from hostcore.clock import VirtualClock
from hostcore.errors import PluginCrashedError
from hostcore.runtime.plugin import Plugin
from tests.guests import LIFTED
from tests.sandbox import Sandbox

PROGRAM = (
    """
(component
  (import "wasi:filesystem/types@0.2.6" (instance $files
    (export "descriptor" (type $descriptor (sub resource)))
    (type $error (enum "access" "already" "not-permitted"))
    (export "error-code" (type $code (eq $error)))
    (export "filesystem-error-code" (func (result (option $code))))
    (export "[method]descriptor.sync" (func (param "self" (borrow $descriptor)) (result (result (error $code)))))))
  (alias export $files "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.6" (instance $preopens
    (alias outer 1 $descriptor (type $descriptor))
    (export "descriptor" (type $named (eq $descriptor)))
    (export "get-directories" (func (result (list (tuple (own $named) string)))))))
  (alias export $files "filesystem-error-code" (func $cause))
  (core module $memory
    (memory (export "memory") 1)
    (data (i32.const 2000) "{\\"x\\": 1}")
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4000)))
  (core instance $memory (instantiate $memory))
  (core func $directories (canon lower (func $preopens "get-directories")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core func $cause (canon lower (func $cause) (memory (core memory $memory "memory"))))
  (core module $main
    (import "memory" "memory" (memory 1))
    (import "host" "directories" (func $directories (param i32)))
    (import "host" "cause" (func $cause (param i32)))
    (func (export "read") (result i32)
      (call $directories (i32.const 0))
      (if (i32.load (i32.const 4)) (then unreachable))
      (i32.store (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (i32.const 2000))
      (i32.store (i32.const 24) (i32.const 8))
      (i32.const 16))
    (func (export "render") (param i32 i32) (result i32) (call $cause (i32.const 0)) (i32.const 0)))
  (core instance $main (instantiate $main (with "memory" (instance $memory)) (with "host" (instance
    (export "directories" (func $directories)) (export "cause" (func $cause))))))
"""
    + LIFTED
)
"""`read` asks for the folders it was given, as programs in Rust do when they start; `render` asks why a
file could not be read, of which there is none."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Plugin]:
    sandbox = Sandbox(tmp_path, tmp_path / "cache", VirtualClock())
    path = tmp_path / "program.wasm"
    path.write_bytes(bytes(wat2wasm(PROGRAM)))
    yield sandbox.load_file(path)
    sandbox.close()


def test_there_are_no_folders(program: Plugin) -> None:
    assert program.read() == {"x": 1}


def test_what_no_program_can_come_to_call_ends_it_by_name(program: Plugin) -> None:
    with pytest.raises(PluginCrashedError, match="called wasi:filesystem/types#filesystem-error-code, which no plugin"):
        program.render("{}")
