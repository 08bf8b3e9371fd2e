"""Small JSON files in the user's folder, read forgivingly and written whole."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from u2live.settings_file import write_text_atomically


def read_json(path: Path) -> Any:
    """What the file holds, or None when there is none. A damaged file is kept aside as NAME.damaged and gives None."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError:
        return None
    except ValueError:
        with contextlib.suppress(OSError):
            path.replace(path.with_name(f"{path.name}.damaged"))
        return None


def write_json(path: Path, value: Any) -> None:
    """Raises OSError."""
    write_text_atomically(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
