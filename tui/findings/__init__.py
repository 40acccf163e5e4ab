"""What is wrong: the findings of the diagnosis."""
