"""Transfers in the words of a chip: registers, fields, commands and answers, from pure functions and folds."""
