"""A picture in, a matte out: engines, smoothing over time, refinement, foreground colours."""
