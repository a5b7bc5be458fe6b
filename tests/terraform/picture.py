"""Draws docs/architecture.svg: what is deployed, under the names of local/deployment.json.

.venv/bin/python -m tests.terraform.picture
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from local import deployment
from local.deployment import Deployment
from tests.terraform.workspace import ROOT

FILE = ROOT / "docs" / "architecture.svg"
WIDTH, HEIGHT = 1190, 650
BOX_HEIGHT = 56
LETTER = 6.6  # pixels of a letter at 12 px, at most
ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8"'
    ' markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8z" fill="#37618e"/></marker></defs>'
)
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1b2733; }
  .kind { fill: #5a6b7b; font-size: 11px; }
  .group { fill: #f4f6f8; stroke: #c3ccd4; }
  .box { fill: #ffffff; stroke: #37618e; }
  .line { stroke: #37618e; fill: none; marker-end: url(#arrow); }
  .title { font-weight: 600; }
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the deployment: its kind, its name, where its left upper corner is."""

    kind: str
    name: str
    x: int
    y: int
    width: int = 230

    @property
    def middle(self) -> int:
        """Its horizontal centre."""
        return self.x + self.width // 2

    @property
    def centre(self) -> int:
        """Its vertical centre."""
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow along points, with a word at its beginning."""

    points: tuple[tuple[int, int], ...]
    word: str = ""


def main() -> None:
    """Rewrite the file."""
    FILE.write_text(draw(deployment.read()))


def boxes(described: Deployment) -> dict[str, Box]:
    """Return the parts by a short name."""
    functions = {folder: each.name for folder, each in described.functions.items()}
    prefix = described.function.name.removesuffix("-es-loader")
    return {
        "sources": Box("logs of this account and of others", "modules of log_sources", 40, 80),
        "extra": Box("log buckets of others", "by EventBridge", 40, 170),
        "log": Box("S3", described.buckets["log"], 340, 80),
        "queue": Box("SQS", described.queues["logs"], 340, 170),
        "rest": Box("SQS, rests of long objects", described.queues["splitted_logs"], 340, 260),
        "dead": Box("SQS, after 50 tries", described.queues["dlq"], 340, 350),
        "loader": Box("Lambda", functions["es_loader"], 640, 170),
        "domain": Box("OpenSearch domain", prefix, 920, 170),
        "people": Box("people", "OpenSearch Dashboards", 920, 80),
        "geo": Box("S3", described.buckets["geo"], 640, 260),
        "downloader": Box("Lambda, every 12 hours", functions["geoip_downloader"], 640, 350),
        "snapshot": Box("S3: snapshots, quarantine", described.buckets["snapshot"], 920, 260),
        "configure": Box("Lambda, at each apply", functions["configure_domain"], 920, 350),
        "exporter": Box("Lambda, every hour", functions["metrics_exporter"], 920, 440),
        "alarms": Box("CloudWatch", "alarms and dashboard", 340, 560),
        "stopper": Box("Lambda, stops the loader", functions["loader_stopper"], 640, 560),
        "topic": Box("SNS, e-mail", f"{prefix}-alert", 920, 560),
    }


def lines(parts: dict[str, Box]) -> Sequence[Line]:
    """Return the arrows."""

    def right(start: str, end: str, word: str = "") -> Line:
        a, b = parts[start], parts[end]
        return Line(((a.x + a.width, a.centre), (b.x, b.centre)), word)

    def down(start: str, end: str, word: str = "") -> Line:
        a, b = parts[start], parts[end]
        if a.y < b.y:
            return Line(((a.middle, a.y + BOX_HEIGHT), (a.middle, b.y)), word)
        return Line(((a.middle, a.y), (a.middle, b.y + BOX_HEIGHT)), word)

    loader, rest, queue, dead = parts["loader"], parts["rest"], parts["queue"], parts["dead"]
    domain = parts["domain"]
    alarms, topic = parts["alarms"], parts["topic"]
    below = topic.y + BOX_HEIGHT + 10
    left, side = queue.x - 12, domain.x + domain.width + 10

    def around(start: str) -> Line:
        """From the right of a box to the right of the domain."""
        y = parts[start].centre
        begin, end = (side - 10, y), (side - 10, domain.centre)
        return Line((begin, (side, y), (side, domain.centre), end))

    return [
        right("sources", "log"),
        right("extra", "queue"),
        down("log", "queue", "new objects"),
        right("queue", "loader"),
        Line(((loader.x, loader.centre + 14), (rest.x + rest.width, rest.centre - 8))),
        Line(((rest.x + rest.width, rest.centre + 4), (loader.x, loader.centre + 26))),
        Line(
            (
                (queue.x, queue.centre + 14),
                (left, queue.centre + 14),
                (left, dead.centre),
                (dead.x, dead.centre),
            )
        ),
        right("loader", "domain"),
        down("geo", "loader"),
        down("downloader", "geo"),
        down("people", "domain"),
        down("domain", "snapshot"),
        around("configure"),
        around("exporter"),
        right("alarms", "stopper"),
        right("stopper", "topic"),
        Line(
            (
                (alarms.middle, alarms.y + BOX_HEIGHT),
                (alarms.middle, below),
                (topic.middle, below),
                (topic.middle, topic.y + BOX_HEIGHT),
            )
        ),
    ]


def draw(described: Deployment) -> str:
    """Return the picture."""
    parts = boxes(described)
    body = [group(20, 40, 270, 215, "Accounts"), group(320, 40, 850, 470, "The deployment")]
    body += [group(320, 525, 850, 112, "Watched")]
    body += [arrow(each) for each in lines(parts)]
    body += [box(each) for each in parts.values()]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
            "<!-- Generated by tests/terraform/picture.py: do not edit. -->",
            f"<style>{STYLE}</style>",
            ARROW,
            *body,
            "</svg>",
            "",
        ]
    )


def group(x: int, y: int, width: int, height: int, title: str) -> str:
    """Return a frame around boxes."""
    return (
        f'<rect class="group" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'
        f'<text class="title" x="{x + 12}" y="{y + 22}">{escape(title)}</text>'
    )


def box(part: Box) -> str:
    """Return a box with its kind and its name."""
    return (
        f'<rect class="box" x="{part.x}" y="{part.y}" width="{part.width}" height="{BOX_HEIGHT}"'
        ' rx="4"/>'
        f'<text class="kind" x="{part.x + 10}" y="{part.y + 22}">{escape(part.kind)}</text>'
        f'<text x="{part.x + 10}" y="{part.y + 42}">{escape(part.name)}</text>'
    )


def arrow(line: Line) -> str:
    """Return an arrow with its word."""
    points = " ".join(f"{x},{y}" for x, y in line.points)
    (x, y), (next_x, next_y) = line.points[:2]
    at = (x + 6, (y + next_y) // 2 + 4) if x == next_x else (x + 6, y - 6)
    word = f'<text class="kind" x="{at[0]}" y="{at[1]}">{escape(line.word)}</text>'
    return f'<polyline class="line" points="{points}"/>{word if line.word else ""}'


if __name__ == "__main__":
    main()
