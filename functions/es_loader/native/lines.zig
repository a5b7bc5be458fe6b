//! Finds the lines of a window of JSON objects, one a line, without reading the JSON.

const std = @import("std");

const WIDTH = 16;
const Chunk = @Vector(WIDTH, u8);
const Mask = u16; // a bit for each byte of a chunk

/// Start and end of each line that is not empty; null where one does not begin and end as an object
/// does, or where another object could begin in it.
pub fn find(window: []const u8, ends: []u32) ?usize {
    var count: usize = 0;
    var start: usize = 0;
    var at: usize = 0;
    while (at < window.len) : (at += WIDTH) {
        var mask = marks(window, at);
        while (mask != 0) : (mask &= mask - 1) {
            const sign = at + @ctz(mask);
            if (window[sign] == '\n') {
                count = line(window, start, sign, ends, count) orelse return null;
                start = sign + 1;
            } else {
                var next = sign + 1;
                while (next < window.len and isSpace(window[next])) next += 1;
                if (next < window.len and window[next] == '{') return null;
            }
        }
    }
    return line(window, start, window.len, ends, count);
}

/// Where there are newlines and ends of objects, a bit for each.
fn marks(window: []const u8, at: usize) Mask {
    var bytes: [WIDTH]u8 = @splat(0);
    const rest = window[at..@min(at + WIDTH, window.len)];
    if (rest.len == WIDTH) bytes = rest[0..WIDTH].* else @memcpy(bytes[0..rest.len], rest);
    const chunk: Chunk = bytes;
    const newline: Mask = @bitCast(chunk == @as(Chunk, @splat('\n')));
    const close: Mask = @bitCast(chunk == @as(Chunk, @splat('}')));
    return newline | close;
}

fn isSpace(c: u8) bool {
    return c == ' ' or c == '\t' or c == '\r';
}

/// The number of lines with this one; null where it is no object.
fn line(window: []const u8, start: usize, end: usize, ends: []u32, count: usize) ?usize {
    if (start == end) return count;
    if (window[start] != '{' or window[end - 1] != '}' or count * 2 + 2 > ends.len) return null;
    ends[count * 2] = @intCast(start);
    ends[count * 2 + 1] = @intCast(end);
    return count + 1;
}
