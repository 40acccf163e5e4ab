;; A driver in no language at all, whose every reading is an abort.
(component
  (core module $main
    (memory (export "memory") 1)
    (func $panic unreachable)
    (func (export "read") (result i32) (call $panic) (i32.const 0)))
  (core instance $main (instantiate $main))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $main "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
