"""Layouts: how a person arranged the panes, and the file that remembers it."""
