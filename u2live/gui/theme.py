"""Light and dark on Fusion: palette, style sheet, font. Follows the system unless the person chose."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PyQt6.QtWidgets import QApplication, QStyleFactory

from u2live.gui.icons import pixmap
from u2live.gui.logic.tokens import DARK, LIGHT, Tokens, style_sheet
from u2live.paths import user_cache_dir

TEXT_PX = 13
"""Body text where the system's own is of the usual size; it grows with the system's, up to 200 %."""
_USUAL_PT = 10.0


class Theme(QObject):
    """The colours in use. `changed` after they are set."""

    changed = pyqtSignal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self.tokens: Tokens = DARK
        self._system_pt = app.font().pointSizeF()
        self.text_px = round(TEXT_PX * self.text_scale())
        app.setStyle(QStyleFactory.create("Fusion"))
        hints = app.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._follow)
        self.set_choice(choice)

    @property
    def choice(self) -> str:
        return self._choice

    def set_choice(self, choice: str) -> None:
        """`system`, `dark` or `light`."""
        self._choice = choice
        self._use(LIGHT if choice == "light" or (choice == "system" and self._system_is_light()) else DARK)

    def set_text_scale(self, scale: float) -> None:
        """Text at 1 … 2 times its size."""
        self.text_px = round(TEXT_PX * min(2.0, max(1.0, scale)))
        self._use(self.tokens)

    def text_scale(self) -> float:
        """What the system asks for."""
        return min(2.0, max(1.0, self._system_pt / _USUAL_PT)) if self._system_pt > 0 else 1.0

    def _follow(self) -> None:
        if self._choice == "system":
            self.set_choice("system")

    def _system_is_light(self) -> bool:
        """Dark unless the system says light: the picture is the hero."""
        hints = self._app.styleHints()
        return hints is not None and hints.colorScheme() == Qt.ColorScheme.Light

    def _use(self, tokens: Tokens) -> None:
        self.tokens = tokens
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPixelSize(self.text_px)
        self._app.setFont(font)
        self._app.setPalette(palette_of(tokens))
        self._app.setStyleSheet(style_sheet(tokens, self._chevron(), self.text_px))
        self.changed.emit()

    def _chevron(self) -> str:
        """Style sheets take pictures only from files: the arrow in the quiet colour, drawn once per theme."""
        path = user_cache_dir() / f"chevron-{self.tokens.quiet[1:]}.png"
        if not path.exists():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                pixmap("chevron-down", self.tokens.quiet, 28).save(str(path))
            except OSError:
                return ""
        return path.as_posix()


def tabular(font: QFont) -> QFont:
    """The font with figures of one width, so that numbers do not dance."""
    steady = QFont(font)
    steady.setFeature(QFont.Tag("tnum"), 1)
    return steady


def palette_of(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, color in (
        (role.Window, tokens.panel),
        (role.WindowText, tokens.text),
        (role.Base, tokens.raised),
        (role.AlternateBase, tokens.panel),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.quiet),
        (role.Button, tokens.raised),
        (role.ButtonText, tokens.text),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.on_accent),
        (role.Link, tokens.accent),
        (role.Mid, tokens.line),
        (role.Dark, tokens.canvas),
        (role.Light, tokens.hover),
    ):
        palette.setColor(which, QColor(color))
    for which in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.quiet))
    return palette
