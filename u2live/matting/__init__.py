"""A picture in, a matte out: engines, smoothing over time, refinement, foreground colours."""

import os

# OpenMP's threads otherwise spin between two pictures and starve capture, compositing and the recorder. Read by the
# library when torch loads it, so it must stand here before any room that imports torch.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
