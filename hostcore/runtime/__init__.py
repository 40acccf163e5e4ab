"""Runs components under wasmtime: engine, linker, value conversion, and one thread for each instance."""
