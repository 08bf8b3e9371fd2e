"""u2live: live background replacement with U²-Net."""

__version__ = "0.1.0"
