;; A driver that asks the host for random bytes, and tells it to put them where there is no memory.
(component
  (import "wasi:random/random@0.2.3" (instance $random
    (export "get-random-bytes" (func (param "len" u64) (result (list u8))))))
  (core module $memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0x7fffffff)))
  (core instance $memory (instantiate $memory))
  (core func $ask (canon lower (func $random "get-random-bytes")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $main
    (import "host" "ask" (func $ask (param i64 i32)))
    (func (export "read") (result i32) (call $ask (i64.const 1000) (i32.const 0)) (i32.const 0)))
  (core instance $main (instantiate $main (with "host" (instance (export "ask" (func $ask))))))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $memory "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
