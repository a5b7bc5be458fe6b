"""CloudTrail events: API calls of roles, users and services, and console sign-ins.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench.corpora.pools import ACCOUNT, REGION, SERVICES, START, Pools, iso

Json = dict[str, Any]
IAM, STS = f"arn:aws:iam::{ACCOUNT}", f"arn:aws:sts::{ACCOUNT}"
SECONDS = 900
POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":"*"}]}'
)


@dataclass(slots=True)
class Call:
    """What the kinds of events differ in."""

    service: str
    name: str
    request: Json | None = None
    response: Json | None = None
    more: Json = field(default_factory=dict)
    additional: Json | None = None
    resources: list[Json] | None = None
    reads: bool = True
    data: bool = False
    kind: str = "AwsApiCall"
    agent: str = ""


def records(pools: Pools, count: int) -> Iterator[bytes]:
    """That many events, in the order of their times."""
    makers, weights = zip(*KINDS, strict=True)
    for number in range(count):
        moment = START + number * SECONDS / count
        maker = pools.random.choices(makers, weights)[0]
        yield orjson.dumps(event(pools, moment, maker))


def event(pools: Pools, moment: float, maker: Callable[[Pools, float], Call]) -> Json:
    """One event of that kind."""
    chance = pools.random.random
    who = identity(pools, moment)
    call = maker(pools, moment)
    service = who.get("invokedBy")
    address = service or (pools.external() if chance() < 0.7 else pools.internal())
    made: Json = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": iso(moment),
        "eventSource": f"{call.service}.amazonaws.com",
        "eventName": call.name,
        "awsRegion": REGION,
        "sourceIPAddress": address,
        "userAgent": call.agent or service or pools.sdk_agent(),
    }
    made |= call.more
    made |= {"requestParameters": call.request, "responseElements": call.response}
    if call.additional:
        made["additionalEventData"] = call.additional
    made |= {"requestID": pools.uuid(), "eventID": pools.uuid(), "readOnly": call.reads}
    if call.resources:
        made["resources"] = call.resources
    made |= {
        "eventType": call.kind,
        "managementEvent": not call.data,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data" if call.data else "Management",
    }
    if not service:
        made["tlsDetails"] = {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{call.service}.{REGION}.amazonaws.com",
        }
        if call.kind == "AwsApiCall" and chance() < 0.1:
            made["sessionCredentialFromConsole"] = "true"
    return made


def identity(pools: Pools, moment: float) -> Json:
    """userIdentity: 62 % roles, 18 % users, 17 % services, 3 % root."""
    pick, share = pools.random.choice, pools.random.random()
    if share < 0.62:
        role = pick(pools.roles)
        session = pick(pools.instances if pools.random.random() < 0.4 else pools.users)
        id = f"AROA{pools.letters(17)}"
        return {
            "type": "AssumedRole",
            "principalId": f"{id}:{session}",
            "arn": f"{STS}:assumed-role/{role}/{session}",
            "accountId": ACCOUNT,
            "accessKeyId": f"ASIA{pools.letters(16)}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": id,
                    "arn": f"{IAM}:role/{role}",
                    "accountId": ACCOUNT,
                    "userName": role,
                },
                "webIdFederationData": {},
                "attributes": {
                    "creationDate": iso(moment - pools.random.randint(0, 3600)),
                    "mfaAuthenticated": "false",
                },
                "ec2RoleDelivery": "2.0",
            },
        }
    if share < 0.80:
        user = pick(pools.users)
        return {
            "type": "IAMUser",
            "principalId": f"AIDA{pools.letters(17)}",
            "arn": f"{IAM}:user/{user}",
            "accountId": ACCOUNT,
            "accessKeyId": f"AKIA{pools.letters(16)}",
            "userName": user,
        }
    if share < 0.97:
        return {"type": "AWSService", "invokedBy": pick(SERVICES[:4])}
    return {"type": "Root", "principalId": ACCOUNT, "arn": f"{IAM}:root", "accountId": ACCOUNT}


def assume_role(pools: Pools, moment: float) -> Call:
    """sts: credentials of a role."""
    role, session = pools.random.choice(pools.roles), pools.random.choice(pools.instances)
    arn = f"{IAM}:role/{role}"
    return Call(
        service="sts",
        name="AssumeRole",
        request={"roleArn": arn, "roleSessionName": session, "durationSeconds": 3600},
        response={
            "credentials": {
                "accessKeyId": f"ASIA{pools.letters(16)}",
                "sessionToken": pools.letters(300),
                "expiration": "Nov 24, 2026, 9:00:00 PM",
            },
            "assumedRoleUser": {
                "assumedRoleId": f"AROA{pools.letters(17)}:{session}",
                "arn": f"{STS}:assumed-role/{role}/{session}",
            },
        },
        resources=[{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": arn}],
    )


def object_access(pools: Pools, moment: float) -> Call:
    """s3: data events."""
    pick, number = pools.random.choice, pools.random.randint
    name = pick(("GetObject", "PutObject", "HeadObject", "ListObjects", "GetBucketAcl"))
    bucket = pick(pools.buckets)
    key = f"{pick(('raw', 'curated', 'export'))}/dt=2026-11-24/part-{number(0, 99_999):05d}.parquet"
    call = Call(
        service="s3",
        name=name,
        request={"bucketName": bucket, "Host": f"{bucket}.s3.{REGION}.amazonaws.com", "key": key},
        additional={
            "SignatureVersion": "SigV4",
            "CipherSuite": "TLS_AES_128_GCM_SHA256",
            "bytesTransferredIn": number(0, 5_000),
            "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": pools.letters(76),
            "bytesTransferredOut": number(0, 10_000_000),
        },
        resources=[
            {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"},
            {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
        ],
        data=True,
    )
    if name == "PutObject":
        assert call.request
        call.reads = False
        call.request["x-amz-server-side-encryption"] = "aws:kms"
        call.response = {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": pick(pools.keys),
        }
    return call


def key_use(pools: Pools, moment: float) -> Call:
    """kms: encryption of objects."""
    key, bucket = pools.random.choice(pools.keys), pools.random.choice(pools.buckets)
    return Call(
        service="kms",
        name=pools.random.choice(("Decrypt", "GenerateDataKey")),
        request={
            "encryptionContext": {"aws:s3:arn": f"arn:aws:s3:::{bucket}"},
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "keyId": key,
        },
        resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}],
    )


def describe(pools: Pools, moment: float) -> Call:
    """ec2: lists of resources; one in twelve is denied."""
    pick, number = pools.random.choice, pools.random.randint
    what = ("Instances", "SecurityGroups", "Volumes", "NetworkInterfaces", "Tags")
    vpcs = [{"value": pick(pools.vpcs)} for _ in range(number(1, 4))]
    running = {"name": "instance-state-name", "valueSet": {"items": [{"value": "running"}]}}
    instances = [{"instanceId": pick(pools.instances)} for _ in range(number(0, 6))]
    call = Call(
        service="ec2",
        name=f"Describe{pick(what)}",
        request={
            "maxResults": 1000,
            "filterSet": {"items": [{"name": "vpc-id", "valueSet": {"items": vpcs}}, running]},
            "instancesSet": {"items": instances},
        },
    )
    if pools.random.random() < 0.08:
        call.more = {
            "errorCode": "Client.UnauthorizedOperation",
            "errorMessage": "You are not authorized to perform this operation. User: "
            f"{IAM}:user/{pick(pools.users)} is not authorized to perform: ec2:{call.name} "
            "because no identity-based policy allows the action",
        }
    return call


def run_instances(pools: Pools, moment: float) -> Call:
    """ec2: the longest of the kinds."""
    pick, image = pools.random.choice, f"ami-{pools.hex(17)}"
    subnet, group, instance = pick(pools.subnets), pick(pools.groups), pick(pools.instances)
    address, milliseconds = pools.internal(), int(moment * 1000)
    tags = [{"key": "Name", "value": "web"}, {"key": "env", "value": "prod"}]
    disk = {"volumeSize": 100, "deleteOnTermination": True, "volumeType": "gp3"}
    interface = {
        "networkInterfaceId": pick(pools.interfaces),
        "subnetId": subnet,
        "status": "in-use",
        "macAddress": "06:aa:bb:cc:dd:ee",
        "groupSet": {"items": [{"groupId": group, "groupName": "web"}]},
        "attachment": {
            "attachmentId": f"eni-attach-{pools.hex(17)}",
            "deviceIndex": 0,
            "status": "attaching",
            "attachTime": milliseconds,
        },
    }
    return Call(
        service="ec2",
        name="RunInstances",
        request={
            "instancesSet": {"items": [{"imageId": image, "minCount": 1, "maxCount": 1}]},
            "instanceType": "m7g.large",
            "blockDeviceMapping": {"items": [{"deviceName": "/dev/xvda", "ebs": disk}]},
            "monitoring": {"enabled": False},
            "disableApiTermination": False,
            "subnetId": subnet,
            "iamInstanceProfile": {"name": pick(pools.roles)},
            "tagSpecificationSet": {"items": [{"resourceType": "instance", "tags": tags}]},
        },
        response={
            "requestId": pools.uuid(),
            "reservationId": f"r-{pools.hex(17)}",
            "ownerId": ACCOUNT,
            "groupSet": {},
            "instancesSet": {
                "items": [
                    {
                        "instanceId": instance,
                        "imageId": image,
                        "currentState": {"code": 0, "name": "pending"},
                        "privateDnsName": f"ip-{address.replace('.', '-')}.ec2.internal",
                        "instanceType": "m7g.large",
                        "launchTime": milliseconds,
                        "placement": {"availabilityZone": f"{REGION}a", "tenancy": "default"},
                        "subnetId": subnet,
                        "vpcId": pick(pools.vpcs),
                        "privateIpAddress": address,
                        "networkInterfaceSet": {"items": [interface]},
                    }
                ]
            },
        },
        reads=False,
    )


def open_port(pools: Pools, moment: float) -> Call:
    """ec2: a rule of a security group."""
    group = pools.random.choice(pools.groups)
    port: Json = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
    ranges = {"items": [{"cidrIp": "0.0.0.0/0", "description": "temporary"}]}
    rule = {"groupOwnerId": ACCOUNT, "groupId": group, "isEgress": False, "cidrIpv4": "0.0.0.0/0"}
    asked = port | {"groups": {}, "ipRanges": ranges, "ipv6Ranges": {}, "prefixListIds": {}}
    return Call(
        service="ec2",
        name="AuthorizeSecurityGroupIngress",
        request={"groupId": group, "ipPermissions": {"items": [asked]}},
        response={
            "requestId": pools.uuid(),
            "_return": True,
            "securityGroupRuleSet": {"items": [rule | port]},
        },
        reads=False,
    )


def sign_in(pools: Pools, moment: float) -> Call:
    """signin: one in five fails."""
    failed = pools.random.random() < 0.2
    return Call(
        service="signin",
        name="ConsoleLogin",
        response={"ConsoleLogin": "Failure" if failed else "Success"},
        more={"errorMessage": "Failed authentication"} if failed else {},
        additional={
            "LoginTo": f"https://console.aws.amazon.com/console/home?region={REGION}",
            "MobileVersion": "No",
            "MFAUsed": pools.random.choice(("Yes", "No")),
        },
        reads=False,
        kind="AwsConsoleSignIn",
        agent=pools.user_agent(),
    )


def grant(pools: Pools, moment: float) -> Call:
    """iam: users and policies."""
    user = pools.random.choice(pools.users)
    names = ("CreateUser", "AttachUserPolicy", "PutUserPolicy", "CreateAccessKey")
    return Call(
        service="iam",
        name=pools.random.choice(names),
        request={"userName": user, "policyDocument": POLICY},
        response={
            "user": {
                "path": "/",
                "arn": f"{IAM}:user/{user}",
                "userId": f"AIDA{pools.letters(17)}",
                "createDate": "Nov 24, 2026, 8:00:00 PM",
                "userName": user,
            }
        },
        reads=False,
    )


def log_stream(pools: Pools, moment: float) -> Call:
    """logs: what each start of a function does."""
    function = pools.random.choice(pools.functions)
    stream = f"2026/11/24/[$LATEST]{pools.hex(32)}"
    return Call(
        service="logs",
        name="CreateLogStream",
        request={"logGroupName": f"/aws/lambda/{function}", "logStreamName": stream},
        reads=False,
    )


def secret(pools: Pools, moment: float) -> Call:
    """secretsmanager: reads of secrets."""
    request = {"secretId": f"prod/db/{pools.random.randint(1, 40)}"}
    return Call(service="secretsmanager", name="GetSecretValue", request=request)


def new_function(pools: Pools, moment: float) -> Call:
    """lambda: a deployment."""
    pick, function = pools.random.choice, pools.random.choice(pools.functions)
    limits: Json = {"environment": {}, "timeout": 60, "memorySize": 512}
    return Call(
        service="lambda",
        name="UpdateFunctionConfiguration20150331v2",
        request={"functionName": function} | limits,
        response={
            "functionName": function,
            "functionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}",
            "runtime": "python3.13",
            "role": f"{IAM}:role/{pick(pools.roles)}",
            "handler": "orders.handler",
            "codeSize": pools.random.randint(1_000, 9_000_000),
            "lastModified": iso(moment, 3),
            "codeSha256": pools.letters(44),
            "version": "$LATEST",
            "vpcConfig": {
                "subnetIds": [pick(pools.subnets), pick(pools.subnets)],
                "securityGroupIds": [pick(pools.groups)],
                "vpcId": pick(pools.vpcs),
            },
            "tracingConfig": {"mode": "PassThrough"},
            "revisionId": pools.uuid(),
            "layers": [],
            "state": "Active",
            "lastUpdateStatus": "InProgress",
        }
        | limits,
        reads=False,
    )


# Percent of the events.
KINDS: tuple[tuple[Callable[[Pools, float], Call], int], ...] = (
    (assume_role, 18),
    (object_access, 22),
    (key_use, 10),
    (describe, 22),
    (run_instances, 4),
    (open_port, 4),
    (sign_in, 4),
    (grant, 4),
    (log_stream, 5),
    (secret, 4),
    (new_function, 3),
)
