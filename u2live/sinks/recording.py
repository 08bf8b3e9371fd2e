"""From the settings to a recording: where it goes, what encodes it, what it hears."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from u2live.errors import UsageError
from u2live.paths import expanded, user_recordings_dir
from u2live.settings import RecordingSettings
from u2live.sinks.disk_errors import write_error
from u2live.sinks.live_sound import LiveSound
from u2live.sinks.microphone import AudioInput, Microphone
from u2live.sinks.output_file import free_beside
from u2live.sinks.png_sequence import PngSequence
from u2live.sinks.recorder import Content, Layout, Recorder, RecordingStatus
from u2live.sinks.sink import Delivery
from u2live.sinks.sound import Sound
from u2live.types import Composite, Level, Notice, Notify, Size


class RecorderWithMatte:
    """A recording's colours in one file and its matte, in grey, in a second one beside it: `name.matte.ending`."""

    name = "recorder"
    delivery = Delivery.EVERY

    def __init__(self, fill: Recorder | PngSequence, matte: Recorder | PngSequence, notify: Notify) -> None:
        self.path = fill.path
        self.matte_path = matte.path
        self._parts = (fill, matte)
        self._notify = notify
        self._told = False

    @property
    def status(self) -> RecordingStatus:
        """Of the colours; the size, and how long the disk lasts, of both."""
        fill, matte = (part.status for part in self._parts)
        return replace(fill, size_bytes=fill.size_bytes + matte.size_bytes, minutes_left=_together(fill, matte))

    @property
    def sound(self) -> Sound | None:
        """What is recorded beside the picture, if anything."""
        return self._parts[0].sound

    def pause(self) -> None:
        for part in self._parts:
            part.pause()

    def resume(self) -> None:
        for part in self._parts:
            part.resume()

    def open(self, size: Size, frame_rate: Fraction) -> None:
        for part in self._parts:
            part.open(size, frame_rate)

    def write(self, composite: Composite) -> None:
        if composite.alpha is None and not self._told:
            self._told = True
            message = "the matte file stays white: choose the transparent background to record a matte"
            self._notify(Notice(Level.WARNING, "recording", message))
        for part in self._parts:
            part.write(composite)

    def close(self) -> None:
        """Closes both, also when one of them fails. Raises SinkError."""
        fill, matte = self._parts
        try:
            fill.close()
        finally:
            matte.close()

    def keep(self) -> None:
        for part in self._parts:
            part.keep()

    def discard(self) -> None:
        for part in self._parts:
            part.discard()


Recording = Recorder | PngSequence | RecorderWithMatte


def _together(fill: RecordingStatus, matte: RecordingStatus) -> float | None:
    """Two files fill the disk sooner than one: their rates add up."""
    if not fill.minutes_left or not matte.minutes_left:
        return fill.minutes_left
    return 1 / (1 / fill.minutes_left + 1 / matte.minutes_left)


def make_recording(
    path: Path,
    settings: RecordingSettings,
    *,
    notify: Notify,
    overwrite: bool = False,
    audio_input: AudioInput | None = None,
) -> Recording:
    """A live recording into `path`, with sound from `audio_input`, else from the microphone the settings name.

    The recording's sound, for a meter and mute, is `sound_of(…)`. Raises UsageError for what cannot be.
    """
    sound = None
    if audio_input is None and settings.microphone:
        audio_input = Microphone(settings.microphone)
    if audio_input is not None:
        sound = LiveSound(audio_input, notify, settings.gain_db)
    return make_layout(path, settings, Layout.GROWING, Content.COMPOSITE, sound, notify=notify, overwrite=overwrite)


def make_layout(
    path: Path,
    settings: RecordingSettings,
    layout: Layout,
    content: Content,
    sound: Sound | None,
    *,
    notify: Notify,
    overwrite: bool,
) -> Recording:
    """A recording in `layout`: one file, or colours and matte in two. Raises UsageError for what cannot be."""

    def part(target: Path, what: Content, heard: Sound | None) -> Recorder | PngSequence:
        if target.suffix.lower() in ("", ".png", ".matte"):
            folder = target.with_suffix("") if target.suffix.lower() == ".png" else target
            return PngSequence(folder, layout=layout, content=what, overwrite=overwrite, notify=notify)
        return Recorder(
            target,
            settings.quality,
            codec=settings.codec,
            encoder=settings.encoder,
            layout=layout,
            content=what,
            sound=heard,
            overwrite=overwrite,
            notify=notify,
        )

    if not settings.matte_file or content is Content.MATTE:
        return part(path, content, sound)
    return RecorderWithMatte(part(path, Content.FILL, sound), part(matte_beside(path), Content.MATTE, None), notify)


def matte_beside(path: Path) -> Path:
    """Where the matte of the recording `path` lies when it has a file of its own: `name.matte.ending`."""
    return path.with_name(f"{path.stem}.matte{path.suffix}" if path.suffix else f"{path.name}.matte")


def fits_names(character: str) -> bool:
    """Whether every system takes it in the name of a file."""
    return character not in '/\\:*?"<>|' and ord(character) >= 32


def recordings_folder(settings: RecordingSettings) -> Path:
    """Where recordings go. Not created here."""
    return expanded(settings.folder) if settings.folder else user_recordings_dir()


def recording_name(settings: RecordingSettings, now: datetime | None = None) -> str:
    """The name of a recording that begins now, by the pattern, with its ending. Raises UsageError for a bad pattern."""
    try:
        name = (now or datetime.now()).strftime(settings.name).strip()
    except ValueError as error:
        raise UsageError(f"recording.name {settings.name!r} is no pattern for a name: {error}") from error
    name = "".join(character if fits_names(character) else "-" for character in name)
    name = name.strip(" .") or "u2live"
    if settings.format == "png":
        return name.replace(".", "-")  # a folder's name has no ending that might be taken for a video's
    return f"{name}.{settings.format}"


def new_recording_path(settings: RecordingSettings, now: datetime | None = None) -> Path:
    """A name nothing has yet, in a folder that is there. Raises SinkError, UsageError."""
    folder = recordings_folder(settings)
    if folder.parts and folder.parts[0].startswith("~"):
        raise UsageError(f"recording.folder: there is no home {folder.parts[0]}; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error
    return free_beside(folder / recording_name(settings, now))


def sound_of(recording: Recording) -> LiveSound | None:
    """What a recording hears, to show its level, mute it and turn it up; None where it hears nothing."""
    return recording.sound if isinstance(recording.sound, LiveSound) else None
