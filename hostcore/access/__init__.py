"""Access: decides what each plugin may use, with reasons, and keeps the access requests that a person can grant."""
