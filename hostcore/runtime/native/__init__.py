"""wasmtime's C library, without the Python package around it: its objects, and the types of components."""
