"""A PDF as a folder of pictures, which the gallery then treats like any other."""

from __future__ import annotations

import re
import threading
from pathlib import Path

from u2live.errors import U2LiveError
from u2live.gui.jobs import Cancelled, Job, Report
from u2live.gui.logic.i18n import tr
from u2live.paths import user_data_dir

WIDTH = 1920


def pdf_job(source: Path) -> Job:
    """Draw every page as `slides/NAME/001.png` in the user's folder; the job makes that folder."""

    def work(report: Report, cancelled: threading.Event) -> Path:
        from PyQt6.QtCore import QSize, Qt
        from PyQt6.QtGui import QImage, QPainter
        from PyQt6.QtPdf import QPdfDocument

        document = QPdfDocument(None)
        if document.load(str(source)) != QPdfDocument.Error.None_ or document.pageCount() < 1:
            raise U2LiveError(tr("{name} cannot be read as a PDF; open it elsewhere to check", name=source.name))
        folder = _folder_for(source)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        pages = document.pageCount()
        for page in range(pages):
            if cancelled.is_set():
                raise Cancelled
            report(page / pages, tr("Page {page} of {pages}", page=page + 1, pages=pages))
            points = document.pagePointSize(page)
            size = QSize(WIDTH, max(1, round(WIDTH * points.height() / points.width())))
            drawn = document.render(page, size)
            paper = QImage(size, QImage.Format.Format_RGB32)
            paper.fill(Qt.GlobalColor.white)
            painter = QPainter(paper)
            painter.drawImage(0, 0, drawn)
            painter.end()
            if not paper.save(str(folder / f"{page + 1:03}.png")):
                raise U2LiveError(tr("the pages cannot be written to {folder}; make room there", folder=folder))
        return folder

    return Job(tr("Reading {name}", name=source.name), work)


def _folder_for(source: Path) -> Path:
    name = re.sub(r"[^\w.-]+", "-", source.stem).strip("-.") or "slides"
    return user_data_dir() / "slides" / name
