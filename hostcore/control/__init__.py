"""Lets ``wasi-host i2c`` and ``wasi-host scan`` use the buses of a running host."""
