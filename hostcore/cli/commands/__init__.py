"""The subcommands' arguments. The code of a command is imported when it runs."""
