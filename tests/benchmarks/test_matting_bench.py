"""Measures matting: engines and stages in milliseconds, edges against the demo's exact matte, steadiness on clips.

pytest -m benchmark -s tests/benchmarks/test_matting_bench.py
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from u2live.capture.demo import DemoSource
from u2live.matting.array_ops import NumpyOps
from u2live.matting.engine import Engine
from u2live.matting.foreground import estimate_foreground
from u2live.matting.matter import finish, small_views
from u2live.matting.openvino_engine import OpenVinoEngine
from u2live.matting.patches import patches_of
from u2live.matting.preprocess import to_input
from u2live.matting.refine import SURELY_OUT, bounds_of, margin_for, refine
from u2live.matting.region import region_of
from u2live.matting.temporal import Smoother
from u2live.matting.torch_engine import TorchEngine
from u2live.model.weights import Weights, read_weights
from u2live.settings import MatteSettings

pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(1800)]
OPS = NumpyOps()
FRAME_NS = 33_333_333


@pytest.fixture(scope="module")
def weights(shared: Path) -> Weights:
    return read_weights(shared / "weights" / "u2netp-person-trial.safetensors")


def timed(name: str, run: Callable[[], Any], rounds: int = 20) -> Any:
    """Prints wall time, and the processor's time of all threads, which a busy machine hardly changes."""
    run()
    times, processor = [], []
    for _ in range(rounds):
        start, start_processor = time.perf_counter(), time.process_time()
        result = run()
        times.append((time.perf_counter() - start) * 1e3)
        processor.append((time.process_time() - start_processor) * 1e3)
    wall = f"min {min(times):8.2f}   median {float(np.median(times)):8.2f}"
    print(f"  {name:34s} wall ms {wall}   processor ms min {min(processor):8.2f}")
    return result


def test_engines(weights: Weights) -> None:
    pixels, _ = DemoSource(seed=0).render(60)
    print("\nengines, 1280×720 picture, 320² map")
    timed("preprocessing", lambda: to_input(pixels, 320))
    for name, opened in (
        ("torch fp32", lambda: TorchEngine(weights)),
        ("openvino fp32", lambda: OpenVinoEngine(weights, precision="fp32")),
        ("openvino bf16", lambda: OpenVinoEngine(weights, precision="bf16")),
    ):
        engine: Engine = opened()
        timed(name, lambda engine=engine: engine.infer(pixels), rounds=10)
        engine.close()


def test_first_and_second_start(weights: Weights) -> None:
    print("\nOpenVINO from weights to the first map")
    for name in ("first start", "second start"):
        start = time.perf_counter()
        OpenVinoEngine(weights).close()
        print(f"  {name:34s} {time.perf_counter() - start:7.2f} s")


def test_stages(weights: Weights) -> None:
    cv2.setNumThreads(1)
    engine = OpenVinoEngine(weights)
    pixels, _ = DemoSource(seed=0).render(60)
    settings = MatteSettings()
    saliency = engine.infer(pixels)[None]
    smoother = Smoother()
    print("\nstages after the network, 1280×720, one core")
    picture, luma = timed("working picture and luma", lambda: small_views(OPS, pixels, 320))
    steady = timed("temporal", lambda: smoother.steady(OPS, saliency, luma, 0, 0.5))
    timed("propagate instead of the network", lambda: smoother.propagate(OPS, luma, 0))
    small = OPS.resize(steady, *picture.shape[1:])
    region = region_of(OPS, small, 720, 1280, SURELY_OUT, margin_for(len(small[0]), settings))
    near = (slice(None), *region.working)
    bounds = bounds_of(OPS, small[near])
    patches = timed("tiles along the outline", lambda: patches_of(OPS, pixels, *bounds, region))
    planes = timed("their pixels", patches.planes)
    alpha = timed("refine", lambda: refine(OPS, small[near], picture[near], bounds, patches, planes, settings.detail))
    working = OPS.resize(alpha[(slice(None), *region.frame)], *small[near].shape[1:])
    timed("foreground", lambda: estimate_foreground(OPS, picture[near], patches, planes, alpha, working, settings.spill))
    timed("refine and foreground, whole", lambda: finish(OPS, steady, picture, pixels, settings))
    cv2.setNumThreads(-1)


