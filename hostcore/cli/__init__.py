"""The command ``wasi-host`` but for its screen: one module a subcommand."""
