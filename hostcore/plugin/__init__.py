"""Gives one plugin its buses and actuators: its kit, the bounds of each access, and the one gate for every effect."""
