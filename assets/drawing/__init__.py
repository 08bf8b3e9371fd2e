"""How this project draws the pictures that come with it. Run by assets/make_backgrounds.py; no part of the program."""
