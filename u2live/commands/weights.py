"""`weights`: what networks there are, which are here, and getting more."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.errors import UsageError, WeightsError
from u2live.model import registry
from u2live.model.registry import REGISTRY, Entry

if TYPE_CHECKING:
    from u2live.types import Notice


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "weights",
        help="list, fetch, verify and import the networks' weights",
        description="The person models come with the program; the networks as published are fetched, checked, and kept in "
        "your data folder (`list --json` names it).",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what there is, and what is on this machine")
    listing.add_argument("--json", action="store_true", help="one JSON object on stdout")
    fetching = actions.add_parser("fetch", help="download weights into the user's data folder")
    fetching.add_argument("name", metavar="NAME", help=_fetchable())
    verifying = actions.add_parser("verify", help="check the checksum and load what is on this machine")
    verifying.add_argument("name", metavar="NAME", nargs="?", help="default: all that are here")
    verifying.add_argument("--json", action="store_true", help="one JSON object on stdout")
    importing = actions.add_parser("import", help="copy a .pth, .safetensors or .onnx file under a name")
    importing.add_argument("file", metavar="FILE", type=Path)
    importing.add_argument("name", metavar="NAME", help="what --weights shall call it")


def execute(args: argparse.Namespace) -> int:
    if args.action == "list":
        return _list(as_json=args.json)
    if args.action == "fetch":
        return _fetch(args.name)
    if args.action == "verify":
        return _verify(args.name, as_json=args.json)
    return _import(args.file, args.name)


def _list(*, as_json: bool) -> int:
    rows = [_row(name) for name in (*REGISTRY, *registry.imported_names())]
    if as_json:
        print(json.dumps({"folder": str(registry.weights_dir()), "weights": rows}))
        return 0
    for row in rows:
        network = f"{row['architecture']}, {row['meaning']}, {row['input_size']} px" if row["architecture"] else ""
        size = f"{row['size'] / 1e6:6.1f} MB"
        print(f"{row['name']:<17} {row['state']:<14} {network:<24} {size}  {row['about']} ({row['licence']})")
    return 0


def _row(name: str) -> dict[str, Any]:
    entry = REGISTRY.get(name)
    bundled, installed = (registry.bundled_path(name) if entry else None), registry.installed_path(name)
    path = bundled or installed
    told = registry.stored_metadata(path) if path else {}
    side = told.get("input_size") or (str(entry.input_size) if entry else "")
    state = "bundled" if bundled else "installed" if installed else "not installed"
    return {
        "name": name,
        "state": state,
        "path": str(path) if path else None,
        "architecture": told.get("architecture") or (entry.architecture if entry else ""),
        "meaning": told.get("meaning") or (entry.meaning if entry else ""),
        "input_size": int(side) if side.isdecimal() else None,
        "size": path.stat().st_size if path else entry.size if entry else 0,
        "licence": entry.licence if entry else "your own",
        "about": entry.about if entry else "imported",
        "addresses": [file.address for file in entry.files] if entry else [],
    }


def _fetch(name: str) -> int:
    entry = _entry(name)

    from tqdm import tqdm

    from u2live.model.install import fetch

    if registry.installed_path(name) is not None and not _problem(name):
        print(f"{name} is already here: {registry.installed_path(name)}", file=sys.stderr)
        return 0
    with tqdm(desc=name, unit="B", unit_scale=True, unit_divisor=1000, file=sys.stderr) as bar:

        def progress(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        def tell(notice: Notice) -> None:
            tqdm.write(f"u2live: {notice.message}", file=sys.stderr)

        found = fetch(entry, progress=progress, notify=tell)
    print(f"{name} is installed: {found.path}", file=sys.stderr)
    return 0


def _verify(name: str | None, *, as_json: bool) -> int:
    if name is not None:
        registry.find_weights(name)  # an unknown name or one that is not here is an error of its own
    every = (*REGISTRY, *registry.imported_names())
    names = [name] if name else [each for each in every if registry.bundled_path(each) or registry.installed_path(each)]
    results = {each: _problem(each) for each in names}
    if as_json:
        print(
            json.dumps(
                {"weights": [{"name": each, "ok": not problem, "problem": problem} for each, problem in results.items()]}
            )
        )
    else:
        for each, problem in results.items():
            print(f"{each}: {problem or 'ok'}")
        if not results:
            print("no weights are on this machine: get some with `main.py weights fetch u2netp`")
    return 1 if any(results.values()) else 0


def _problem(name: str) -> str:
    """Why the weights of this name cannot be used; empty when they can."""
    from u2live.model.weights import load_weights

    try:
        load_weights(name)
    except WeightsError as error:
        return str(error)
    return ""


def _import(file: Path, name: str) -> int:
    registry.checked_name(name)
    if not file.is_file():
        raise WeightsError(f"there is no weights file {file}: check the path")

    from u2live.model.install import import_weights

    found = import_weights(file, name)
    print(f"{name} is installed: {found.path}", file=sys.stderr)
    return 0


def _entry(name: str) -> Entry:
    entry = REGISTRY.get(name)
    if entry is None:
        raise UsageError(f"there are no weights called {name!r} to fetch: take one of {_fetchable()}")
    return entry


def _fetchable() -> str:
    return ", ".join(each.name for each in REGISTRY.values() if each.files)
