"""Fuzzing: hostile input of every kind, from a seed. ``python -m tests.fuzz --help`` explains how to run it.

A target makes inputs and checks that the program survives them. Each input depends only on the seed, the target and
the number of the case, so a seed makes the same inputs again. Cases run in forked processes, which may crash.

To turn a finding into a test, copy its input into ``tests/fuzz/known/TARGET/`` under a name that says what it is.
Every run of a target begins with these, and ``make test`` includes a short run of all targets.
"""
