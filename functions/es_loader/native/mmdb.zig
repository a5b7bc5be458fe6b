//! Reads MaxMind databases: https://maxmind.github.io/MaxMind-DB/ (version 2.0)
//!
//! What is not as expected is `error.Unusual`.

const std = @import("std");
const Error = @import("emit.zig").Error;

const DEEPEST = 16;

pub const MAP = 7;
pub const ARRAY = 11;
pub const POINTER = 1;
pub const TEXT = 2;
pub const DOUBLE = 3;

/// A database that Python has mapped into memory; size 0: there is none.
pub const Database = extern struct {
    bytes: [*]const u8,
    size: u64,
    nodes: u32,
    width: u32, // bits of half a node: 24, 28 or 32
    version: u32, // 6: IPv4 addresses are below 96 zero bits
    root: u32,

    pub fn open(self: *Database) void {
        self.root = 0;
        if (self.size == 0 or self.version != 6) return;
        for (0..96) |_| {
            if (self.root < self.nodes) self.root = self.half(self.root, 0) catch self.nodes;
        }
    }

    /// Where the record of an IPv4 address begins; null: there is none.
    pub fn find(self: *const Database, address: u32) Error!?usize {
        var node = self.root;
        var bit: u5 = 31;
        while (node < self.nodes) : (bit -%= 1) {
            node = try self.half(node, @truncate(address >> bit & 1));
            if (bit == 0) break;
        }
        if (node <= self.nodes) return null;
        return self.data() + (node - self.nodes - 16);
    }

    fn half(self: *const Database, node: u32, which: u1) Error!u32 {
        const size: usize = self.width / 4;
        const pair = try self.slice(node * size, size);
        switch (self.width) {
            24 => return std.mem.readInt(u24, pair[@as(usize, which) * 3 ..][0..3], .big),
            32 => return std.mem.readInt(u32, pair[@as(usize, which) * 4 ..][0..4], .big),
            28 => {
                const low: u32 = std.mem.readInt(u24, pair[@as(usize, which) * 4 ..][0..3], .big);
                const high: u32 = if (which == 0) pair[3] >> 4 else pair[3] & 15;
                return high << 24 | low;
            },
            else => return error.Unusual,
        }
    }

    /// Where the data begins; what points into it counts from there.
    pub fn data(self: *const Database) usize {
        return @as(usize, self.nodes) * (self.width / 4) + 16;
    }

    pub fn slice(self: *const Database, at: usize, size: usize) Error![]const u8 {
        if (at > self.size or size > self.size - at) return error.Unusual;
        return self.bytes[at..][0..size];
    }

    /// What stands at a place, pointers not followed.
    fn field(self: *const Database, start: usize) Error!Field {
        var at = start + 1;
        const control = (try self.slice(start, 1))[0];
        var found = Field{ .kind = control >> 5, .size = control & 31, .at = 0, .target = 0 };
        if (found.kind == POINTER) {
            const size: usize = (control >> 3 & 3) + 1;
            var offset: usize = if (size == 4) 0 else control & 7;
            for (try self.slice(at, size)) |byte| offset = offset << 8 | byte;
            const base = [_]usize{ 0, 2048, 526336, 0 };
            found.target = self.data() + offset + base[size - 1];
            found.at = at + size;
            return found;
        }
        if (found.kind == 0) {
            found.kind = (try self.slice(at, 1))[0] +| 7;
            at += 1;
        }
        if (found.size >= 29) {
            const size = found.size - 28;
            var more: u32 = 0;
            for (try self.slice(at, size)) |byte| more = more << 8 | byte;
            const base = [_]u32{ 29, 285, 65821 };
            found.size = more + base[size - 1];
            at += size;
        }
        found.at = at;
        return found;
    }

    /// What a place stands for: behind a pointer, what it points to.
    pub fn value(self: *const Database, at: usize) Error!Field {
        const found = try self.field(at);
        if (found.kind != POINTER) return found;
        const target = try self.field(found.target);
        return if (target.kind == POINTER) error.Unusual else target;
    }

    /// Where what follows a value stands.
    fn after(self: *const Database, at: usize, depth: u32) Error!usize {
        const found = try self.field(at);
        if (depth > DEEPEST) return error.Unusual;
        var end = found.at;
        switch (found.kind) {
            POINTER, 14 => {}, // a boolean is in its control byte
            MAP, ARRAY => for (0..found.size * @as(usize, if (found.kind == MAP) 2 else 1)) |_| {
                end = try self.after(end, depth + 1);
            },
            else => end += found.size,
        }
        return end;
    }

    /// Where the member of a map stands; null: the map, or the member, is not there.
    pub fn member(self: *const Database, map: ?usize, name: []const u8) Error!?usize {
        const found = try self.value(map orelse return null);
        if (found.kind != MAP) return error.Unusual;
        var at = found.at;
        for (0..found.size) |_| {
            const key = try self.value(at);
            if (key.kind != TEXT) return error.Unusual;
            at = try self.after(at, 0);
            if (std.mem.eql(u8, try self.slice(key.at, key.size), name)) return at;
            at = try self.after(at, 0);
        }
        return null;
    }

    pub fn text(self: *const Database, at: ?usize) Error![]const u8 {
        const found = try self.value(at orelse return "");
        if (found.kind != TEXT) return error.Unusual;
        return self.slice(found.at, found.size);
    }

    pub fn english(self: *const Database, at: ?usize) Error![]const u8 {
        return self.text(try self.member(try self.member(at, "names"), "en"));
    }
};

pub const Field = struct { kind: u8, size: u32, at: usize, target: usize };
