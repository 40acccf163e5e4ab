;; A driver that cannot even be linked: it imports an interface that this host does not offer.
(component
  (import "wasi:keyvalue/store@0.2.3" (instance $store (export "handle" (func))))
  (core func $handle (canon lower (func $store "handle")))
  (core module $main
    (import "host" "handle" (func $handle))
    (memory (export "memory") 1)
    (func (export "read") (result i32) (call $handle) (i32.const 0)))
  (core instance $main (instantiate $main (with "host" (instance (export "handle" (func $handle))))))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $main "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
