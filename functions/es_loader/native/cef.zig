//! Writes lines of the Common Event Format as JSON objects, as `cef` in cef.py makes dicts of them.
//!
//! It takes less than that: a key or a label twice, a key with an index, and spaces or digits that
//! are not ASCII where they would count, are `error.Unusual`: Python decides.

const std = @import("std");
const emit = @import("emit.zig");
const syslog = @import("syslog.zig");
const Error = emit.Error;
const JsonJob = @import("json_job.zig").JsonJob;

const MOST_PAIRS = 128;
const MOST_UNESCAPED = 1 << 16; // bytes of the values of a line in which something was escaped
const LONGEST_KEY = 120;
const NAMES = [_][]const u8{
    "version", "vendor", "product", "product_version", "signature", "name", "severity",
};
const LABEL = "Label";
const TEXTS = [_][]const u8{ "msg", "reason", "requestContext" }; // `\n` and `\r` are breaks in them
const IN_KEY: [256]bool = table: {
    var found: [256]bool = @splat(false);
    for (0..128) |c| found[c] = std.ascii.isAlphanumeric(c);
    for ("_.-") |c| found[c] = true;
    break :table found;
};

const isSpace = syslog.isSpace;
const span = syslog.span;

const Pair = struct { key: []const u8, value: []const u8 };

pub fn run(job: *JsonJob) void {
    var writer = Writer{
        .window = job.window[0..job.window_size],
        .out = .{ .buffer = job.out[0..job.out_room], .at = 0 },
    };
    job.each(&writer, Writer.line);
}

const Writer = struct {
    window: []const u8,
    out: emit.Writer,
    pairs: [MOST_PAIRS]Pair = undefined,
    count: usize = 0,
    marks: [4]u64 = undefined, // a bit for each that the hash of a key has
    unescaped: [MOST_UNESCAPED]u8 = undefined,
    unescaped_size: usize = 0,

    fn line(self: *Writer, from: u32, to: u32) Error!void {
        const text = self.window[from..to];
        self.count = 0;
        self.marks = @splat(0);
        self.unescaped_size = 0;
        const start = try headerStart(text);
        var rest = text[start + "CEF:".len ..];
        if (rest.len > 0 and rest[0] == ' ') rest = rest[1..];
        try self.out.byte('{');
        inline for (NAMES, 0..) |name, number| {
            const end = try fieldEnd(rest);
            if (number == 0 and !isVersion(rest[0..end])) return error.Unusual;
            try self.out.raw("\"" ++ name ++ "\":");
            try self.out.quoted(try self.plain("", rest[0..end]));
            try self.out.byte(',');
            rest = rest[end + 1 ..];
        }
        try self.read(rest);
        try self.out.raw("\"extension\":{");
        for (self.pairs[0..self.count]) |pair| try self.member(pair.key, pair.value);
        try self.close();
        try self.out.raw(",\"labels\":{");
        try self.labels();
        try self.close();
        try self.out.raw(",\"syslog\":{");
        const relayed = std.mem.lastIndexOfScalar(u8, text[0..start], '<') orelse 0;
        const header = try syslog.read(text[relayed..start]);
        try self.optional("priority", header.priority);
        try self.optional("time", header.time);
        try self.optional("host", header.host);
        try self.close();
        try self.out.byte('}');
    }

    /// Reads the extension.
    fn read(self: *Writer, text: []const u8) Error!void {
        var key: []const u8 = ""; // that of what stands before the first one
        var value: usize = 0; // where its value begins
        var piece: usize = 0; // where what follows the last equals sign begins
        while (std.mem.indexOfScalarPos(u8, text, piece, '=')) |sign| {
            if (try keyLength(text[piece..sign], piece == 0)) |length| {
                const next = sign - length;
                try self.add(key, text[value .. next -| 1]);
                key, value = .{ text[next..sign], sign + 1 };
            }
            piece = sign + 1;
        }
        try self.add(key, text[value..]);
    }

    fn add(self: *Writer, key: []const u8, value: []const u8) Error!void {
        if (key.len == 0) return;
        if (self.count == MOST_PAIRS) return error.Unusual;
        const hash = std.hash.Wyhash.hash(0, key);
        const marks = &self.marks[hash >> 62];
        const bit = @as(u64, 1) << @truncate(hash);
        if (marks.* & bit != 0 and self.find(key) != null) return error.Unusual;
        marks.* |= bit;
        self.pairs[self.count] = .{ .key = key, .value = try self.plain(key, try stripped(value)) };
        self.count += 1;
    }

    fn find(self: *const Writer, key: []const u8) ?[]const u8 {
        for (self.pairs[0..self.count]) |pair| {
            if (std.mem.eql(u8, pair.key, key)) return pair.value;
        }
        return null;
    }

    /// A value as it was before something in it was escaped.
    fn plain(self: *Writer, key: []const u8, value: []const u8) Error![]const u8 {
        var at = std.mem.indexOfScalar(u8, value, '\\') orelse return value;
        const free = self.unescaped[self.unescaped_size..];
        if (value.len > free.len) return error.Unusual;
        const breaks = for (TEXTS) |name| {
            if (std.mem.eql(u8, key, name)) break true;
        } else false;
        @memcpy(free[0..at], value[0..at]);
        var to = at;
        while (at < value.len) : (at += 1) {
            free[to] = value[at];
            to += 1;
            if (value[at] != '\\' or at + 1 == value.len) continue;
            free[to - 1] = switch (value[at + 1]) {
                '\\', '=', '|' => |c| c,
                'n' => if (breaks) '\n' else continue,
                'r' => if (breaks) '\r' else continue,
                else => continue,
            };
            at += 1;
        }
        self.unescaped_size += to;
        return free[0..to];
    }

    /// Writes the values that have a label by what it says.
    fn labels(self: *Writer) Error!void {
        var known: [MOST_PAIRS][]const u8 = undefined;
        var count: usize = 0;
        for (self.pairs[0..self.count], 0..) |pair, number| {
            if (!std.mem.endsWith(u8, pair.key, LABEL) or pair.key.len == LABEL.len) continue;
            const named = pair.key[0 .. pair.key.len - LABEL.len];
            const before = self.pairs[number -| 1]; // usually that one
            const value = if (std.mem.eql(u8, before.key, named)) before.value else self.find(named) orelse continue;
            for (known[0..count]) |label| {
                if (std.mem.eql(u8, label, pair.value)) return error.Unusual;
            }
            known[count] = pair.value;
            count += 1;
            try self.member(pair.value, value);
        }
    }

    fn member(self: *Writer, key: []const u8, value: []const u8) Error!void {
        try self.out.quoted(key);
        try self.out.byte(':');
        try self.out.quoted(value);
        try self.out.byte(',');
    }

    fn optional(self: *Writer, key: []const u8, value: []const u8) Error!void {
        if (value.len > 0) return self.member(key, value);
        try self.out.quoted(key);
        try self.out.raw(":null,");
    }

    fn close(self: *Writer) Error!void {
        const last = &self.out.buffer[self.out.at - 1];
        if (last.* == ',') last.* = '}' else try self.out.byte('}');
    }
};

