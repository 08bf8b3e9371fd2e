"""A matted frame and a background in, a composite out."""
