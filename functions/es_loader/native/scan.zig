//! Reads a record: its columns, or its JSON, and notes where the values are that the program reads.
//!
//! It takes less than JSON allows. Anything unusual (escapes in keys, keys twice, half surrogate
//! pairs, exponents, deep nesting, whatever is no JSON) is `error.Unusual`: Python decides.

const std = @import("std");
const program = @import("program.zig");
const table = @import("table.zig");
const Error = @import("emit.zig").Error;
const Program = program.Program;
const NONE = program.NONE;

const DEEPEST = 60;
const LONGEST_NUMBER = 40;
const MOST_ITEMS = 256;
const WIDTH = 16;
const Chunk = @Vector(WIDTH, u8);
const Mask = u16; // a bit for each byte of a chunk

pub const Kind = enum(u8) {
    none,
    column, // text of a line: no quotes around it, nothing escaped
    text, // JSON string without escapes
    escaped, // JSON string with escapes
    integer, // of at most 18 digits, in its shortest form
    number, // any other number
    yes,
    no,
    object,
    array,
};

/// A value: its bytes in the window, of strings those between the quotes.
pub const Value = struct {
    kind: Kind = .none,
    start: u32 = 0,
    end: u32 = 0,
    tag: u32 = table.NONE, // of the table where `entry` was found for it
    entry: ?*const table.Entry = null,

    /// Whether a list is written as `[]`.
    pub fn isEmpty(self: *const Value) bool {
        return self.end - self.start == 2;
    }
};

const Item = struct { list: u32, value: Value };

/// The values of one record.
pub const Values = struct {
    window: []const u8,
    slots: [program.MOST_SLOTS]Value,
    items: [MOST_ITEMS]Item,
    item_count: usize,

    pub fn clear(self: *Values, slots: u32) void {
        @memset(self.slots[0..slots], .{});
        self.item_count = 0;
    }

    pub fn bytes(self: *const Values, value: Value) []const u8 {
        return self.window[value.start..value.end];
    }

    fn add(self: *Values, list: u32, value: Value) Error!void {
        if (value.kind == .array) return error.Unusual;
        if (self.item_count == MOST_ITEMS) return error.Unusual;
        self.items[self.item_count] = .{ .list = list, .value = value };
        self.item_count += 1;
    }
};

/// The columns of a line; their number has to be as expected.
pub fn columns(plan: *const Program, values: *Values, start: u32, end: u32) Error!void {
    const head = plan.head;
    const places = plan.words[head.columns..][0..head.column_count];
    const line = values.window[start..end];
    const delimiter: u8 = @intCast(head.delimiter);
    var number: usize = 0;
    var from: usize = 0;
    var block: usize = 0;
    while (block < line.len) : (block += WIDTH) {
        // The window goes on behind the line, so a whole chunk can be read.
        const chunk: Chunk = values.window[start + block ..][0..WIDTH].*;
        var mask: Mask = @bitCast(chunk == @as(Chunk, @splat(delimiter)));
        if (line.len - block < WIDTH) {
            mask &= (@as(Mask, 1) << @intCast(line.len - block)) - 1;
        }
        while (mask != 0) : (mask &= mask - 1) {
            const at = block + @ctz(mask);
            if (number >= places.len) return error.Unusual;
            column(plan, values, places[number], start + from, start + at);
            number += 1;
            from = at + 1;
        }
    }
    if (number + 1 != places.len) return error.Unusual;
    column(plan, values, places[number], start + from, end);
}

fn column(plan: *const Program, values: *Values, slot: u32, from: usize, to: usize) void {
    if (slot == NONE or plan.isNone(values.window[from..to])) return;
    values.slots[slot] = .{ .kind = .column, .start = @intCast(from), .end = @intCast(to) };
}

/// A JSON object; `place` says what is read of it.
pub fn json(plan: *const Program, values: *Values, place: u32, start: u32, end: u32) Error!void {
    var scanner = Scanner{ .plan = plan, .values = values, .text = values.window, .at = start };
    if (scanner.text[start] != '{') return error.Unusual;
    try scanner.value(place, 0);
    if (scanner.at != end) return error.Unusual;
}

