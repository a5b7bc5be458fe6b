//! Finds the elements of one name in a window of XML, whatever stands between them.

const std = @import("std");

const WIDTH = 16;
const Chunk = @Vector(WIDTH, u8);
const Mask = u16; // a bit for each byte of a chunk

/// Start and end of each element, up to the first start tag that another follows before an end tag,
/// or the first end tag that has no start tag; how many those are.
pub fn find(window: []const u8, name: []const u8, ends: []u32) usize {
    var count: usize = 0;
    var open: ?usize = null;
    var at: usize = 0;
    while (at < window.len) : (at += WIDTH) {
        var mask = tags(window, at);
        while (mask != 0) : (mask &= mask - 1) {
            const sign = at + @ctz(mask);
            const rest = window[sign + 1 ..];
            if (std.mem.startsWith(u8, rest, name)) {
                if (rest.len == name.len or !endsName(rest[name.len])) continue;
                if (open != null) return count;
                open = sign;
            } else if (rest.len > name.len + 1 and rest[0] == '/' and rest[name.len + 1] == '>' and
                std.mem.eql(u8, rest[1..][0..name.len], name))
            {
                const start = open orelse return count;
                if (count * 2 + 2 > ends.len) return count;
                ends[count * 2] = @intCast(start);
                ends[count * 2 + 1] = @intCast(sign + name.len + 3);
                count += 1;
                open = null;
            }
        }
    }
    return count;
}

/// Where tags begin, a bit for each.
fn tags(window: []const u8, at: usize) Mask {
    var bytes: [WIDTH]u8 = @splat(0);
    const rest = window[at..@min(at + WIDTH, window.len)];
    if (rest.len == WIDTH) bytes = rest[0..WIDTH].* else @memcpy(bytes[0..rest.len], rest);
    return @bitCast(@as(Chunk, bytes) == @as(Chunk, @splat('<')));
}

fn endsName(c: u8) bool {
    return std.ascii.isWhitespace(c) or c == '>' or c == '/';
}
