;; A driver in no language at all. Its first reading is good, its second is no JSON, its third is no UTF-8, its fourth
;; lies outside its memory.
(component
  (core module $main
    (memory (export "memory") 1)
    (data (i32.const 100) "{\"x\": 1}")
    (data (i32.const 200) "{x: NaN}")
    (data (i32.const 300) "{\"x\":\"\ff\"}")
    (data (i32.const 400) "\ff\ff\ff\ff\ff\ff\ff\ff")
    (global $calls (mut i32) (i32.const 0))
    (func (export "read") (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (i32.store (i32.const 0) (i32.const 0)) ;; ok
      (i32.store (i32.const 4) (i32.mul (global.get $calls) (i32.const 100)))
      (i32.store (i32.const 8) (i32.const 8))
      (if (i32.eq (global.get $calls) (i32.const 4))
        (then (i32.store (i32.const 4) (i32.const -16))))
      (i32.const 0)))
  (core instance $main (instantiate $main))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $main "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