pub const Scanner = struct {
    plan: *const Program,
    values: *Values,
    text: []const u8,
    at: usize,

    /// A value; `place` says what is read of it.
    pub fn value(self: *Scanner, place: u32, depth: u32) Error!void {
        const start = self.at;
        var found = Value{ .start = @intCast(start) };
        switch (self.text[start]) {
            '"' => {
                self.at += 1;
                found.start += 1;
                found.kind = if (try self.string()) .escaped else .text;
            },
            '{' => {
                try self.object(if (place == NONE) NONE else self.plan.place(place).node, depth + 1);
                found.kind = .object;
            },
            '[' => {
                try self.array(place, depth + 1);
                found.kind = .array;
            },
            't' => {
                try self.word("true");
                found.kind = .yes;
            },
            'f' => {
                try self.word("false");
                found.kind = .no;
            },
            'n' => return self.word("null"),
            else => found.kind = try self.number(),
        }
        found.end = @intCast(if (found.start > start) self.at - 1 else self.at);
        if (place == NONE) return;
        if (self.plan.head.none_count > 0) {
            if (found.kind == .escaped and hidden(self.values.bytes(found))) return error.Unusual;
            if (found.kind == .text and self.plan.isNone(self.values.bytes(found))) return;
        }
        const wanted = self.plan.place(place);
        if (wanted.slot != NONE) self.values.slots[wanted.slot] = found;
        if (wanted.list == NONE) return;
        // A list in a list: its elements are items, too.
        if (found.kind == .array and wanted.element != NONE) return;
        try self.values.add(wanted.list, found);
    }

    /// Whether there may be letters or a slash in an escaped text that are written in another way.
    fn hidden(text: []const u8) bool {
        return std.mem.indexOf(u8, text, "\\u") != null or std.mem.indexOf(u8, text, "\\/") != null;
    }

    fn object(self: *Scanner, node: u32, depth: u32) Error!void {
        if (depth > DEEPEST) return error.Unusual;
        var seen: u128 = 0;
        self.at += 1;
        self.space();
        if (self.text[self.at] == '}') {
            self.at += 1;
            return;
        }
        while (true) {
            if (self.text[self.at] != '"') return error.Unusual;
            self.at += 1;
            const start = self.at;
            const escaped = try self.string();
            var place: u32 = NONE;
            if (node != NONE) {
                if (escaped) return error.Unusual;
                if (self.plan.key(node, self.text[start .. self.at - 1])) |key| {
                    const bit = @as(u128, 1) << @intCast(key.number);
                    if (seen & bit != 0) return error.Unusual;
                    seen |= bit;
                    place = key.place;
                }
            }
            self.space();
            if (self.text[self.at] != ':') return error.Unusual;
            self.at += 1;
            self.space();
            try self.value(place, depth);
            self.space();
            const sign = self.text[self.at];
            self.at += 1;
            if (sign == '}') return;
            if (sign != ',') return error.Unusual;
            self.space();
        }
    }

    fn array(self: *Scanner, place: u32, depth: u32) Error!void {
        if (depth > DEEPEST) return error.Unusual;
        const element, var first = if (place == NONE) .{ NONE, NONE } else of: {
            const wanted = self.plan.place(place);
            break :of .{ wanted.element, wanted.first };
        };
        self.at += 1;
        self.space();
        if (self.text[self.at] == ']') {
            self.at += 1;
            return;
        }
        while (true) {
            if (first != NONE) {
                const start = self.at;
                try self.value(first, depth);
                if (element != NONE) self.at = start;
            }
            if (first == NONE or element != NONE) try self.value(element, depth);
            first = NONE;
            self.space();
            const sign = self.text[self.at];
            self.at += 1;
            if (sign == ']') return;
            if (sign != ',') return error.Unusual;
            self.space();
        }
    }

    pub fn space(self: *Scanner) void {
        while (true) : (self.at += 1) {
            switch (self.text[self.at]) {
                ' ', '\n', '\r', '\t' => {},
                else => return,
            }
        }
    }

    pub fn word(self: *Scanner, comptime expected: []const u8) Error!void {
        if (!std.mem.eql(u8, self.text[self.at..][0..expected.len], expected)) return error.Unusual;
        self.at += expected.len;
    }

    /// The rest of a string: whether there are escapes in it. As everything here it ends at the NUL
    /// behind the record at the latest.
    pub fn string(self: *Scanner) Error!bool {
        var escaped = false;
        var at = self.at;
        while (true) {
            const chunk: Chunk = self.text[at..][0..WIDTH].*;
            const quote: Mask = @bitCast(chunk == @as(Chunk, @splat('"')));
            const slash: Mask = @bitCast(chunk == @as(Chunk, @splat('\\')));
            const control: Mask = @bitCast(chunk < @as(Chunk, @splat(0x20)));
            const stop = quote | slash | control;
            if (stop == 0) {
                at += WIDTH;
                continue;
            }
            at += @ctz(stop);
            switch (self.text[at]) {
                '"' => {
                    self.at = at + 1;
                    return escaped;
                },
                '\\' => {
                    escaped = true;
                    switch (self.text[at + 1]) {
                        '"', '\\', '/', 'b', 'f', 'n', 'r', 't' => at += 2,
                        'u' => {
                            if (!self.unit(at + 2)) return error.Unusual;
                            at += 6;
                        },
                        else => return error.Unusual,
                    }
                },
                else => return error.Unusual,
            }
        }
    }

    /// Whether these are four hexadecimal digits, and no half of a surrogate pair.
    fn unit(self: *Scanner, at: usize) bool {
        for (self.text[at..][0..4]) |c| {
            if (!std.ascii.isHex(c)) return false;
        }
        const high = self.text[at] | 0x20;
        return !(high == 'd' and self.text[at + 1] >= '8');
    }

    pub fn number(self: *Scanner) Error!Kind {
        const start = self.at;
        const negative = self.text[self.at] == '-';
        if (negative) self.at += 1;
        const digits = self.at;
        self.run();
        const count = self.at - digits;
        if (count == 0 or (count > 1 and self.text[digits] == '0')) return error.Unusual;
        var kind: Kind = if (count <= 18) .integer else .number;
        if (negative and self.text[digits] == '0') kind = .number;
        if (self.text[self.at] == '.') {
            self.at += 1;
            const fraction = self.at;
            self.run();
            if (self.at == fraction) return error.Unusual;
            kind = .number;
        }
        if (self.text[self.at] | 0x20 == 'e') return error.Unusual;
        if (self.at - start > LONGEST_NUMBER) return error.Unusual;
        return kind;
    }

    fn run(self: *Scanner) void {
        while (std.ascii.isDigit(self.text[self.at])) self.at += 1;
    }
};
