"""What is wrong: findings, plugins in trouble, stuck buses and requests."""
