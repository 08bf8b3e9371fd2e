"""The panels at the window's side, one a file."""
