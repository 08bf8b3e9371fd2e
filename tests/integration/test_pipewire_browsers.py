"""The PipeWire camera in browsers: they ask the desktop portal for cameras, list ours and show its pictures."""

from __future__ import annotations

import json
import os
import queue
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integration.pipewire_session import Session, halves, new_session, until
from u2live.sinks.pipewire import PipeWireCamera
from u2live.types import Composite, Size

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SIZE = Size(1280, 720)
LEFT, RIGHT = (200, 80, 40), (30, 60, 220)
PORTAL = Path("/usr/libexec/xdg-desktop-portal")
PORTAL_BACKEND = Path("/usr/libexec/xdg-desktop-portal-gtk")
PAGE = """<video id=video autoplay muted></video><script>
const say = what => fetch("/", {method: "POST", body: JSON.stringify(what)});
const look = async () => {
  const stream = await navigator.mediaDevices.getUserMedia({video: {width: 1280, height: 720}});
  const devices = (await navigator.mediaDevices.enumerateDevices()).filter(each => each.kind == "videoinput");
  video.srcObject = stream;
  await video.play();
  for (let count = 0; count < 30; count++) await new Promise(done => video.requestVideoFrameCallback(done));
  const canvas = Object.assign(document.createElement("canvas"), {width: video.videoWidth, height: video.videoHeight});
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const pixel = x => [...context.getImageData(x * canvas.width, canvas.height / 2, 1, 1).data].slice(0, 3);
  stream.getTracks().forEach(track => track.stop());
  await say({devices: devices.map(each => each.label), label: stream.getVideoTracks()[0].label,
             size: [canvas.width, canvas.height], left: pixel(0.25), right: pixel(0.75)});
};
look().then(look).catch(error => say({error: `${error.name}: ${error.message}`}));
</script>"""


@contextmanager
def page_that_tells() -> Iterator[tuple[str, queue.Queue[dict[str, Any]]]]:
    """An address for the browser, and what the page there says."""
    said: queue.Queue[dict[str, Any]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(PAGE.encode())

        def do_POST(self) -> None:
            said.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(b"")

        def log_message(self, *arguments: object) -> None:
            pass

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", said
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """With a desktop portal whose user has allowed cameras."""
    missing = [str(path) for path in (PORTAL, PORTAL_BACKEND) if not path.exists()]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    with new_session(tmp_path, "Xvfb", "gdbus") as started:
        display = tmp_path / "display"
        started.launch("bash", "-c", f"exec Xvfb -displayfd 3 -nolisten tcp 3>{display}")
        until(lambda: display.exists() and display.read_text().strip())
        started.environment |= {"DISPLAY": f":{display.read_text().strip()}", "XDG_CURRENT_DESKTOP": "gnome"}
        allow_cameras(started)
        started.launch(str(PORTAL_BACKEND))
        until(lambda: has_name(started, "org.freedesktop.impl.portal.desktop.gtk"))
        started.launch(str(PORTAL))
        until(lambda: has_name(started, "org.freedesktop.portal.Desktop"))
        # WirePlumber shows cameras to the portal's programs only when it came after the portal:
        # https://github.com/flatpak/xdg-desktop-portal/issues/2143
        started.end("wireplumber")
        started.start_session_manager()
        yield started


def call(session: Session, destination: str, path: str, method: str, *arguments: str) -> str:
    done = session.run(
        "gdbus", "call", "--session", "--dest", destination, "--object-path", path, "--method", method, *arguments
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def has_name(session: Session, name: str) -> bool:
    answer = call(session, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.NameHasOwner", name)
    return "true" in answer


def allow_cameras(session: Session) -> None:
    """What a click on "Allow" leaves behind, for programs outside a sandbox."""
    store = "org.freedesktop.impl.portal.PermissionStore"
    permission = ("devices", "true", "camera", "", "['yes']")
    call(session, store, f"/{store.replace('.', '/')}", f"{store}.SetPermission", *permission)


def chromium(session: Session) -> tuple[str, ...]:
    options = ("--headless=new", "--no-first-run", "--disable-gpu", f"--user-data-dir={session.folder}/chromium")
    asks = ("--enable-features=WebRtcPipeWireCamera", "--use-fake-ui-for-media-stream")
    as_root = ("--no-sandbox",) if os.getuid() == 0 else ()
    return ("chromium", *options, *asks, *as_root)


def firefox(session: Session) -> tuple[str, ...]:
    profile = session.folder / "firefox"
    profile.mkdir()
    wanted = {
        "media.webrtc.camera.allow-pipewire": True,
        "media.navigator.permission.disabled": True,  # nobody is there to answer
        "datareporting.policy.dataSubmissionEnabled": False,
        "network.captive-portal-service.enabled": False,
        "network.connectivity-service.enabled": False,
        "browser.aboutwelcome.enabled": False,
    }
    lines = (f'user_pref("{name}", {json.dumps(value)});\n' for name, value in wanted.items())
    (profile / "user.js").write_text("".join(lines))
    name = next((name for name in ("firefox", "firefox-esr") if shutil.which(name)), "firefox")
    return (name, "--headless", "--no-remote", "--profile", str(profile))


@pytest.mark.parametrize("browser", [chromium, firefox], ids=lambda browser: browser.__name__)
def test_a_page_sees_the_camera_and_its_colors(
    session: Session, monkeypatch: pytest.MonkeyPatch, browser: Callable[[Session], tuple[str, ...]]
) -> None:
    """Twice in a row: the page gives the camera back and takes it again."""
    command = browser(session)
    if shutil.which(command[0]) is None:
        pytest.skip(f"not installed: {command[0]}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", session.environment["XDG_RUNTIME_DIR"])
    camera = PipeWireCamera(SIZE, 30, notify=lambda notice: None)
    camera.open(SIZE, Fraction(30))
    camera.write(Composite(0, 0, halves(LEFT, RIGHT, SIZE)))
    try:
        with page_that_tells() as (address, said):
            session.launch(*command, address)
            for _ in range(2):
                seen = said.get(timeout=80)
                assert "error" not in seen, seen
                assert seen["devices"] == ["u2live"]
                assert seen["label"] == "u2live"
                assert seen["size"] == [SIZE.width, SIZE.height]
                for side, color in (("left", LEFT), ("right", RIGHT)):
                    assert np.abs(np.array(seen[side]) - color[::-1]).max() <= 4
            until(lambda: camera.viewers() == 0)
            session.end(command[0])
    finally:
        camera.close()
