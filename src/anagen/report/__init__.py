"""A plan made readable: one HTML page, its pictures and a terminal summary."""
