"""Reads the pages of the preview."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta"}


@dataclass
class Page(HTMLParser):
    """What is in a page. `tags`: its elements; `panels`: their classes by id."""

    file: Path
    tags: set[str] = field(default_factory=set)
    panels: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(self.file.read_text(encoding="utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= given.keys()
        if tag == "section":
            self.panels[given["id"]] = given["class"]
        if "href" in given:
            self.links.append(given["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
