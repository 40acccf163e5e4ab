"""Hand-written components that lie to the host: about their memory, about types, and about how much they import."""

from __future__ import annotations

from collections.abc import Iterable

from tests.guests import TEST

ARGUMENTS = "wasi:cli/environment@0.2.0"
"""An interface that WASI gives to every program."""
DRIVER = """
  (core module $idle (func (export "run")))
  (core instance $idle (instantiate $idle))
  (func $run (canon lift (core func $idle "run")))
  (instance $driver (export "run" (func $run)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver))
"""
"""A driver that does nothing."""
ERROR = """
  (type $causes (variant (case "no-acknowledge" string) (case "bus" string) (case "arbitration-loss" string)
    (case "timeout" string) (case "denied" string) (case "other" string)))
  (export "error" (type $error (eq $causes)))
"""
"""The error of the contract, inside an interface."""


def importing(*interfaces: tuple[str, str], before: str = "") -> str:
    """A component that imports interfaces: (name, members). `before` defines types."""
    imports = " ".join(f'(import "{name}" (instance {members}))' for name, members in interfaces)
    return f"(component {before} {imports} {DRIVER})"


def asking(type_: str, *, defined: str = "", inside: str = "", before: str = "") -> str:
    """A component whose `get-arguments` takes a `type_`, which may be `$named`, the type `defined`."""
    named = f'(type $own {defined}) (export "own" (type $named (eq $own)))' if defined else ""
    function = f'(export "get-arguments" (func (param "all" {type_})))'
    return importing((ARGUMENTS, f"{inside} {named} {function}"), before=before)


def many(count: int, member: str = "(func)") -> str:
    """The members of an interface with `count` members."""
    return " ".join(f'(export "member{index}" {member})' for index in range(count))


def doubled(times: int) -> str:
    """Types $t0, $t1, ...: each is a pair of the one before. The last has two to the power of `times` leaves."""
    pairs = " ".join(f"(type $t{index + 1} (tuple $t{index} $t{index}))" for index in range(times))
    return f"(type $t0 (tuple u8)) {pairs}"


def polling(result: str, types: Iterable[str] = ()) -> str:
    """A component whose poll of the older contract declares `result`. It cannot be called."""
    return f"""(component {" ".join(types)}
      (core module $main (memory (export "memory") 1) (func (export "poll") (result i32) unreachable))
      (core instance $main (instantiate $main))
      (func $poll (result {result}) (canon lift (core func $main "poll") (memory (core memory $main "memory"))))
      (instance $dht22 (export "poll" (func $poll)))
      (export "demo:plugin/dht22-logic@0.2.0" (instance $dht22)))"""


def with_realloc(realloc: str) -> str:
    """A driver that asks the host for 1000 bytes. Its `realloc`, a function body, tells where to put them."""
    return f"""(component
      (import "{TEST}@0.1.0" (instance $host (export "give" (func (result (list u8))))))
      (core module $memory
        (memory (export "memory") 1 64)
        (func (export "realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
          {realloc}))
      (core instance $memory (instantiate $memory))
      (core func $give (canon lower (func $host "give")
        (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
      (core module $main
        (import "host" "give" (func $give (param i32)))
        (func (export "run") (call $give (i32.const 0))))
      (core instance $main (instantiate $main (with "host" (instance (export "give" (func $give))))))
      (func $run (canon lift (core func $main "run")))
      (instance $driver (export "run" (func $run)))
      (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))"""


def with_post_return(deed: str, result: str = "(i32.const 64)") -> str:
    """A driver that returns the text "ok". `deed` is done after the host has read it. `result` is where the text is."""
    return f"""(component
      (import "{TEST}@0.1.0" (instance $host (export "call" (func))))
      (core func $call (canon lower (func $host "call")))
      (core module $main
        (import "host" "call" (func $call))
        (memory (export "memory") 1)
        (data (i32.const 64) "\\50\\00\\00\\00\\02\\00\\00\\00")
        (data (i32.const 80) "ok")
        (data (i32.const 96) "\\ff\\ff\\00\\00\\ff\\ff\\ff\\7f")
        (func (export "run") (result i32) {result})
        (func (export "after") (param i32) {deed}))
      (core instance $main (instantiate $main (with "host" (instance (export "call" (func $call))))))
      (func $run (result string) (canon lift (core func $main "run")
        (memory (core memory $main "memory")) (post-return (core func $main "after"))))
      (instance $driver (export "run" (func $run)))
      (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))"""


def passing(parameter: str, count: int, types: str = "") -> str:
    """A driver that passes the host a list or a text of `count` elements. `types` belong to the interface."""
    return f"""(component
      (import "{TEST}@0.1.0" (instance $host {types} (export "take" (func (param "all" {parameter})))))
      (core module $memory (memory (export "memory") 900))
      (core instance $memory (instantiate $memory))
      (core func $take (canon lower (func $host "take") (memory (core memory $memory "memory"))))
      (core module $main
        (import "host" "take" (func $take (param i32 i32)))
        (func (export "run") (call $take (i32.const 0) (i32.const {count}))))
      (core instance $main (instantiate $main (with "host" (instance (export "take" (func $take))))))
      (func $run (canon lift (core func $main "run")))
      (instance $driver (export "run" (func $run)))
      (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))"""
