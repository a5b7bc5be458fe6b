"""What the objects of an OCSF event are in ECS: its host, process, container and file.

https://schema.ocsf.io/1.1.0/objects
"""

from typing import Any

from common.members import object_in, objects_in

Object = dict[str, Any]

SYSTEMS = {  # type_id of an operating system -> host.os.type
    100: "windows",
    101: "windows",
    200: "linux",
    201: "android",
    300: "macos",
    301: "ios",
    302: "ios",
    400: "unix",
    401: "unix",
    402: "unix",
}
HASHES = {1: "md5", 2: "sha1", 3: "sha256", 4: "sha512"}  # algorithm_id
# Member of an object -> field below the object's own
PROCESS = {
    "cmd_line": "command_line",
    "name": "name",
    "pid": "pid",
    "uid": "entity_id",
}
FILE = {
    "mime_type": "mime_type",
    "name": "name",
    "parent_folder": "directory",
    "path": "path",
    "size": "size",
    "type": "type",
}
FILE_TIMES = {"accessed_time": "accessed", "created_time": "created", "modified_time": "mtime"}
CONTAINER = {"name": "name", "runtime": "runtime", "uid": "id"}
# Objects that have a file
FILES = ("driver", "job", "module", "process")
READS = (
    *(f"device.{member}" for member in ("hostname", "instance_uid", "os.type_id", "uid")),
    *(f"{name}.file" for name in FILES),
    "actor.process",
    "file",
    "process",
)


def describe_device(device: Object, document: Object) -> None:
    """The host that an event is of."""
    instance = device.get("instance_uid")
    document["host.id"] = device.get("uid") or instance
    if type(instance) is str and instance.startswith("i-"):
        document["cloud.instance.id"] = instance
    document["host.os.type"] = SYSTEMS.get(whole(object_in(device, "os").get("type_id")))


def describe_process(record: Object, launched: bool, document: Object) -> None:
    """The process that an event is about, else the one that acted; and its parent: where a process
    has been launched, that is the one that acted."""
    actor = object_in(object_in(record, "actor"), "process")
    process = object_in(record, "process") or actor
    if not process:
        return
    parent = object_in(process, "parent_process")
    if not parent and launched and process is not actor:
        parent = actor
    for own, field in ((process, "process"), (parent, "process.parent")):
        for member, name in PROCESS.items():
            document[f"{field}.{name}"] = own.get(member)
        document[f"{field}.executable"] = object_in(own, "file").get("path")
    document["process.start"] = _time(process, "created_time")
    document["process.end"] = _time(process, "terminated_time")
    document["process.thread.id"] = process.get("tid")
    user = object_in(process, "user")
    document["process.user.id"], document["process.user.name"] = user.get("uid"), user.get("name")
    _hashes(object_in(process, "file"), "process", document)
    if "container" in process:
        _container(object_in(process, "container"), document)


def describe_file(record: Object, document: Object) -> None:
    """The file that an event is about, or that of the driver, job, module or process that it is
    about."""
    file = object_in(record, "file")
    for name in FILES:
        if not file and name in record:
            file = object_in(object_in(record, name), "file")
    if not file:
        return
    for member, name in FILE.items():
        document[f"file.{name}"] = file.get(member)
    for member, name in FILE_TIMES.items():
        document[f"file.{name}"] = _time(file, member)
    owner = object_in(file, "owner")
    document["file.owner"], document["file.uid"] = owner.get("name"), owner.get("uid")
    _hashes(file, "file", document)


def whole(value: Any) -> int:
    """An id, 0 (unknown) for what is none."""
    return value if type(value) is int else 0


def _container(container: Object, document: Object) -> None:
    for member, name in CONTAINER.items():
        document[f"container.{name}"] = container.get(member)
    image = object_in(container, "image")
    document["container.image.name"] = image.get("name")
    document["container.image.tag"] = image.get("tag")
    document["orchestrator.type"] = container.get("orchestrator")


def _hashes(file: Object, field: str, document: Object) -> None:
    hashes = objects_in(file, "hashes") or objects_in(file, "fingerprints")
    for each in hashes:
        value, algorithm = each.get("value"), HASHES.get(whole(each.get("algorithm_id")))
        if algorithm and type(value) is str:
            document[f"{field}.hash.{algorithm}"] = value
            known = document.setdefault("related.hash", [])
            if value not in known:
                known.append(value)


def _time(parent: Object, member: str) -> Any:
    return parent.get(f"{member}_dt") or parent.get(member)
