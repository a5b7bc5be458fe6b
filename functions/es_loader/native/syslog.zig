//! Reads the header of a syslog line, as SYSLOG in cef.py does.

const std = @import("std");
const Error = @import("emit.zig").Error;

const LONGEST_HOST = 255;

/// What a header tells; "" where it does not.
pub const Header = struct { priority: []const u8, time: []const u8, host: []const u8 };

/// The header that a text begins with.
pub fn read(text: []const u8) Error!Header {
    for (text) |c| {
        if (c >= 0x80) return error.Unusual; // digits and spaces may be among them
    }
    const priority = priorityOf(text);
    var rest = if (priority.len > 0) text[priority.len + 2 ..] else text;
    if (std.mem.startsWith(u8, rest, "1 ")) rest = rest[2..];
    const time = timeLength(rest);
    const named = time > 0 and rest.len > time and rest[time] == ' ';
    const host = if (named) rest[time + 1 ..] else "";
    const end = span(host, isNoSpace, LONGEST_HOST);
    return .{ .priority = priority, .time = rest[0..time], .host = host[0..end] };
}

fn priorityOf(text: []const u8) []const u8 {
    if (text.len == 0 or text[0] != '<') return "";
    const digits = span(text[1..], std.ascii.isDigit, 3);
    const closed = text.len > digits + 1 and text[digits + 1] == '>';
    return if (closed) text[1..][0..digits] else "";
}

/// Length of the time that a syslog header begins with; 0 where there is none.
fn timeLength(text: []const u8) usize {
    if (fits(text, "Aaa _0 00:00:00")) return 15;
    if (!fits(text, "0000-00-00T")) return 0;
    const day = 11;
    const clock = span(text[day..], isOfClock, 18);
    if (clock < 8) return 0;
    const end = day + clock;
    const rest = text[end..];
    if (rest.len > 0 and rest[0] == 'Z') return end + 1;
    if (rest.len == 0 or rest[0] != '+' and rest[0] != '-') return end;
    if (fits(rest[1..], "00:00")) return end + 6;
    return if (fits(rest[1..], "0000")) end + 5 else end;
}

/// Whether a text begins as a form does: A and a are letters, 0 a digit, _ a digit or a blank.
fn fits(text: []const u8, comptime form: []const u8) bool {
    if (text.len < form.len) return false;
    inline for (form, 0..) |sign, at| {
        const c = text[at];
        const fit = switch (sign) {
            'A' => std.ascii.isUpper(c),
            'a' => std.ascii.isLower(c),
            '0' => std.ascii.isDigit(c),
            '_' => std.ascii.isDigit(c) or c == ' ',
            else => c == sign,
        };
        if (!fit) return false;
    }
    return true;
}

/// Number of bytes of a kind that a text begins with, at most so many.
pub fn span(text: []const u8, comptime isOfKind: fn (u8) bool, most: usize) usize {
    const end = @min(text.len, most);
    for (text[0..end], 0..) |c, at| {
        if (!isOfKind(c)) return at;
    }
    return end;
}

fn isOfClock(c: u8) bool {
    return std.ascii.isDigit(c) or c == ':' or c == '.';
}

/// As Python has it, of ASCII.
pub fn isSpace(c: u8) bool {
    return switch (c) {
        ' ', '\t'...'\r', 0x1c...0x1f => true,
        else => false,
    };
}

fn isNoSpace(c: u8) bool {
    return !isSpace(c);
}
