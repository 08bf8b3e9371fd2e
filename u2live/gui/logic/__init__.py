"""What the window knows, without Qt: plain objects that its widgets show and its tests read."""
