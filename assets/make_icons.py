# ruff: noqa: E501 -- the paths are as long as they are
"""Draws the icons of the window: assets/icons/*.svg, 24×24, strokes of 1.75 in the text's colour.

python assets/make_icons.py
"""

from __future__ import annotations

from pathlib import Path

STROKED: dict[str, str] = {
    "add": '<path d="M12 5v14M5 12h14"/>',
    "away": '<path d="M5 8h11v6a4 4 0 0 1-4 4H9a4 4 0 0 1-4-4zM16 9.5h1.5a2.5 2.5 0 0 1 0 5H16M8.5 5V3M12.5 5V3M4 21h13"/>',
    "before-after": '<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M12 3v18M6 12h3M15 12h3"/>',
    "black": '<rect x="3" y="5" width="18" height="14" rx="2.5" fill="currentColor"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "chevron-left": '<path d="m15 6-6 6 6 6"/>',
    "chevron-right": '<path d="m9 6 6 6-6 6"/>',
    "chevron-up": '<path d="m6 15 6-6 6 6"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2.5"/><path d="M15.5 5.5v-.2a2 2 0 0 0-2-1.8H5.3a2 2 0 0 0-1.8 2v8a2 2 0 0 0 2 2"/>',
    "cutout": '<circle cx="6" cy="6.5" r="2.5"/><circle cx="6" cy="17.5" r="2.5"/><path d="M8.2 8 20 17M8.2 16 20 7"/>',
    "edit": '<path d="M4.500 19.500l.9-4.100L15.800 5a1.900 1.900 0 0 1 2.700 0l.5.5a1.900 1.900 0 0 1 0 2.700L8.600 18.600zM14 6.800l3.200 3.200"/>',
    "error": '<path d="M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM12 7.5v5.5M12 16.3v.2"/>',
    "eye-off": '<path d="M4 4l16 16M9.9 5.4A9.6 9.6 0 0 1 12 5.2c4.2 0 7.4 2.7 9 6.8a11 11 0 0 1-2.6 3.8M6.6 7.2A11.400 11.400 0 0 0 3 12c1.600 4.100 4.800 6.800 9 6.800 1.800 0 3.300-.5 4.700-1.300M10 10.200a2.800 2.800 0 0 0 3.900 3.900"/>',
    "film": '<rect x="3" y="4.500" width="18" height="15" rx="2.500"/><path d="M7.500 4.500v15M16.500 4.500v15M3 9.500h4.500M3 14.500h4.500M16.500 9.500H21M16.500 14.500H21"/>',
    "folder": '<path d="M3 7.500A2.500 2.500 0 0 1 5.500 5h3.700l2.300 2.500h7A2.500 2.500 0 0 1 21 10v7a2.500 2.500 0 0 1-2.500 2.500h-13A2.500 2.500 0 0 1 3 17z"/>',
    "freeze": '<path d="M12 3v18M4.200 7.500l15.600 9M19.800 7.500l-15.600 9M9.500 4.500 12 7l2.500-2.500M9.500 19.500 12 17l2.500 2.500"/>',
    "fullscreen": '<path d="M4 9V6a2 2 0 0 1 2-2h3M15 4h3a2 2 0 0 1 2 2v3M20 15v3a2 2 0 0 1-2 2h-3M9 20H6a2 2 0 0 1-2-2v-3"/>',
    "graph": '<path d="M4 19h16M5 15l4-5 3.500 3L19 6"/>',
    "help": '<circle cx="12" cy="12" r="9"/><path d="M9.300 9.500a2.700 2.700 0 1 1 3.900 2.400c-.8.4-1.200.9-1.200 1.700M12 16.600v.2"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.600v.2"/>',
    "matte": '<path d="M4 20c.6-4.200 3.700-6.500 8-6.500s7.400 2.300 8 6.500z" fill="currentColor"/><circle cx="12" cy="8" r="4" fill="currentColor"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "microphone": '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3M9 21h6"/>',
    "microphone-off": '<path d="M4 4l16 16M9 9v2a3 3 0 0 0 4.600 2.500M15 10.800V6a3 3 0 0 0-5.800-1.100M5.500 11.500a6.500 6.500 0 0 0 10.200 5.300M18.500 11.500c0 .9-.2 1.700-.5 2.500M12 18v3M9 21h6"/>',
    "more": '<path d="M5.500 12h.1M12 12h.1M18.500 12h.1" stroke-width="3"/>',
    "panels": '<rect x="3" y="4.500" width="18" height="15" rx="2.500"/><path d="M15 4.500v15"/>',
    "picture": '<rect x="3" y="4.500" width="18" height="15" rx="2.500"/><circle cx="8.500" cy="9.500" r="1.600"/><path d="m4 17 5-4.500 3.500 3 3-2.500L20.500 17"/>',
    "recordings": '<rect x="3" y="7.500" width="18" height="12" rx="2.500"/><path d="M5.500 4.500h13M10.500 10.800v5.400l4.500-2.700z"/>',
    "redo": '<path d="M15 5l4 4-4 4M19 9h-8.500a5.500 5.500 0 0 0 0 11H13"/>',
    "reset": '<path d="M5 5v5h5M5.500 9.500A7.500 7.500 0 1 1 4.600 14"/>',
    "result": '<rect x="3" y="4.500" width="18" height="15" rx="2.500"/><circle cx="12" cy="10.500" r="2.300"/><path d="M7.500 19c.4-2.900 2-4.300 4.500-4.300s4.100 1.400 4.500 4.300"/>',
    "snapshot": '<path d="M3 9.500A2.500 2.500 0 0 1 5.500 7H7l1.700-2.500h6.600L17 7h1.500A2.500 2.500 0 0 1 21 9.500v7a2.500 2.500 0 0 1-2.500 2.500h-13A2.500 2.500 0 0 1 3 16.500z"/><circle cx="12" cy="13" r="3.500"/>',
    "trash": '<path d="M5 7h14M10 4h4M7 7l.8 11a2 2 0 0 0 2 1.900h4.400a2 2 0 0 0 2-1.900L17 7M10.300 11v5M13.700 11v5"/>',
    "undo": '<path d="M9 5 5 9l4 4M5 9h8.500a5.500 5.500 0 0 1 0 11H11"/>',
    "virtual-camera": '<rect x="2.500" y="6.500" width="13" height="11" rx="2.500"/><path d="m15.500 11 6-3.500v9l-6-3.500"/>',
    "warning": '<path d="M12 4 2.800 19.500h18.400zM12 10v4.500M12 16.900v.2"/>',
}  # fmt: skip

