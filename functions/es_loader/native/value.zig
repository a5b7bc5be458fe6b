//! Writes one value as the type that its member has, or finds what Python made of it.

const std = @import("std");
const places = @import("place.zig");
const scan = @import("scan.zig");
const table = @import("table.zig");
const times = @import("times.zig");
const Error = @import("emit.zig").Error;
const Run = @import("document.zig").Run;
const Value = scan.Value;

/// Types of members, as in program.py. What is not told here of those from `date` on, Python makes.
pub const Type = enum(u32) { text, long, integer, boolean, double, never, date, ip, lowercase, time, raw, agent, minutes, listed, hex, s, ms, us, _ };
pub const NUMBER = 16; // of a JSON number, a table has another tag

/// Writes a value as one of a type; false where it is no value, or refused.
pub fn write(self: *Run, kind: Type, value: *Value) Error!bool {
    const bytes = self.values.bytes(value.*);
    if (kind == .raw and value.kind != .none) {
        try self.out.raw(bytes);
        return true;
    }
    switch (value.kind) {
        .none => return false,
        .object, .array => return error.Unusual,
        .column, .text => if (bytes.len == 0 or (bytes.len == 1 and bytes[0] == '-')) return false,
        .escaped => if (bytes.len <= 6) return error.Unusual, // may be an escaped "-"
        else => {},
    }
    switch (kind) {
        .text => switch (value.kind) {
            .column => try self.out.quoted(bytes),
            .text, .escaped => try self.out.raw(self.values.window[value.start - 1 .. value.end + 1]),
            .integer => {
                try self.out.byte('"');
                try self.out.raw(bytes);
                try self.out.byte('"');
            },
            .yes => try self.out.raw("\"true\""),
            .no => try self.out.raw("\"false\""),
            else => return error.Unusual,
        },
        .long, .integer => try whole(self, kind, value, bytes),
        .hex => if (std.mem.startsWith(u8, bytes, "0x")) {
            try self.out.number(try hexadecimal(bytes[2..]));
        } else try whole(self, .long, value, bytes),
        .s => try nanoseconds(self, bytes, 9),
        .ms => try nanoseconds(self, bytes, 6),
        .us => try nanoseconds(self, bytes, 3),
        .boolean => switch (value.kind) {
            .yes => try self.out.raw("true"),
            .no => try self.out.raw("false"),
            .column, .text => {
                if (same(bytes, "true") or same(bytes, "yes")) {
                    try self.out.raw("true");
                } else if (same(bytes, "false") or same(bytes, "no")) {
                    try self.out.raw("false");
                } else return error.Unusual;
            },
            else => return error.Unusual,
        },
        .double => switch (value.kind) {
            .integer => if (bytes.len <= 15) try self.out.raw(bytes) else return error.Unusual,
            .number => if (bytes.len <= 18) try self.out.raw(bytes) else return error.Unusual,
            .column, .text => if (decimal(bytes)) try self.out.raw(bytes) else return error.Unusual,
            else => return error.Unusual,
        },
        .date => {
            const made = times.ofNumber(bytes);
            if (value.kind == .escaped) return error.Unusual;
            var buffer: [times.LONGEST]u8 = undefined;
            const iso = if (made) |*each| each.of() else times.utc(bytes, true, &buffer) orelse {
                return known(self, kind, value);
            };
            try self.out.byte('"');
            try self.out.raw(iso);
            try self.out.raw("Z\"");
        },
        .ip, .lowercase => {
            if (value.kind != .column and value.kind != .text) return error.Unusual;
            return known(self, kind, value);
        },
        else => return error.Unusual,
    }
    return true;
}

/// A duration as nanoseconds, of which its unit has so many digits behind its dot.
fn nanoseconds(self: *Run, bytes: []const u8, count: usize) Error!void {
    const dot = std.mem.indexOfScalar(u8, bytes, '.') orelse bytes.len;
    const fraction = bytes[@min(dot + 1, bytes.len)..];
    if (dot + count > 18 or fraction.len > count) return error.Unusual;
    var digits: [18]u8 = @splat('0');
    @memcpy(digits[0..dot], bytes[0..dot]);
    @memcpy(digits[dot..][0..fraction.len], fraction);
    const found = std.mem.trimStart(u8, digits[0 .. dot + count], "0");
    try self.out.raw(if (found.len > 0) found else "0");
}

