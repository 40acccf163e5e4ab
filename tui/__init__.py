"""The screen in a terminal: one folder for each pane."""
