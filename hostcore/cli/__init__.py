"""The command ``wasi-host``, apart from its screen: one module for each subcommand."""
