"""The page on which Google Drive asks whether a file too large for its virus check shall be sent anyway."""

from __future__ import annotations

import urllib.parse
from html.parser import HTMLParser


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.title = ""
        self.action = ""
        self.fields: dict[str, str] = {}
        self._in_title = False
        self._in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = True
        elif tag == "form" and "download" in attributes.get("id", "").lower():
            self._in_form = True
            self.action = attributes.get("action", "")
        elif tag == "input" and self._in_form and attributes.get("name"):
            self.fields[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "form":
            self._in_form = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def _parsed(page: str) -> _Page:
    parser = _Page()
    parser.feed(page)
    return parser


def confirmed_address(page: str, base: str) -> str | None:
    """Where the page's download form leads, its hidden fields included; None when the page has no such form.

    `base` is the page's own address. Only http and https are followed.
    """
    parsed = _parsed(page)
    if not parsed.action:
        return None
    parts = urllib.parse.urlsplit(urllib.parse.urljoin(base, parsed.action))
    if parts.scheme not in ("http", "https"):
        return None
    query = dict(urllib.parse.parse_qsl(parts.query)) | parsed.fields
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode(query)))


def page_title(page: str) -> str:
    """What the page calls itself, in one short line."""
    return " ".join(_parsed(page).title.split())[:80] or "no title"
