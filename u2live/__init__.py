"""u2live: live background replacement with U²-Net."""

import os

__version__ = "0.1.0"

# Waiting OpenMP threads sleep instead of spinning: the other stages need the cores. Read when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
