//! Writes a JSON object as Python's identity.content_id does: keys in order, no spaces, so that one
//! content gives one text, whoever has written it.
//!
//! Whatever would have to be written in another way than it is (odd escapes, numbers, keys) is
//! `error.Unusual`: Python does it.

const std = @import("std");
const emit = @import("emit.zig");
const scan = @import("scan.zig");
const Error = emit.Error;

pub const MOST_MEMBERS = 1024; // of all objects that are open
const DEEPEST = 60;
const LONGEST_NUMBER = 12;

pub const Member = struct {
    key: []const u8,
    start: usize, // of its text in the buffer
    end: usize,

    fn isBefore(_: void, one: Member, other: Member) bool {
        return std.mem.order(u8, one.key, other.key) == .lt;
    }
};

pub const Canonical = struct {
    scanner: scan.Scanner,
    out: emit.Writer,
    members: *[MOST_MEMBERS]Member,
    member_count: usize = 0,

    /// The text of the object that begins here, written behind what is in the buffer.
    pub fn of(self: *Canonical) Error![]const u8 {
        const start = self.out.at;
        try self.value(0);
        return self.out.buffer[start..self.out.at];
    }

    fn value(self: *Canonical, depth: u32) Error!void {
        if (depth > DEEPEST) return error.Unusual;
        const text = self.scanner.text;
        const start = self.scanner.at;
        switch (text[start]) {
            '{' => return self.object(depth),
            '[' => return self.array(depth),
            '"' => _ = try self.string(),
            't' => try self.scanner.word("true"),
            'f' => try self.scanner.word("false"),
            'n' => try self.scanner.word("null"),
            else => {
                const kind = try self.scanner.number();
                if (kind != .integer and !isPlain(text[start..self.scanner.at])) return error.Unusual;
            },
        }
        try self.out.raw(text[start..self.scanner.at]);
    }

    /// Passes a string: whether there are escapes in it, all as Python writes them.
    fn string(self: *Canonical) Error!bool {
        self.scanner.at += 1;
        const start = self.scanner.at;
        if (!try self.scanner.string()) return false;
        var at = start;
        while (at < self.scanner.at) : (at += 1) {
            if (self.scanner.text[at] != '\\') continue;
            at += 1;
            if (self.scanner.text[at] == '/' or self.scanner.text[at] == 'u') return error.Unusual;
        }
        return true;
    }

    fn array(self: *Canonical, depth: u32) Error!void {
        try self.out.byte('[');
        if (self.begins(']')) return self.out.byte(']');
        while (true) {
            try self.value(depth + 1);
            if (try self.ends(']')) return self.out.byte(']');
            try self.out.byte(',');
        }
    }

    fn object(self: *Canonical, depth: u32) Error!void {
        const first = self.member_count;
        const start = self.out.at;
        try self.out.byte('{');
        if (self.begins('}')) return self.out.byte('}');
        var ordered = true;
        while (true) {
            if (self.member_count == MOST_MEMBERS or self.scanner.text[self.scanner.at] != '"') return error.Unusual;
            const from = self.scanner.at;
            if (try self.string()) return error.Unusual;
            const key = self.scanner.text[from..self.scanner.at];
            self.scanner.space();
            if (self.scanner.text[self.scanner.at] != ':') return error.Unusual;
            self.scanner.at += 1;
            self.scanner.space();
            const own = &self.members[self.member_count];
            own.* = .{ .key = key[1 .. key.len - 1], .start = self.out.at, .end = 0 };
            if (self.member_count > first and !Member.isBefore({}, self.members[self.member_count - 1], own.*)) ordered = false;
            self.member_count += 1;
            try self.out.raw(key);
            try self.out.byte(':');
            try self.value(depth + 1);
            own.end = self.out.at;
            if (try self.ends('}')) break;
            try self.out.byte(',');
        }
        if (!ordered) try self.order(self.members[first..self.member_count], start);
        self.member_count = first;
        return self.out.byte('}');
    }

    /// Puts the members of an object in order: written behind them, then moved to where they begin.
    fn order(self: *Canonical, members: []Member, start: usize) Error!void {
        std.mem.sortUnstable(Member, members, {}, Member.isBefore);
        for (members[1..], 1..) |member, number| {
            if (!Member.isBefore({}, members[number - 1], member)) return error.Unusual; // twice
        }
        const end = self.out.at;
        for (members, 0..) |member, number| {
            try self.out.byte(if (number == 0) '{' else ',');
            try self.out.raw(self.out.buffer[member.start..member.end]);
        }
        std.mem.copyForwards(u8, self.out.buffer[start..end], self.out.buffer[end..self.out.at]);
        self.out.at = end;
    }

    /// Goes behind the opening bracket; whether nothing is in it, then behind the closing one.
    fn begins(self: *Canonical, closing: u8) bool {
        self.scanner.at += 1;
        self.scanner.space();
        if (self.scanner.text[self.scanner.at] != closing) return false;
        self.scanner.at += 1;
        return true;
    }

    /// Goes behind the comma or the closing bracket after a value; whether it is the latter.
    fn ends(self: *Canonical, closing: u8) Error!bool {
        self.scanner.space();
        const sign = self.scanner.text[self.scanner.at];
        self.scanner.at += 1;
        if (sign == closing) return true;
        if (sign != ',') return error.Unusual;
        self.scanner.space();
        return false;
    }
};

/// Whether a number with a fraction is written in the shortest way.
fn isPlain(text: []const u8) bool {
    const dot = std.mem.indexOfScalar(u8, text, '.') orelse return false;
    if (text.len > LONGEST_NUMBER or text.len - dot > 5) return false;
    return text[text.len - 1] != '0' or text.len - dot == 2;
}
