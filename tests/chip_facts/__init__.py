"""Takes facts for a chip file out of the published driver of a chip.

Only facts are taken: numbers of registers, bits of fields, their names and enumerators. Text stays where it is. What is
printed is a draft: a person completes it by the data sheet and removes what they cannot confirm.
"""
