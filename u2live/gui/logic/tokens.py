# ruff: noqa: E501 -- a style sheet reads better unbroken
"""The colours and measures of the window, dark and light, and the style sheet made of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as #rrggbb. Text on `panel` and `canvas` keeps a contrast of at least 4.5 : 1."""

    canvas: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    good: str
    warning: str
    danger: str
    on_danger: str
    dark: bool


DARK = Tokens(
    canvas="#0f1216", panel="#171b21", raised="#212730", hover="#2a313c", line="#2c333d", text="#e8ebef", quiet="#98a3b3",
    accent="#5b9dff", on_accent="#0b1626", good="#3ccf91", warning="#f2b84b", danger="#ff5d62", on_danger="#1d0506", dark=True,
)  # fmt: skip
LIGHT = Tokens(
    canvas="#eef1f5", panel="#ffffff", raised="#f5f7fa", hover="#e9edf3", line="#d9dfe7", text="#1a1f26", quiet="#5c6775",
    accent="#1f6feb", on_accent="#ffffff", good="#1a8f5f", warning="#b97a00", danger="#d1242f", on_danger="#ffffff", dark=False,
)  # fmt: skip

RADIUS = 10


def contrast(first: str, second: str) -> float:
    """WCAG 2's contrast ratio of two colours, 1 … 21."""
    bright, dim = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_SHEET = """
* {{ outline: none; }}
QWidget {{ color: {text}; }}
QMainWindow, #canvas {{ background: {canvas}; }}
#side, #side QScrollArea, #side QScrollArea > QWidget > QWidget {{ background: {panel}; border: none; }}
#side {{ border-left: 1px solid {line}; }}
#bottom {{ background: {panel}; border-top: 1px solid {line}; }}
QLabel[quiet="true"] {{ color: {quiet}; }}
QLabel[heading="true"] {{ font-weight: 600; }}
QLabel[title="true"] {{ font-weight: 600; font-size: {title}px; }}
QLabel[warning="true"] {{ color: {warning}; }}
QLabel[danger="true"] {{ color: {danger}; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }}

QPushButton, QToolButton {{ background: {raised}; border: 1px solid {line}; border-radius: 8px; padding: 6px 12px; }}
QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {line}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {quiet}; }}
QPushButton[primary="true"] {{ background: {accent}; color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {text}; padding: 5px 11px; }}
QPushButton:checked, QToolButton:checked {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton:checked:focus, QToolButton:checked:focus {{ border-color: {text}; }}
QToolButton[flat="true"] {{ background: transparent; border: 1px solid transparent; padding: 5px; }}
QToolButton[flat="true"]:hover {{ background: {hover}; }}
QToolButton[flat="true"]:checked {{ background: {hover}; border-color: {line}; }}
QToolButton[flat="true"]:focus {{ border-color: {accent}; }}
QToolButton[danger="true"]:checked, QPushButton[danger="true"]:checked
    {{ background: {danger}; color: {on_danger}; border-color: {danger}; }}
QToolButton[danger="true"]:checked:focus {{ border-color: {text}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QToolButton[left="true"] {{ border-top-right-radius: 0; border-bottom-right-radius: 0; }}
QToolButton[right="true"] {{ border-top-left-radius: 0; border-bottom-left-radius: 0; border-left: none; padding: 6px 5px; }}
#segments {{ background: {raised}; border: 1px solid {line}; border-radius: 9px; }}
#segments QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 7px; padding: 4px 10px; color: {quiet}; }}
#segments QToolButton:hover {{ color: {text}; }}
#segments QToolButton:checked {{ background: {segment}; color: {text}; border-color: {line}; }}
#segments QToolButton:focus {{ border-color: {accent}; }}

QComboBox {{ background: {raised}; border: 1px solid {line}; border-radius: 8px; padding: 5px 28px 5px 10px; }}
QComboBox:hover {{ background: {hover}; }}
QComboBox:focus {{ border-color: {accent}; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox::down-arrow {{ image: url("{chevron}"); width: 14px; height: 14px; }}
QComboBox QAbstractItemView, QMenu {{ background: {raised}; border: 1px solid {line}; padding: 4px;
    selection-background-color: {accent}; selection-color: {on_accent}; }}
QMenu::item {{ padding: 6px 24px 6px 10px; border-radius: 6px; }}
QMenu::item:selected {{ background: {accent}; color: {on_accent}; }}
QMenu::item:disabled {{ color: {quiet}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 4px 6px; }}
QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit {{ background: {raised}; border: 1px solid {line}; border-radius: 8px;
    padding: 5px 8px; selection-background-color: {accent}; selection-color: {on_accent}; }}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus {{ border-color: {accent}; }}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {{ width: 0; border: none; }}

QSlider {{ min-height: 20px; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {line}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {accent}; }}
QSlider::add-page:horizontal {{ height: 4px; border-radius: 2px; background: {line}; }}
QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; background: {knob}; border: 1px solid {knob_line}; }}
QSlider::handle:horizontal:hover {{ border-color: {accent}; }}
QSlider::handle:horizontal:focus {{ border: 2px solid {accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {line}; }}
QSlider::handle:horizontal:disabled {{ background: {line}; border-color: {quiet}; }}

QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {line}; border-radius: 3px; min-height: 32px; }}
QScrollBar::handle:vertical:hover {{ background: {quiet}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle:horizontal {{ background: {line}; border-radius: 3px; min-width: 32px; }}
QProgressBar {{ background: {line}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}

#panelHead {{ background: transparent; border: none; border-radius: 8px; padding: 10px 8px; text-align: left; font-weight: 600; }}
#panelHead:hover {{ background: {raised}; }}
#panelHead:focus {{ border: 1px solid {accent}; padding: 9px 7px; }}
#separator {{ background: {line}; max-height: 1px; min-height: 1px; }}
#notice {{ background: {raised}; border: 1px solid {line}; border-radius: {radius}px; }}
#notice[level="warning"] {{ border-color: {warning}; }}
#notice[level="error"] {{ border-color: {danger}; }}
#notice QLabel {{ background: transparent; }}
#card {{ background: {panel}; border: 1px solid {line}; border-radius: 14px; }}
#recordingRow {{ background: transparent; border: 1px solid transparent; border-radius: {radius}px; }}
#recordingRow:hover {{ background: {raised}; border-color: {line}; }}
#job {{ background: {raised}; border: 1px solid {line}; border-radius: {radius}px; }}
QListWidget, QTreeWidget, QTableWidget {{ background: {panel}; border: 1px solid {line}; border-radius: 8px; }}
QListWidget::item, QTreeWidget::item {{ padding: 5px; border-radius: 6px; }}
QListWidget::item:selected, QTreeWidget::item:selected, QTableWidget::item:selected {{ background: {accent}; color: {on_accent}; }}
QHeaderView::section {{ background: {raised}; border: none; padding: 6px; }}
QDialog {{ background: {panel}; }}
QKeySequenceEdit QLineEdit {{ padding: 3px 6px; }}
"""


def style_sheet(tokens: Tokens, chevron: str, text_px: int) -> str:
    """The style sheet in these colours; `chevron` is the path of a drop-down arrow in the quiet colour."""
    return _SHEET.format(
        canvas=tokens.canvas, panel=tokens.panel, raised=tokens.raised, hover=tokens.hover, line=tokens.line, text=tokens.text,
        quiet=tokens.quiet, accent=tokens.accent, on_accent=tokens.on_accent, warning=tokens.warning, danger=tokens.danger,
        on_danger=tokens.on_danger, radius=RADIUS, chevron=chevron, segment=tokens.hover if tokens.dark else "#ffffff",
        knob="#f2f5f9" if tokens.dark else "#ffffff", knob_line="#f2f5f9" if tokens.dark else "#7f8b9c",
        title=round(text_px * 1.45),
    )  # fmt: skip