def edge_errors(alpha: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Mean absolute difference everywhere and within 12 pixels of the edge, gradient difference there; all ·1000."""
    band = cv2.dilate(((truth > 0.02) & (truth < 0.98)).astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    gradients = [np.hypot(cv2.Sobel(a, cv2.CV_32F, 1, 0), cv2.Sobel(a, cv2.CV_32F, 0, 1)) for a in (alpha, truth)]
    difference = np.abs(alpha - truth)
    return 1000 * np.array([difference.mean(), difference[band].mean(), np.abs(gradients[0] - gradients[1])[band].mean()])


def test_edges_on_the_demo(weights: Weights) -> None:
    engine, demo = OpenVinoEngine(weights), DemoSource(seed=0)
    rows: dict[str, list[np.ndarray]] = {}
    for index in (0, 30, 75, 120, 200, 260):
        pixels, truth = demo.render(index)
        saliency = engine.infer(pixels)
        picture, _ = small_views(OPS, pixels, 320)
        rows.setdefault("network's map, enlarged", []).append(edge_errors(cv2.resize(saliency, (1280, 720)), truth))
        for detail in (0.0, 0.6, 1.0):
            alpha, _ = finish(OPS, saliency[None], picture, pixels, MatteSettings(detail=detail, spill=0.0))
            rows.setdefault(f"refined, detail {detail}", []).append(edge_errors(np.asarray(alpha), truth))
    print("\nedges on the demo, ·1000           MAD   MAD at the edge   gradient at the edge")
    for name, errors in rows.items():
        print(f"  {name:28s} {'  '.join(f'{value:9.2f}' for value in np.mean(errors, axis=0))}")


def demo_frames() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    demo = DemoSource(seed=0)
    return (demo.render(index) for index in range(60, 120))


def davis_frames(folder: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for path in sorted((folder / "image").iterdir())[:60]:
        truth = cv2.imread(str(next((folder / "alpha").glob(f"{path.stem}.*"))), cv2.IMREAD_GRAYSCALE)
        picture = cv2.imread(str(path))
        assert truth is not None
        assert picture is not None
        yield np.asarray(picture), np.asarray(truth, np.float32) / 255


def clip_frames(path: Path) -> Iterator[tuple[np.ndarray, None]]:
    import av

    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number == 60:
                return
            yield frame.to_ndarray(format="bgr24"), None


def test_steadiness(weights: Weights, shared: Path) -> None:
    engine = OpenVinoEngine(weights)
    print("\nover time, 320² maps            flicker·1000 where the picture stands still   dtSSD   MAD·1000")
    for name, frames in (
        ("demo", demo_frames()),
        ("DAVIS parkour", davis_frames(shared / "datasets" / "davis" / "parkour")),
        ("sister", clip_frames(shared / "clips" / "sister.mkv")),
        ("book", clip_frames(shared / "clips" / "book.mkv")),
    ):
        maps, lumas, truths = [], [], []
        for pixels, truth in frames:
            maps.append(engine.infer(pixels)[None])
            lumas.append(small_views(OPS, pixels, 320)[1])
            if truth is not None:
                truths.append(cv2.resize(truth, (320, 320), interpolation=cv2.INTER_AREA)[None])
        still = np.abs(np.diff(np.stack(lumas), axis=0)) < 0.02
        for steadiness in (0.0, 0.5, 1.0):
            smoother = Smoother()
            steady = np.stack(
                [
                    smoother.steady(OPS, saliency, luma, number * FRAME_NS, steadiness)
                    for number, (saliency, luma) in enumerate(zip(maps, lumas, strict=True))
                ]
            )
            steps = np.diff(steady, axis=0)
            line = f"  {name:14s} steadiness {steadiness:3.1f}   {1000 * np.abs(steps)[still].mean():8.2f}"
            if truths:
                truth_steps = np.diff(np.stack(truths), axis=0)
                dtssd = 100 * np.sqrt(((steps - truth_steps) ** 2).mean(axis=(1, 2, 3))).mean()
                line += f"{'':36s}{dtssd:6.2f}   {1000 * np.abs(steady - np.stack(truths)).mean():6.2f}"
            print(line)
