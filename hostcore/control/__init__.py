"""How ``wasi-host i2c`` and ``wasi-host scan`` reach a running host of the same person."""
