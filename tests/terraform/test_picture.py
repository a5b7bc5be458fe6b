"""docs/architecture.svg shows the deployment of local/deployment.json."""

from xml.etree import ElementTree

from local import deployment
from tests.terraform import picture

AGAIN = "draw it again: .venv/bin/python -m tests.terraform.picture"


def test_the_picture_is_fresh() -> None:
    assert picture.FILE.read_text() == picture.draw(deployment.read()), AGAIN


def test_the_picture_is_an_image_that_names_the_parts() -> None:
    described = deployment.read()
    root = ElementTree.fromstring(picture.FILE.read_text())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = " ".join(root.itertext())
    for name in (*described.buckets.values(), *described.queues.values()):
        assert name in text
    for each in described.functions.values():
        assert each.name in text


def test_texts_fit_into_their_boxes_and_boxes_lie_apart() -> None:
    parts = list(picture.boxes(deployment.read()).values())
    for part in parts:
        for text, size in ((part.kind, 11), (part.name, 12)):
            assert 10 + len(text) * picture.LETTER * size / 12 <= part.width, text
        for other in parts:
            apart = (
                abs(part.x - other.x) >= part.width or abs(part.y - other.y) > picture.BOX_HEIGHT
            )
            assert part is other or apart
