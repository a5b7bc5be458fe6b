"""What kind of record it is, who caused it, and how much sensitive data there is."""

import re
from typing import Any

from common.errors import Exclude
from common.members import no_findings, object_in, objects_in

Object = dict[str, Any]

# userIdentity has one member, named after its type. As in cloudtrail, a role's name is the user's;
# the name of its session stands at the end of the ARN.
IDENTITIES = ("assumedRole", "federatedUser", "iamUser", "root", "awsAccount", "awsService")

READS = (
    "affectedResource",
    "classificationDetails.result.customDataIdentifiers.totalCount",
    "classificationDetails.result.sensitiveData.*.totalCount",
    "eventType",
    "Findings",
    "findings",
    "id",
    "policyDetails.actor.userIdentity",
    "resourcesAffected.s3Bucket.name",
    "resourcesAffected.s3Object.key",
    "type",
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    get = record.get
    if "id" not in record and no_findings(record):
        raise Exclude("no_findings")
    types = ["info"]
    if type(kind := get("type")) is str:
        document["event.kind"] = "alert"
        document["event.category"] = ["configuration" if kind.startswith("Policy:") else "file"]
    else:
        document["event.kind"], document["event.category"] = "event", ["file"]
    if type(happened := get("eventType")) is str and "ERROR" in happened:
        document["event.outcome"], types = "failure", ["error"]
    document["event.type"] = types
    affected = object_in(record, "resourcesAffected")
    bucket = object_in(affected, "s3Bucket").get("name")
    if bucket is None and object_in(record, "affectedResource").get("type") == "S3_BUCKET_NAME":
        bucket = object_in(record, "affectedResource").get("value")
    document["aws.macie.bucket.name"] = bucket
    key = object_in(affected, "s3Object").get("key")
    if type(key) is str:
        document["file.name"] = key.rpartition("/")[2]
    classified = object_in(record, "classificationDetails").get("result")
    if type(classified) is dict:
        groups = objects_in(classified, "sensitiveData")
        groups.append(object_in(classified, "customDataIdentifiers"))
        counts = [group.get("totalCount") for group in groups]
        document["aws.macie.data.count"] = sum(count for count in counts if type(count) is int)
    if "policyDetails" in record:
        actor = object_in(object_in(record, "policyDetails"), "actor")
        _user(object_in(actor, "userIdentity"), document)


def _user(identity: Object, document: Object) -> None:
    for member in IDENTITIES:
        if type(who := identity.get(member)) is not dict:
            continue
        arn = who.get("arn")
        last = re.split("[/:]", arn)[-1] if type(arn) is str else None
        issuer = object_in(object_in(who, "sessionContext"), "sessionIssuer")
        name = who.get("userName") or issuer.get("userName") or who.get("invokedBy") or last
        id = who.get("principalId") or who.get("accountId")
        document["user.name"], document["user.id"] = name, id
        known = dict.fromkeys(v for v in (name, last, id) if type(v) is str and v)
        document["related.user"] = list(known)
        document["aws.macie.access_key_id"] = who.get("accessKeyId")
        return
