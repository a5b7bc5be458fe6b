"""Findings of GuardDuty.

https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html
"""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from bench.corpora.pools import ACCOUNT, REGION, START, Pools, iso

Json = dict[str, Any]
Kind = Callable[[Pools, str], Json]
SECONDS = 300
COUNTRIES = ("Japan", "Germany", "Brazil", "United States")
CITIES = ("Tokyo", "Frankfurt am Main", "", "Ashburn")
SSH, HTTP, HTTPS = (
    {"port": port, "portName": name} for port, name in ((22, "SSH"), (80, "HTTP"), (443, "HTTPS"))
)


def guardduty(pools: Pools, count: int) -> Iterator[bytes]:
    """That many findings, in the order of their times."""
    weights = [kind[0] for kind in KINDS]
    for number in range(count):
        kind = pools.random.choices(KINDS, weights)[0]
        yield orjson.dumps(finding(pools, START + number * SECONDS / count, *kind[1:]))


def finding(
    pools: Pools, moment: float, type: str, severity: float, on_instance: bool, action: Kind
) -> Json:
    """One finding of that type."""
    address, instance = pools.internal(), pools.random.choice(pools.instances)
    detector, id = pools.hex(32), pools.hex(32)
    first = moment - 600
    return {
        "schemaVersion": "2.0",
        "accountId": ACCOUNT,
        "region": REGION,
        "partition": "aws",
        "id": id,
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/{detector}/finding/{id}",
        "type": type,
        "resource": of_instance(pools, instance, address) if on_instance else of_key(pools),
        "service": {
            "serviceName": "guardduty",
            "detectorId": detector,
            "action": action(pools, address),
            "resourceRole": "TARGET",
            "additionalInfo": {
                "threatName": "Customer Threat Intel",
                "threatListName": "known-hosts",
                "sample": False,
                "value": '{"threatName":"Customer Threat Intel"}',
                "type": "default",
            },
            "evidence": {
                "threatIntelligenceDetails": [
                    {"threatListName": "ProofPoint", "threatNames": ["Brute force"]}
                ]
            },
            "eventFirstSeen": iso(first),
            "eventLastSeen": iso(moment),
            "archived": False,
            "count": pools.random.randint(1, 40),
        },
        "severity": severity,
        "createdAt": iso(first, 3),
        "updatedAt": iso(moment, 3),
        "title": f"{type} on {instance}.",
        "description": f"{instance} is performing activity of type {type}. This activity is seen "
        "when a remote host attempts repeatedly.",
    }


def of_instance(pools: Pools, instance: str, address: str) -> Json:
    """resource: an EC2 instance with one interface."""
    pick = pools.random.choice
    name = f"ip-{address.replace('.', '-')}.ec2.internal"
    interface = {
        "ipv6Addresses": [],
        "networkInterfaceId": pick(pools.interfaces),
        "privateDnsName": name,
        "privateIpAddress": address,
        "privateIpAddresses": [{"privateDnsName": name, "privateIpAddress": address}],
        "subnetId": pick(pools.subnets),
        "vpcId": pick(pools.vpcs),
        "securityGroups": [{"groupName": "web", "groupId": pick(pools.groups)}],
        "publicDnsName": "",
        "publicIp": pools.external(),
    }
    profile = f"arn:aws:iam::{ACCOUNT}:instance-profile/web"
    return {
        "resourceType": "Instance",
        "instanceDetails": {
            "instanceId": instance,
            "instanceType": "m7g.large",
            "launchTime": iso(START - 86_400),
            "platform": None,
            "productCodes": [],
            "iamInstanceProfile": {"arn": profile, "id": f"AIPA{pools.letters(17)}"},
            "networkInterfaces": [interface],
            "outpostArn": None,
            "tags": [{"key": "Name", "value": "web"}, {"key": "env", "value": "prod"}],
            "instanceState": "running",
            "availabilityZone": f"{REGION}a",
            "imageId": f"ami-{pools.hex(17)}",
            "imageDescription": "Amazon Linux 2023 AMI",
        },
    }


def of_key(pools: Pools) -> Json:
    """resource: an access key."""
    return {
        "resourceType": "AccessKey",
        "accessKeyDetails": {
            "accessKeyId": f"AKIA{pools.letters(16)}",
            "principalId": f"AIDA{pools.letters(17)}",
            "userName": pools.random.choice(pools.users),
            "userType": "IAMUser",
        },
    }


def remote(pools: Pools) -> Json:
    """The other side, with what GuardDuty knows of it."""
    pick = pools.random.choice
    return {
        "ipAddressV4": pools.external(),
        "organization": {
            "asn": str(pools.random.randint(1_000, 60_000)),
            "asnOrg": "Example Hosting",
            "isp": "Example ISP",
            "org": "Example Org",
        },
        "country": {"countryName": pick(COUNTRIES)},
        "city": {"cityName": pick(CITIES)},
        "geoLocation": {"lat": 35.68, "lon": 139.75},
    }


def brute_force(pools: Pools, address: str) -> Json:
    """A connection from outside."""
    return _connection(pools, address, "INBOUND", SSH, _any_port(pools))


def command_and_control(pools: Pools, address: str) -> Json:
    """A connection to the outside."""
    return _connection(pools, address, "OUTBOUND", _any_port(pools), HTTPS)


def port_probe(pools: Pools, address: str) -> Json:
    """Three probes of one port."""
    probe = {"localPortDetails": HTTP, "localIpDetails": {"ipAddressV4": address}}
    probes = [probe | {"remoteIpDetails": remote(pools)} for _ in range(3)]
    return {
        "actionType": "PORT_PROBE",
        "portProbeAction": {"portProbeDetails": probes, "blocked": False},
    }


def sign_in(pools: Pools, address: str) -> Json:
    """A call of the API."""
    return {
        "actionType": "AWS_API_CALL",
        "awsApiCallAction": {
            "api": "ConsoleLogin",
            "serviceName": "signin.amazonaws.com",
            "callerType": "Remote IP",
            "remoteIpDetails": remote(pools),
            "affectedResources": {},
        },
    }


def query(pools: Pools, address: str) -> Json:
    """A name that was looked up."""
    name = {"domain": "pool.example.com", "protocol": "UDP", "blocked": False}
    return {"actionType": "DNS_REQUEST", "dnsRequestAction": name}


def _any_port(pools: Pools) -> Json:
    return {"port": pools.random.randint(1_024, 65_535), "portName": "Unknown"}


def _connection(pools: Pools, address: str, direction: str, near: Json, far: Json) -> Json:
    return {
        "actionType": "NETWORK_CONNECTION",
        "networkConnectionAction": {
            "connectionDirection": direction,
            "localIpDetails": {"ipAddressV4": address},
            "remoteIpDetails": remote(pools),
            "remotePortDetails": far,
            "localPortDetails": near,
            "protocol": "TCP",
            "blocked": False,
        },
    }


# Percent of the findings, type, severity, whether on an instance, action.
KINDS: tuple[tuple[int, str, float, bool, Kind], ...] = (
    (35, "UnauthorizedAccess:EC2/SSHBruteForce", 2.0, True, brute_force),
    (20, "Recon:EC2/PortProbeUnprotectedPort", 2.0, True, port_probe),
    (20, "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B", 5.0, False, sign_in),
    (15, "CryptoCurrency:EC2/BitcoinTool.B!DNS", 8.0, True, query),
    (10, "Backdoor:EC2/C&CActivity.B", 8.0, True, command_and_control),
)
