"""What one plugin can use: its kit, the bounds of a call, and the one gate for every effect."""
