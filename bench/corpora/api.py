"""Requests to APIs, and to models.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso

SECONDS = 300
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
QUESTION = "Say in one sentence what this text is about, and who may have written it. " * 6


def gateway(pools: Pools, count: int) -> Iterator[bytes]:
    """That many requests, in JSON whose values are all texts."""
    pick, number = pools.random.choice, pools.random.randint
    for n in range(count):
        moment = datetime.fromtimestamp(START + n * SECONDS / count, UTC)
        status = pick(("200", "200", "200", "200", "201", "304", "403", "404", "500"))
        yield orjson.dumps(
            {
                "requestId": pools.uuid(),
                "extendedRequestId": f"{pools.letters(15)}=",
                "ip": pools.external(),
                "caller": "-",
                "user": "-",
                "userArn": "-",
                "userAgent": pools.user_agent(),
                "requestTime": f"{moment:%d/%b/%Y:%H:%M:%S} +0000",
                "httpMethod": pick(("GET", "GET", "GET", "POST")),
                "path": f"/prod{pools.path()}",
                "resourcePath": "/{proxy+}",
                "status": status,
                "protocol": "HTTP/1.1",
                "responseLength": str(number(20, 9_000)),
                "responseLatency": str(number(2, 900)),
                "integrationLatency": str(number(1, 800)),
                "integrationStatus": status,
                "stage": "prod",
                "apiId": "a1b2c3d4e5",
                "domainName": f"a1b2c3d4e5.execute-api.{REGION}.amazonaws.com",
                "wafResponseCode": "WAF_ALLOW",
            }
        )


def bedrock(pools: Pools, count: int) -> Iterator[bytes]:
    """That many calls of Converse."""
    number = pools.random.randint
    for n in range(count):
        role, user = pools.random.choice(pools.roles), pools.random.choice(pools.users)
        asked, answered = number(20, 900), number(5, 300)
        latency = {"latencyMs": number(200, 4_000)}
        words = {"text": "It is a report. " * number(2, 40)}
        request = {"role": "user", "content": [{"text": QUESTION}]}
        body = {
            "output": {"message": {"role": "assistant", "content": [words]}},
            "stopReason": "end_turn",
            "metrics": latency,
            "usage": {"inputTokens": asked, "outputTokens": answered},
        }
        yield orjson.dumps(
            {
                "timestamp": iso(START + n * SECONDS / count),
                "accountId": ACCOUNT,
                "identity": {"arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{user}"},
                "region": REGION,
                "requestId": pools.uuid(),
                "operation": "Converse",
                "modelId": MODEL,
                "input": {
                    "inputContentType": "application/json",
                    "inputBodyJson": {"messages": [request], "inferenceConfig": {"maxTokens": 512}},
                    "inputTokenCount": asked,
                },
                "output": {
                    "outputContentType": "application/json",
                    "outputBodyJson": body,
                    "outputTokenCount": answered,
                },
                "schemaType": "ModelInvocationLog",
                "schemaVersion": "1.0",
            }
        )
