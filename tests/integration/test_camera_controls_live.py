"""Settings reach a camera's own controls while it runs, without opening it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.integration.numbered import RED, Collector, Numbered, until
from u2live.errors import UsageError
from u2live.pipeline.pipeline import Pipeline
from u2live.settings import CameraSettings, with_value


class Adjusted(Numbered):
    """A live source with controls of its own."""

    def __init__(self, camera: CameraSettings) -> None:
        super().__init__(None, live=True)
        self.opened_with = camera.controls
        self.told: list[str] = []
        self.openings = 0

    def open(self) -> Any:
        self.openings += 1
        return super().open()

    def adjust(self, controls: str) -> None:
        if "=" not in controls:
            raise UsageError(f"camera.controls takes name=value, not {controls!r}")
        self.told.append(controls)


def test_controls_change_while_the_camera_runs(make: Callable[..., Pipeline]) -> None:
    made: list[Adjusted] = []

    def source(camera: CameraSettings, _notify: object) -> Adjusted:
        made.append(Adjusted(camera))
        return made[-1]

    sink = Collector()
    settings = with_value(RED, "camera.controls", "gain=1")
    pipeline = make(settings, make_source=source, sinks=[sink])
    pipeline.start()
    until(lambda: len(sink.composites) > 3, "composites")
    pipeline.apply(with_value(settings, "camera.controls", "gain=2"))
    until(lambda: made[0].told == ["gain=2"], "the new value")
    pipeline.apply(with_value(settings, "camera.controls", "nonsense"))
    until(lambda: any("takes name=value" in notice.message for notice in pipeline.notices.recent()), "the warning")
    seen = len(sink.composites)
    until(lambda: len(sink.composites) > seen + 3, "it goes on")
    assert (len(made), made[0].openings, made[0].opened_with, made[0].told) == (1, 1, "gain=1", ["gain=2"])
