;; A driver that logs a text of 16 MB at every reading.
(component
  (import "wasi-host:plugin/log@0.1.0" (instance $log
    (type $levels (enum "debug" "info" "warning" "error"))
    (export "level" (type $level (eq $levels)))
    (export "write" (func (param "level" $level) (param "text" string)))))
  (core module $memory (memory (export "memory") 257))
  (core instance $memory (instantiate $memory))
  (core func $write (canon lower (func $log "write") (memory (core memory $memory "memory"))))
  (core module $main
    (import "host" "write" (func $write (param i32 i32 i32)))
    (func (export "read") (result i32) (call $write (i32.const 1) (i32.const 0) (i32.const 16000000)) (i32.const 0)))
  (core instance $main (instantiate $main (with "host" (instance (export "write" (func $write))))))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $memory "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
