"""WASI 0.2 as this host provides it: clocks, randomness, standard streams and polling. No files, no sockets."""