fn whole(self: *Run, kind: Type, value: *const Value, bytes: []const u8) Error!void {
    var digits = bytes;
    if (value.kind == .column or value.kind == .text) {
        if (bytes.len > 18) return error.Unusual;
        for (bytes) |c| {
            if (!std.ascii.isDigit(c)) return error.Unusual;
        }
        while (digits.len > 1 and digits[0] == '0') digits = digits[1..];
    } else if (value.kind != .integer) return error.Unusual;
    if (kind == .integer and digits.len > 9) return error.Unusual;
    try self.out.raw(digits);
}

/// The whole number that a value is; null where there is none.
pub fn number(self: *const Run, value: *const Value) Error!?u64 {
    const bytes = self.values.bytes(value.*);
    switch (value.kind) {
        .none => return null,
        .column, .text, .integer => {},
        else => return error.Unusual,
    }
    if (bytes.len == 0 or std.mem.eql(u8, bytes, "-")) return null;
    if (bytes.len > 18) return error.Unusual;
    var found: u64 = 0;
    for (bytes) |c| {
        if (!std.ascii.isDigit(c)) return error.Unusual;
        found = found * 10 + (c - '0');
    }
    return found;
}

fn hexadecimal(digits: []const u8) Error!u64 {
    if (digits.len == 0 or digits.len > 15) return error.Unusual;
    var found: u64 = 0;
    for (digits) |c| {
        found = found * 16 + (std.fmt.charToDigit(c, 16) catch return error.Unusual);
    }
    return found;
}

/// What Python made of a text, written; false where that is nothing.
fn known(self: *Run, kind: Type, value: *Value) Error!bool {
    const entry = try find(self, @intFromEnum(kind), value) orelse return false;
    if (entry.lengths[0] == 0) return false;
    try self.out.raw(self.engine.known.piece(entry, 0));
    return true;
}

/// What Python made of a text; null where it is not known yet, or refused.
pub fn find(self: *Run, kind: u32, value: *Value) Error!?*const table.Entry {
    const tag = switch (value.kind) {
        .column, .text => kind,
        .integer => kind + NUMBER,
        else => return error.Unusual,
    };
    const entry = if (value.tag == tag) value.entry.? else found: {
        const text = self.values.bytes(value.*);
        const entry = self.engine.known.find(tag, text) orelse located(self, tag, text) orelse {
            try miss(self, tag, value.*);
            return null;
        };
        value.tag = tag;
        value.entry = entry;
        break :found entry;
    };
    if (entry.flags & table.UNUSUAL != 0) return error.Unusual;
    if (entry.flags & table.REFUSED != 0) {
        if (self.plan.head.keeps_original == 0) return error.Unusual;
        return null;
    }
    return entry;
}

fn located(self: *Run, tag: u32, text: []const u8) ?*const table.Entry {
    if (tag != @intFromEnum(Type.ip) or self.engine.located == 0) return null;
    const engine = self.engine;
    return places.learn(&engine.known, &engine.databases, &engine.lists, tag, text);
}

fn miss(self: *Run, tag: u32, value: Value) Error!void {
    self.pending = true;
    if (value.end - value.start > 512) return error.Unusual;
    const at = self.job.miss_count * 3;
    if (at + 3 > self.job.miss_room) return;
    self.job.misses[at] = tag;
    self.job.misses[at + 1] = value.start;
    self.job.misses[at + 2] = value.end;
    self.job.miss_count += 1;
}

fn same(text: []const u8, lower: []const u8) bool {
    return std.ascii.eqlIgnoreCase(text, lower);
}

/// Whether a text is a number that Python's float() takes, in the form that JSON has.
fn decimal(text: []const u8) bool {
    if (text.len > 15) return false;
    const digits = if (text[0] == '-') text[1..] else text;
    var dot: ?usize = null;
    for (digits, 0..) |c, at| {
        if (c == '.' and dot == null) {
            dot = at;
        } else if (!std.ascii.isDigit(c)) return false;
    }
    const before = dot orelse digits.len;
    if (before == 0 or (dot != null and before + 1 == digits.len)) return false;
    return before == 1 or digits[0] != '0';
}
