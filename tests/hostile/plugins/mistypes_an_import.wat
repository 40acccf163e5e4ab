;; A driver that declares a function of WASI with a list of lists, which the host would have to copy.
(component
  (import "wasi:cli/environment@0.2.3" (instance $environment
    (export "get-arguments" (func (param "all" (list (list (tuple u8 u8))))))))
  (core module $memory (memory (export "memory") 1))
  (core instance $memory (instantiate $memory))
  (core func $pass (canon lower (func $environment "get-arguments") (memory (core memory $memory "memory"))))
  (core module $main
    (import "host" "pass" (func $pass (param i32 i32)))
    (func (export "read") (result i32) (call $pass (i32.const 0) (i32.const 1000)) (i32.const 0)))
  (core instance $main (instantiate $main (with "host" (instance (export "pass" (func $pass))))))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $memory "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
