//! Notes what a view shows of a value: `address|host` is a part of its text. The same as views.py for
//! usual texts; whatever else is one goes to Python.

const std = @import("std");
const program = @import("program.zig");
const scan = @import("scan.zig");
const Error = @import("emit.zig").Error;
const Value = scan.Value;

const MAPPED = "::ffff:"; // before an IPv4 address that is written as an IPv6 one
const LONGEST_WORD = 64;
const MOST_DIGITS = 12; // of a duration, before its dot

pub const View = enum(u32) { host, port, class, last, region, file, address, hex, word, s, ms, us, _ };

/// Notes all views of a record, whose values are noted.
pub fn note(plan: *const program.Program, values: *scan.Values) Error!void {
    const head = plan.head;
    var number: usize = 0;
    while (number < head.view_words) : (number += 3) {
        const words = plan.words[head.views + number ..][0..3];
        values.slots[words[2]] = try shown(@enumFromInt(words[0]), values, values.slots[words[1]]);
    }
}

fn shown(view: View, values: *const scan.Values, value: Value) Error!Value {
    const text = values.bytes(value);
    switch (value.kind) {
        .none, .yes, .no, .object, .array => return .{},
        .column, .text => if (text.len == 0 or std.mem.eql(u8, text, "-")) return .{},
        .integer => {},
        .escaped => if (view != .word and view != .file) return error.Unusual,
        .number => return error.Unusual,
    }
    const start: usize, const end: usize = switch (view) {
        .host, .port => ends: {
            const colon = std.mem.lastIndexOfScalar(u8, text, ':') orelse {
                if (text[0] == '[') return error.Unusual;
                if (view == .port) return .{};
                break :ends .{ 0, text.len };
            };
            if (!digits(text[colon + 1 ..])) return error.Unusual;
            if (std.mem.indexOfScalar(u8, text[0..colon], ':') != null) return error.Unusual;
            break :ends if (view == .host) .{ 0, colon } else .{ colon + 1, text.len };
        },
        .class => if (text.len == 3 and digits(text)) .{ 0, 1 } else return .{},
        .last => .{ if (std.mem.lastIndexOfScalar(u8, text, '/')) |slash| slash + 1 else 0, text.len },
        .region => region(text) orelse return .{},
        .file => .{ try file(text, value.kind == .escaped), text.len },
        .address => .{ if (isMapped(text)) MAPPED.len else 0, text.len },
        .hex => .{ 0, text.len },
        .word => .{ 0, try word(text) },
        .s, .ms, .us => if (isDuration(text)) .{ 0, text.len } else return error.Unusual,
        else => return error.Unusual,
    };
    return .{
        .kind = .column, // it has no quotes around it
        .start = @intCast(value.start + start),
        .end = @intCast(value.start + end),
    };
}

fn digits(text: []const u8) bool {
    for (text) |c| if (!std.ascii.isDigit(c)) return false;
    return text.len > 0;
}

/// Whether a text is a number without a sign; value.zig says how many digits it may have.
fn isDuration(text: []const u8) bool {
    const dot = std.mem.indexOfScalar(u8, text, '.') orelse return text.len <= MOST_DIGITS and digits(text);
    return dot <= MOST_DIGITS and digits(text[0..dot]) and digits(text[dot + 1 ..]);
}

/// Where the name stands that is behind the last backslash; in an escaped text that is two.
fn file(text: []const u8, escaped: bool) Error!usize {
    const last = std.mem.lastIndexOfScalar(u8, text, '\\') orelse return 0;
    var first = last;
    while (first > 0 and text[first - 1] == '\\') first -= 1;
    if (escaped and (last - first) % 2 == 0) return error.Unusual; // it is of another escape
    return last + 1;
}

fn isMapped(text: []const u8) bool {
    return std.mem.startsWith(u8, text, MAPPED) and std.mem.indexOfScalar(u8, text, '.') != null;
}

/// Where the first word ends. Characters count, so all up to there has to be ASCII.
fn word(text: []const u8) Error!usize {
    const longest = @min(text.len, LONGEST_WORD);
    const end = std.mem.indexOfScalar(u8, text[0..longest], ' ') orelse longest;
    for (text[0..end]) |c| if (c == '\\' or c >= 0x80) return error.Unusual;
    return end;
}

/// Where the region stands in the name of a host: `...us-east-1.amazonaws.com`, `.cn` behind it.
fn region(text: []const u8) ?struct { usize, usize } {
    const name = if (std.mem.endsWith(u8, text, ".cn")) text[0 .. text.len - 3] else text;
    if (!std.mem.endsWith(u8, name, ".amazonaws.com")) return null;
    const end = name.len - ".amazonaws.com".len;
    const start = (std.mem.lastIndexOfScalar(u8, name[0..end], '.') orelse return null) + 1;
    var parts = std.mem.splitScalar(u8, name[start..end], '-');
    var count: usize = 0;
    while (parts.next()) |part| : (count += 1) {
        if (parts.peek() == null) {
            if (part.len != 1 or !std.ascii.isDigit(part[0])) return null;
        } else {
            if (part.len == 0 or (count == 0 and part.len != 2)) return null;
            for (part) |c| if (!std.ascii.isLower(c)) return null;
        }
    }
    return if (count > 2) .{ start, end } else null;
}
