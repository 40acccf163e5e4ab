"""The proof that no reading is lost on the way to a subscriber, whatever happens to the broker and the connection."""
