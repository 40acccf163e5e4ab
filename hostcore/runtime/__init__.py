"""Runs components under wasmtime: engine, linker, marshalling, and one thread for each instance."""
