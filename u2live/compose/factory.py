"""From the words a user says to a background."""

from __future__ import annotations

from pathlib import Path

from u2live.compose.backgrounds import Background, Blur, Color, Image, Original, Picture, Transparent
from u2live.compose.choice import BackgroundChoice, Kind, parse_background
from u2live.compose.pictures import IMAGE_SUFFIXES, pictures_in, read_picture
from u2live.settings import BackgroundSettings
from u2live.types import Notify, Size


def open_background(
    settings: BackgroundSettings, size: Size | None = None, *, live: bool = True, notify: Notify | None = None
) -> Background:
    """The chosen background, ready to be composed with.

    `size` is the frame's, where it is known already: pictures are then prepared before the first frame. `live` says that
    the composites go out as they come: a video or slide that is not ready yet leaves the last one standing, and nothing
    waits; otherwise (files) every composite gets exactly the picture of its time. `notify` hears of unreadable slides.
    A blur of strength 0 is no effect and is opened as `Original`: the room is shown as it is.
    Raises UsageError: unknown word, missing or unreadable file, folder without pictures, video without a picture.
    """
    choice = parse_background(settings.choice)
    background = _opened(choice, settings, live, notify)
    if size is not None and isinstance(background, Picture):
        background.prepare(size)
    return background


def _opened(choice: BackgroundChoice, settings: BackgroundSettings, live: bool, notify: Notify | None) -> Background:
    if choice.kind is Kind.BLUR:
        return Blur(choice.strength) if choice.strength > 0 else Original()
    if choice.kind is Kind.COLOR:
        return Color(choice.color)
    if choice.kind is Kind.TRANSPARENT:
        return Transparent()
    if choice.kind is Kind.ORIGINAL:
        return Original()
    if choice.kind is Kind.FOLDER:
        return _folder(choice.path, settings, live, notify)
    if choice.path.suffix.lower() in IMAGE_SUFFIXES:
        return Image(read_picture(choice.path), settings.fit)
    return _moving(choice.path, settings, live, notify)


def _folder(path: Path, settings: BackgroundSettings, live: bool, notify: Notify | None) -> Background:
    from u2live.compose.slideshow import Slideshow

    return Slideshow(pictures_in(path), settings.fit, settings.slide_seconds, live=live, notify=notify)


def _moving(path: Path, settings: BackgroundSettings, live: bool, notify: Notify | None) -> Background:
    from u2live.compose.video import Video
    from u2live.compose.video_reader import check_video

    frames = check_video(path)
    if len(frames) == 1:  # a GIF that does not move, a picture under an unusual name
        return Image(frames[0].to_ndarray(format="bgr24"), settings.fit)
    return Video(path, frames[0], settings.fit, live=live, notify=notify)
