;; A driver that keeps everything in the garbage-collected heap, which memory_mib does not limit.
(component
  (core module $main
    (type $block (array (mut i8)))
    (global $kept (mut (ref null $block)) (ref.null $block))
    (memory (export "memory") 1)
    (func (export "read") (result i32)
      (loop $again
        (global.set $kept (array.new_default $block (i32.const 1000000)))
        (br $again))
      (i32.const 0)))
  (core instance $main (instantiate $main))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $main "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
