"""Results as text for people and as JSON for tools; the only package that knows how things look."""
