"""The window. The only folder that imports Qt; `logic` inside it does not."""
