"""What the evidence, resources and attacks of a finding say."""

import json
import re
from contextlib import suppress
from typing import Any

from common.errors import Exclude
from common.members import Found, add, no_findings, object_in, objects_in

Object = dict[str, Any]

# https://schema.ocsf.io/1.6.0/objects/attack; the name may begin with the id
TECHNIQUE = re.compile(r"(T\d{4}(?:\.\d{3})?)\b[ :-]*(.*)", re.DOTALL)
INSTANCES = ("AWS::EC2::Instance", "AwsEc2Instance")
FUNCTIONS = ("AWS::Lambda::Function", "AwsLambdaFunction")
USERS = ("AWS::IAM::User", "AwsIamUser")

ARRAYS = ("related.", "host.ip", "threat.t")

READS = (
    *("class_uid", "findings", "Findings", "databucket", "evidences", "finding_info.attacks"),
    *("metadata.product.name", "resources", "vulnerabilities"),
)


def transform(record: Object, document: Object) -> None:
    """Fills what the table leaves open."""
    if "class_uid" not in record and no_findings(record):
        raise Exclude("no_findings")
    found: Found = {}
    for evidence in objects_in(record, "evidences"):
        _evidence(evidence, found)
    for resource in objects_in(record, "resources"):
        _resource(resource, found)
    _attacks(object_in(record, "finding_info"), found)
    if "vulnerabilities" in record and (vulnerabilities := objects_in(record, "vulnerabilities")):
        id = object_in(vulnerabilities[0], "cve").get("uid")
        if type(id) is str and id.startswith("CVE-"):
            add(found, ("vulnerability.enumeration",), "CVE")
        product = object_in(object_in(record, "metadata"), "product")
        add(found, ("vulnerability.scanner.vendor",), product.get("name"))
    if "databucket" in record:
        _file(object_in(object_in(record, "databucket"), "file"), found)
    for target, values in found.items():
        several = len(values) > 1 or target.startswith(ARRAYS)
        document[target] = values if several else values[0]


def _evidence(evidence: Object, found: Found) -> None:
    """Who did what to whom, and by which call, connection, query, process or file."""
    for side, key in (("source", "src_endpoint"), ("destination", "dst_endpoint")):
        end = object_in(evidence, key)
        domain = end.get("domain") or end.get("hostname")
        add(found, (f"{side}.address", f"{side}.ip", "related.ip"), end.get("ip"))
        add(found, (f"{side}.domain", "related.hosts"), domain)
        add(found, (f"{side}.port",), end.get("port"))
    actor = object_in(evidence, "actor")
    for user in (object_in(actor, "user"), object_in(evidence, "user")):
        add(found, ("user.name", "related.user"), user.get("name"))
        add(found, ("user.id", "related.user"), user.get("uid"))
    api = object_in(evidence, "api")
    add(found, ("aws.securityhub_ocsf.api.operation",), api.get("operation"))
    add(found, ("aws.securityhub_ocsf.api.service",), object_in(api, "service").get("name"))
    connection = object_in(evidence, "connection_info")
    for target, key in (("direction", "direction"), ("transport", "protocol_name")):
        if type(text := connection.get(key)) is str:
            add(found, (f"network.{target}",), text.lower())
    add(
        found,
        ("dns.question.name", "related.hosts"),
        object_in(evidence, "query").get("hostname"),
    )
    for process in (object_in(evidence, "process"), object_in(actor, "process")):
        add(found, ("process.name",), process.get("name"))
        add(found, ("process.pid",), process.get("pid"))
        add(found, ("process.command_line",), process.get("cmd_line"))
        executable = object_in(process, "file")
        add(found, ("process.executable",), executable.get("path"), process.get("path"))
        _hashes(executable, found, "process.hash.sha256")
    _file(object_in(evidence, "file"), found)


def _file(file: Object, found: Found) -> None:
    add(found, ("file.name",), file.get("name"))
    add(found, ("file.path",), file.get("path"))
    _hashes(file, found, "file.hash.sha256")


def _hashes(file: Object, found: Found, target: str) -> None:
    for fingerprint in objects_in(file, "hashes"):
        if fingerprint.get("algorithm") in ("SHA-256", "SHA256"):
            add(found, (target, "related.hash"), fingerprint.get("value"))


def _resource(resource: Object, found: Found) -> None:
    """Hosts, functions and users that the finding is about."""
    kind, id = resource.get("type"), resource.get("uid")
    name = id.rpartition("/")[2] if type(id) is str else id
    data = resource.get("data")
    if type(data) is str:  # as Security Hub CSPM's findings have it in Security Lake
        with suppress(ValueError, RecursionError):
            data = json.loads(data)
    details = data if type(data) is dict else {}
    if kind in INSTANCES:
        add(found, ("cloud.instance.id", "host.id", "related.hosts"), name)
        for key in ("awsEc2InstanceDetails", "AwsEc2Instance"):
            described = object_in(details, key)
            type_ = described.get("type") or described.get("Type")
            add(found, ("cloud.machine.type", "host.type"), type_)
            for member in ("ipV4Addresses", "ipV6Addresses", "IpV4Addresses", "IpV6Addresses"):
                values = described.get(member)
                for address in values if type(values) is list else ():
                    add(found, ("host.ip", "related.ip"), address)
    elif kind in FUNCTIONS:
        add(found, ("faas.name",), resource.get("name") or name)
    elif kind in USERS:
        add(found, ("user.name", "related.user"), name)
    if not details:
        return
    access = object_in(details, "AwsIamAccessKey") or object_in(details, "awsIamAccessKeyDetails")
    user = access.get("PrincipalName") or access.get("UserName") or access.get("userName")
    add(found, ("user.name", "related.user"), user)
    id = access.get("PrincipalId") or access.get("principalId")
    add(found, ("user.id", "related.user"), id)


def _attacks(info: Object, found: Found) -> None:
    """Tactics and techniques of MITRE ATT&CK."""
    for attack in objects_in(info, "attacks"):
        for tactic in [object_in(attack, "tactic"), *objects_in(attack, "tactics")]:
            add(found, ("threat.tactic.name",), tactic.get("name"))
            add(found, ("threat.tactic.id",), tactic.get("uid"))
        for technique in (object_in(attack, "technique"), object_in(attack, "sub_technique")):
            name, id = technique.get("name"), technique.get("uid")
            if type(name) is str and (parts := TECHNIQUE.fullmatch(name)):
                id, name = id or parts[1], parts[2]
            add(found, ("threat.technique.name",), name)
            add(found, ("threat.technique.id",), id)
        add(found, ("threat.framework",), "MITRE ATT&CK")
