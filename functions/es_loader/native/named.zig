//! Reads a line whose values somebody has named: JSON with keys of any spelling. The same as named.py
//! for usual lines; of two values with one name Python decides.

const std = @import("std");
const program = @import("program.zig");
const scan = @import("scan.zig");
const Error = @import("emit.zig").Error;
const NONE = program.NONE;

const DEPTH = 4; // objects in one another
const MOST_OBJECTS = 16; // in one
const LONGEST = 128; // bytes of keys in one another

/// A JSON object; the program says which names are read.
pub fn read(plan: *const program.Program, values: *scan.Values, start: u32, end: u32) Error!void {
    var line = Named{
        .plan = plan,
        .node = plan.place(plan.head.root).node,
        .scanner = .{ .plan = plan, .values = values, .text = values.window, .at = start },
    };
    if (line.scanner.text[start] != '{') return error.Unusual;
    try line.object(0, 0);
    if (line.scanner.at != end) return error.Unusual;
}

/// What counts of each character: letters, which become small ones, and digits; of others 0.
const PLAIN = made: {
    var found: [256]u8 = @splat(0);
    for (0..128) |c| if (std.ascii.isAlphanumeric(c)) {
        found[c] = std.ascii.toLower(c);
    };
    break :made found;
};

const Named = struct {
    plan: *const program.Program,
    node: u32,
    scanner: scan.Scanner,
    seen: u128 = 0, // names, by their numbers
    name: [LONGEST]u8 = undefined,

    /// An object; what its own keys are made of stands before them in `name`.
    fn object(self: *Named, before: usize, depth: u32) Error!void {
        const scanner = &self.scanner;
        var objects: [MOST_OBJECTS][]const u8 = undefined; // keys of those in it
        var count: usize = 0;
        if (depth > DEPTH) return error.Unusual;
        scanner.at += 1;
        scanner.space();
        if (scanner.text[scanner.at] == '}') {
            if (depth == 0) return error.Unusual;
            scanner.at += 1;
            return;
        }
        while (true) {
            if (scanner.text[scanner.at] != '"') return error.Unusual;
            scanner.at += 1;
            const start = scanner.at;
            if (try scanner.string()) return error.Unusual;
            const key = scanner.text[start .. scanner.at - 1];
            for (objects[0..count]) |other| if (std.mem.eql(u8, other, key)) return error.Unusual;
            const length = try self.append(before, key);
            const known = self.plan.key(self.node, self.name[0..length]);
            if (known) |found| {
                const bit = @as(u128, 1) << @intCast(found.number);
                if (self.seen & bit != 0) return error.Unusual;
                self.seen |= bit;
            }
            scanner.space();
            if (scanner.text[scanner.at] != ':') return error.Unusual;
            scanner.at += 1;
            scanner.space();
            if (scanner.text[scanner.at] == '{') {
                if (known != null or count == MOST_OBJECTS) return error.Unusual;
                objects[count] = key;
                count += 1;
                try self.object(length, depth + 1);
            } else if (!self.nothing()) {
                try scanner.value(if (known) |found| found.place else NONE, depth);
            }
            scanner.space();
            const sign = scanner.text[scanner.at];
            scanner.at += 1;
            if (sign == '}') return;
            if (sign != ',') return error.Unusual;
            scanner.space();
        }
    }

    /// Puts what counts of a key behind the first bytes of `name`: where it ends.
    fn append(self: *Named, before: usize, key: []const u8) Error!usize {
        if (std.mem.indexOfScalar(u8, key, '$') != null) return error.Unusual; // of `$context.`
        if (before + key.len > LONGEST) return error.Unusual;
        var at = before;
        for (key) |c| {
            self.name[at] = PLAIN[c];
            at += @intFromBool(PLAIN[c] != 0);
        }
        return at;
    }

    /// Whether there is a `-` without quotes, which is passed.
    fn nothing(self: *Named) bool {
        const scanner = &self.scanner;
        const start = scanner.at;
        if (scanner.text[start] != '-') return false;
        scanner.at += 1;
        scanner.space();
        const sign = scanner.text[scanner.at];
        if (sign == ',' or sign == '}') return true;
        scanner.at = start;
        return false;
    }
};
