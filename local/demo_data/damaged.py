"""What goes wrong in life: a broken line among good ones, and a file that nobody asked for."""

from local.demo_data import web
from local.demo_data.scene import LogObject, Scene, gzipped, json_lines


def objects(scene: Scene) -> list[LogObject]:
    """Return a WAF file whose sixth line is cut short, and an object of an unknown kind."""
    lines = json_lines(web.waf_record(scene, time) for time in scene.times(10)).splitlines(True)
    lines[5] = lines[5][:200] + b"\n"
    unknown = f"AWSLogs/{scene.account}/tape-robot/{scene.region}/{scene.now:%Y/%m/%d}/robot.log"
    return [
        LogObject("waf", web.waf_key(scene), gzipped(b"".join(lines)), len(lines), broken=1),
        LogObject("", unknown, b"picked up tape 7\n", 1),
    ]
