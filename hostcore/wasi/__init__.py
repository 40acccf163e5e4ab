"""WASI 0.2 as this host grants it: clocks, randomness, standard streams and polling, nothing else."""
