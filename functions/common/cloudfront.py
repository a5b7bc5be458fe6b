"""Values that the logs of CloudFront share.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/logging.html
"""

from collections.abc import Iterable
from typing import Any

from common.web import as_sent

NO_VALUE = (None, "", "-")


def with_text_as_sent(record: dict[str, Any], names: Iterable[str]) -> dict[str, Any] | None:
    """A record with these columns, which the client has sent, without what CloudFront encodes in
    them beyond that; None where it has encoded nothing."""
    changed = {
        name: as_sent(value)
        for name in names
        if type(value := record.get(name)) is str and "%25" in value
    }
    return {**record, **changed} if changed else None
