"""`predict`: a folder of pictures to a folder of maps, of saliency as U²-Net's own test script makes them, or of people.

That script stretches each map by its own smallest and largest value: of a network that knows when nobody is there it would
make somebody out of nothing. Of such a network the matte is written that `process` would use.

numpy and cv2 are imported where they are used: `--help` reads this file too.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from u2live.commands.options import ENGINES
from u2live.errors import SinkError, SourceError, UsageError
from u2live.model.registry import find_weights, for_camera, stored_metadata

if TYPE_CHECKING:
    import numpy as np

    from u2live.matting.engine import Engine, EngineInfo
    from u2live.matting.matter import Matter
    from u2live.types import Notice

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".jp2", ".ppm", ".pgm")


def add_parser(subparsers: argparse._SubParsersAction[Any]) -> None:
    parser = subparsers.add_parser(
        "predict",
        help="saliency maps for a folder of pictures, as U²-Net's test script, or mattes of people",
        description="One grey PNG for every picture in INPUT_DIR, of its name and size. Of published networks: "
        "the saliency map, stretched so that the smallest value is black and the largest white. Of networks that `train` "
        "made for people: the matte that `process` would use, of the picture upright, black where nobody is.",
    )
    parser.add_argument("input_dir", metavar="INPUT_DIR", type=Path, help="folder of pictures")
    parser.add_argument("output_dir", metavar="OUTPUT_DIR", type=Path, help="folder for the maps; made when missing")
    parser.add_argument("--weights", metavar="W", default="auto", help="a name of `weights list` or a path (default: auto)")
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="what runs the network (default: auto)")


def execute(args: argparse.Namespace) -> int:
    pictures = _pictures_in(args.input_dir)
    found = find_weights(args.weights)  # what is wrong is told before torch is imported
    output = _output_folder(args.output_dir, args.input_dir)

    from tqdm import tqdm

    maps = _Mattes(args) if for_camera(stored_metadata(found.path)) else _SaliencyMaps(args)
    written: dict[str, Path] = {}  # base name → the picture it was made from
    bad = 0
    every_s = 0.1 if sys.stderr.isatty() else 10.0  # a log file is no place for an animation
    bar = tqdm(pictures, desc="predict", unit=" pictures", file=sys.stderr, mininterval=every_s)
    with contextlib.closing(maps), bar:
        for picture in bar:
            try:
                if picture.stem in written:
                    other = written[picture.stem].name
                    raise SourceError(f"{picture} is left out: its map would replace that of {other}; rename one of them")
                _write_png(output / f"{picture.stem}.png", maps.map_of(picture))
                written[picture.stem] = picture
            except SourceError as error:
                bad += 1
                tqdm.write(f"u2live: {error}", file=sys.stderr)
        info = maps.info
    left_out = f"; {bad} of {len(pictures)} pictures gave none" if bad else ""
    on = f"{info.name}, {info.device}, {info.precision}"
    print(f"{len(written)} {maps.kind} in {output} ({on}){left_out}", file=sys.stderr)
    return 1 if bad else 0


class _SaliencyMaps:
    """As the test script makes them, whatever the network finds."""

    kind = "saliency maps"

    def __init__(self, args: argparse.Namespace) -> None:
        from u2live.matting.ladder import open_engine
        from u2live.model.weights import load_weights

        self._engine = open_engine(args.engine, load_weights(args.weights), notify=_tell)

    @property
    def info(self) -> EngineInfo:
        return self._engine.info

    def map_of(self, picture: Path) -> np.ndarray:
        """H×W uint8. Raises SourceError, EngineError."""
        return saliency_map(self._engine, _read_bgr(picture))

    def close(self) -> None:
        self._engine.close()


class _Mattes:
    """As `process` makes them: refined, of pictures turned upright and seen twice."""

    kind = "mattes"

    def __init__(self, args: argparse.Namespace) -> None:
        from u2live.pipeline.shared_matter import SharedMatter
        from u2live.settings import ModelSettings, Settings

        self._settings = Settings(model=ModelSettings(args.weights, args.engine))
        self._shared = SharedMatter()
        self._matter()  # what cannot run is told before the first picture

    @property
    def info(self) -> EngineInfo:
        return self._matter().info

    def map_of(self, picture: Path) -> np.ndarray:
        """H×W uint8. Raises SourceError, EngineError."""
        import numpy as np

        from u2live.capture.image import load_picture
        from u2live.types import Frame

        alpha = self._matter().matte(Frame(0, 0, load_picture(picture)), self._settings.matte).alpha
        matte: np.ndarray = np.rint(_on_host(alpha) * 255).astype(np.uint8)
        return matte

    def close(self) -> None:
        self._shared.close()

    def _matter(self) -> Matter:
        """One that remembers no picture before."""
        return self._shared.for_a_still(self._settings, _tell)


def saliency_map(engine: Engine, pixels: np.ndarray) -> np.ndarray:
    """pixels H×W×3 uint8 BGR → H×W uint8, stretched to 0…255.

    The test script resizes the network's float map with bilinear samples and cuts off the fractions when it writes.
    """
    import cv2
    import numpy as np

    side = engine.info.input_size
    # Resized here, although the engine would do the same: a CUDA graph is then recorded once, not for every size.
    square = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_LINEAR)
    saliency = _on_host(engine.infer(square))
    low, high = float(saliency.min()), float(saliency.max())
    stretched = (saliency - low) / (high - low) if high > low else np.zeros_like(saliency)
    height, width = pixels.shape[:2]
    full = cv2.resize(stretched.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return (np.clip(full, 0, 1) * 255).astype(np.uint8)


def _on_host(alpha: Any) -> np.ndarray:
    import numpy as np

    on_host: np.ndarray = alpha if isinstance(alpha, np.ndarray) else alpha.float().cpu().numpy()
    return on_host


def _pictures_in(folder: Path) -> list[Path]:
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except FileNotFoundError:
        raise SourceError(f"there is no folder {folder}: check the path") from None
    except NotADirectoryError:
        raise SourceError(f"{folder} is no folder: predict takes a folder of pictures") from None
    except OSError as error:
        raise SourceError(f"the folder {folder} cannot be read: {error.strerror or error}") from None
    pictures = [path for path in files if path.suffix.lower() in PICTURES]
    if not pictures:
        raise SourceError(f"there are no pictures in {folder}: predict reads {', '.join(PICTURES)}")
    return pictures


def _output_folder(output: Path, source: Path) -> Path:
    if output.exists() and output.samefile(source):
        raise UsageError(f"the maps would replace the pictures in {source}: choose another OUTPUT_DIR")
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / ".u2live.part"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise SinkError(
            f"no maps can be written to {output}: {error.strerror or error}; choose another OUTPUT_DIR"
        ) from None
    return output


def _read_bgr(path: Path) -> np.ndarray:
    import cv2
    import numpy as np

    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    if data.size == 0:
        raise SourceError(f"{path} is empty (0 bytes)")
    try:
        # Not turned by its EXIF note: the map has to lie on the stored pixels, as the test script's does.
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise SourceError(f"{path} is damaged or no picture")
    return pixels


def _write_png(target: Path, pixels: np.ndarray) -> None:
    import cv2

    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise SinkError(
            f"{target} cannot be written: {error.strerror or error}; free some space or choose another place"
        ) from None


def _tell(notice: Notice) -> None:
    print(f"u2live: {notice.message}", file=sys.stderr)