FILLED: dict[str, str] = {
    "record": '<circle cx="12" cy="12" r="7"/>',
    "pause": '<rect x="6.500" y="5.500" width="4" height="13" rx="1.200"/><rect x="13.500" y="5.500" width="4" height="13" rx="1.200"/>',
    "stop": '<rect x="6" y="6" width="12" height="12" rx="2.500"/>',
    "play": '<path d="M8 5.500v13l10.500-6.500z"/>',
    "dot": '<circle cx="12" cy="12" r="5"/>',
}

APP = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">
<defs><linearGradient id="sky" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#6aa8ff"/>
<stop offset="1" stop-color="#2f55c8"/></linearGradient></defs>
<rect x="4" y="4" width="56" height="56" rx="15" fill="url(#sky)"/>
<g fill="#ffffff" fill-opacity="0.17"><circle cx="17" cy="20" r="8"/><circle cx="49" cy="16" r="5.500"/>
<circle cx="49" cy="35" r="8"/></g>
<path d="M12.500 60c.8-11.500 8-18 19.500-18s18.700 6.500 19.500 18z" fill="#ffffff"/>
<circle cx="32" cy="27" r="10.500" fill="#ffffff"/>
<path d="M32 16.500a10.500 10.500 0 0 1 0 21zM32 42c11.500 0 18.700 6.500 19.500 18H32z" fill="#14306f" fill-opacity="0.16"/>
</svg>
"""


def main() -> None:
    folder = Path(__file__).resolve().parent / "icons"
    folder.mkdir(exist_ok=True)
    for name, body in STROKED.items():
        head = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        (folder / f"{name}.svg").write_text(_svg(head, body), encoding="utf-8")
    for name, body in FILLED.items():
        (folder / f"{name}.svg").write_text(_svg('fill="currentColor"', body), encoding="utf-8")
    (folder / "u2live.svg").write_text(APP, encoding="utf-8")


def _svg(head: str, body: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" {head}>{body}</svg>\n'


if __name__ == "__main__":
    main()
