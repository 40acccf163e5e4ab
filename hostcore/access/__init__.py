"""Who may touch what: decisions with their reasons, and the access requests that a person can grant."""