fn headerStart(text: []const u8) Error!usize {
    var at: usize = 0;
    while (std.mem.indexOfScalarPos(u8, text, at, 'C')) |found| : (at = found + 1) {
        if (std.mem.startsWith(u8, text[found..], "CEF:")) return found;
    }
    return error.Unusual;
}

/// Where the next bar is that is not escaped.
fn fieldEnd(text: []const u8) Error!usize {
    var at: usize = 0;
    while (at < text.len) : (at += 1) switch (text[at]) {
        '|' => return at,
        '\\' => at += 1,
        else => {},
    };
    return error.Unusual;
}

fn isVersion(text: []const u8) bool {
    const whole = span(text, std.ascii.isDigit, 4);
    if (whole == 0 or whole == text.len) return whole > 0;
    const part = text[whole + 1 ..];
    return text[whole] == '.' and part.len > 0 and span(part, std.ascii.isDigit, 4) == part.len;
}

/// Length of the key that ends where an equals sign stands; null where none does.
///
/// piece   what stands before the sign, back to the one before it
/// first   there is no such sign
fn keyLength(piece: []const u8, first: bool) Error!?usize {
    var start = piece.len;
    while (start > 0 and IN_KEY[piece[start - 1]]) start -= 1;
    const length = piece.len - start;
    if (start == 0) return if (first and length > 0 and length <= LONGEST_KEY) length else null;
    const before = piece[start - 1];
    if (before >= 0x80 and length > 0 or before == ']' and length == 0) return error.Unusual;
    return if (isSpace(before) and length > 0 and length <= LONGEST_KEY) length else null;
}

/// A value without the spaces that follow it.
fn stripped(value: []const u8) Error![]const u8 {
    var end = value.len;
    while (end > 0 and isSpace(value[end - 1])) end -= 1;
    const last = value[end -| 3..end];
    if (last.len > 1 and last[last.len - 1] >= 0x80) { // spaces that are not ASCII, and some others
        if (last[last.len - 2] == 0xc2) return error.Unusual;
        for ([_]*const [2]u8{ "\xe1\x9a", "\xe2\x80", "\xe2\x81", "\xe3\x80" }) |lead| {
            if (!std.mem.startsWith(u8, last, lead)) continue;
            if (lead[0] != 0xe3 or last[2] == 0x80) return error.Unusual;
        }
    }
    return value[0..end];
}
