"""The diagnosis: rules that turn evidence into a sentence, with what to do next."""
