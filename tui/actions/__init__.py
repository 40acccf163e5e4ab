"""What a person can do by name: the list of actions, and the ``:`` line."""
