;; A driver that asks for the network itself, with the interfaces of WASI that every C library links.
(component
  (import "wasi:sockets/network@0.2.3" (instance $network (export "network" (type (sub resource)))))
  (alias export $network "network" (type $network-type))
  (import "wasi:sockets/instance-network@0.2.3" (instance $instance
    (alias outer 1 $network-type (type $network))
    (export "network" (type $named (eq $network)))
    (export "instance-network" (func (result (own $named))))))
  (core func $ask (canon lower (func $instance "instance-network")))
  (core module $main
    (import "host" "ask" (func $ask (result i32)))
    (memory (export "memory") 1)
    (func (export "read") (result i32) (call $ask)))
  (core instance $main (instantiate $main (with "host" (instance (export "ask" (func $ask))))))
  (func $read (result (result string (error string)))
    (canon lift (core func $main "read") (memory (core memory $main "memory"))))
  (instance $driver (export "read" (func $read)))
  (export "wasi-host:plugin/driver@0.1.0" (instance $driver)))
