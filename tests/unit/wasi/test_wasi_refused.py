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
  (import "wasi:io/error@0.2.6" (instance $io (export "error" (type (sub resource)))))
  (alias export $io "error" (type $io-error))
  (import "wasi:filesystem/types@0.2.6" (instance $files
    (alias outer 1 $io-error (type $io-error))
    (export "error" (type $failure (eq $io-error)))
    (export "descriptor" (type $descriptor (sub resource)))
    (type $error (enum "access" "would-block" "already" "bad-descriptor" "busy" "deadlock" "quota" "exist"
      "file-too-large" "illegal-byte-sequence" "in-progress" "interrupted" "invalid" "io" "is-directory" "loop"
      "too-many-links" "message-size" "name-too-long" "no-device" "no-entry" "no-lock" "insufficient-memory"
      "insufficient-space" "not-directory" "not-empty" "not-recoverable" "unsupported" "no-tty" "no-such-device"
      "overflow" "not-permitted" "pipe" "read-only" "invalid-seek" "text-file-busy" "cross-device"))
    (export "error-code" (type $code (eq $error)))
    (export "filesystem-error-code" (func (param "err" (borrow $failure)) (result (option $code))))
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
    (import "host" "cause" (func $cause (param i32 i32)))
    (func (export "read") (result i32)
      (call $directories (i32.const 0))
      (if (i32.load (i32.const 4)) (then unreachable))
      (i32.store (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (i32.const 2000))
      (i32.store (i32.const 24) (i32.const 8))
      (i32.const 16))
    (func (export "render") (param i32 i32) (result i32) (call $cause (i32.const 7) (i32.const 0)) (i32.const 0)))
  (core instance $main (instantiate $main (with "memory" (instance $memory)) (with "host" (instance
    (export "directories" (func $directories)) (export "cause" (func $cause))))))
"""
    + LIFTED
)
"""`read` asks for the folders it was given, as programs in Rust do when they start; `render` asks why a
file could not be read, with an error that it never got."""


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Plugin]:
    sandbox = Sandbox(tmp_path, tmp_path / "cache", VirtualClock())
    path = tmp_path / "program.wasm"
    path.write_bytes(bytes(wat2wasm(PROGRAM)))
    yield sandbox.load_file(path)
    sandbox.close()


def test_there_are_no_folders(program: Plugin) -> None:
    assert program.read() == {"x": 1}


def test_a_program_cannot_make_up_the_handle_that_a_function_needs(program: Plugin) -> None:
    with pytest.raises(PluginCrashedError, match="unknown handle index 7"):
        program.render("{}")
