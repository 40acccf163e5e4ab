"""Runs recordings: the plugin's code gets the recorded answers, and no bus, clock or file of this computer."""
