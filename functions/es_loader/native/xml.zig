//! Writes XML elements as JSON objects, as `xml` in parse.py makes dicts of them.
//!
//! It takes less than that: comments, CDATA, numbered entities, text between elements, names that
//! are not ASCII and whatever is no XML are `error.Unusual`: Python decides.

const std = @import("std");
const emit = @import("emit.zig");
const JsonJob = @import("json_job.zig").JsonJob;
const Error = emit.Error;

const MOST_NODES = 512;
const MOST_ATTRIBUTES = 512;
const DEEPEST = 20;
const NONE: u32 = 0xFFFF_FFFF;
const WIDTH = 16;
const Chunk = @Vector(WIDTH, u8);
const Mask = u16; // a bit for each byte of a chunk
const IN_NAME: [256]bool = table: {
    var found: [256]bool = @splat(false);
    for (0..128) |c| found[c] = std.ascii.isAlphanumeric(c);
    for ("_:.-") |c| found[c] = true;
    break :table found;
};
const ENTITIES = [_]struct { []const u8, []const u8 }{
    .{ "lt;", "<" }, .{ "gt;", ">" }, .{ "amp;", "&" }, .{ "quot;", "\"" }, .{ "apos;", "'" },
};

const Text = struct { start: u32 = 0, end: u32 = 0 };
const Word = struct { full: Text, local: Text }; // a name, and it without its namespace
const Attribute = struct { name: Text, value: Text };
const Node = struct {
    key: Text,
    text: Text = .{},
    attributes: u32, // the first
    attribute_count: u32 = 0,
    first: u32 = NONE,
    last: u32 = NONE,
    next: u32 = NONE,
    marks: [4]u64 = @splat(0), // a bit for each that the name of an element has
    repeats: bool = false, // whether two of its elements have one name
    written: bool = false,
};

pub fn run(job: *JsonJob) void {
    var parser = Parser{
        .window = job.window[0..job.window_size],
        .out = .{ .buffer = job.out[0..job.out_room], .at = 0 },
    };
    job.each(&parser, Parser.element);
}

const Parser = struct {
    window: []const u8,
    out: emit.Writer,
    at: u32 = 0,
    escaped: bool = false, // whether there is an entity in the element
    nodes: [MOST_NODES]Node = undefined,
    node_count: u32 = 0,
    attributes: [MOST_ATTRIBUTES]Attribute = undefined,
    attribute_count: u32 = 0,

    fn element(self: *Parser, start: u32, end: u32) Error!void {
        self.at = start;
        self.escaped = std.mem.indexOfScalar(u8, self.window[start..end], '&') != null;
        self.node_count = 0;
        self.attribute_count = 0;
        const root = try self.node(0);
        if (!try self.isBlank(.{ .start = self.at, .end = end })) return error.Unusual;
        const found = &self.nodes[root];
        if (found.attribute_count == 0 and found.first == NONE) return error.Unusual;
        try self.write(root);
    }

    /// The element that begins here.
    fn node(self: *Parser, depth: u32) Error!u32 {
        if (depth > DEEPEST or self.node_count == MOST_NODES) return error.Unusual;
        if (self.window[self.at] != '<') return error.Unusual;
        self.at += 1;
        const tag = try self.word();
        const number = self.node_count;
        self.node_count += 1;
        const own = &self.nodes[number];
        own.* = .{ .key = tag.local, .attributes = self.attribute_count };
        while (true) {
            const spaces = self.space();
            switch (self.window[self.at]) {
                '/' => {
                    if (self.window[self.at + 1] != '>') return error.Unusual;
                    self.at += 2;
                    self.name(own);
                    return number;
                },
                '>' => break,
                else => if (spaces) try self.attribute(own) else return error.Unusual,
            }
        }
        self.at += 1;
        own.text = self.text();
        if (try self.isBlank(own.text)) own.text = .{};
        while (self.window[self.at + 1] != '/') {
            const child = try self.node(depth + 1);
            if (own.last == NONE) own.first = child else self.nodes[own.last].next = child;
            own.last = child;
            self.note(own, child);
            if (!try self.isBlank(self.text())) return error.Unusual;
        }
        self.at += 2;
        if (!std.mem.startsWith(u8, self.window[self.at..], self.slice(tag.full))) return error.Unusual;
        self.at += tag.full.end - tag.full.start;
        if (self.window[self.at] != '>') return error.Unusual;
        self.at += 1;
        if (own.first == NONE) self.name(own);
        for ([_]u8{ '@', '#' }) |sign| {
            if (own.key.end > own.key.start and self.window[own.key.start] == sign) return error.Unusual;
        }
        return number;
    }

    /// Notes whether an element has the name of one before it.
    fn note(self: *const Parser, own: *Node, number: u32) void {
        const key = self.slice(self.nodes[number].key);
        const found = mark(key);
        const marks = &own.marks[found >> 6];
        const bit = @as(u64, 1) << @truncate(found);
        if (marks.* & bit != 0 and !own.repeats) {
            var other = own.first;
            while (other != number) : (other = self.nodes[other].next) {
                if (std.mem.eql(u8, self.slice(self.nodes[other].key), key)) own.repeats = true;
            }
        }
        marks.* |= bit;
    }

    /// `<Data Name="X">`, without elements in it, is the member X.
    fn name(self: *Parser, own: *Node) void {
        if (own.attribute_count != 1 or !std.mem.eql(u8, self.slice(own.key), "Data")) return;
        const only = self.attributes[own.attributes];
        if (!std.mem.eql(u8, self.slice(only.name), "Name")) return;
        own.key = only.value;
        own.attribute_count = 0;
    }

    fn attribute(self: *Parser, own: *Node) Error!void {
        const found = try self.word();
        _ = self.space();
        if (self.window[self.at] != '=') return error.Unusual;
        self.at += 1;
        _ = self.space();
        const quote = self.window[self.at];
        if (quote != '"' and quote != '\'') return error.Unusual;
        self.at += 1;
        const start = self.at;
        self.skipTo(quote);
        if (self.window[self.at] == 0) return error.Unusual;
        const value = Text{ .start = start, .end = self.at };
        self.at += 1;
        if (std.mem.startsWith(u8, self.slice(found.full), "xmlns")) return;
        if (self.attribute_count == MOST_ATTRIBUTES) return error.Unusual;
        const key = found.local;
        for (self.attributes[own.attributes..self.attribute_count]) |*known| {
            if (std.mem.eql(u8, self.slice(known.name), self.slice(key))) return error.Unusual;
        }
        self.attributes[self.attribute_count] = .{ .name = key, .value = value };
        self.attribute_count += 1;
        own.attribute_count += 1;
    }

    fn slice(self: *const Parser, of: Text) []const u8 {
        return self.window[of.start..of.end];
    }

    fn word(self: *Parser) Error!Word {
        const start = self.at;
        var own = start;
        while (IN_NAME[self.window[self.at]]) : (self.at += 1) {
            if (self.window[self.at] == ':') own = self.at + 1;
        }
        if (self.at == start or self.window[self.at] >= 0x80) return error.Unusual;
        return .{ .full = .{ .start = start, .end = self.at }, .local = .{ .start = own, .end = self.at } };
    }

    fn space(self: *Parser) bool {
        const start = self.at;
        while (std.ascii.isWhitespace(self.window[self.at])) self.at += 1;
        return self.at > start;
    }

    /// The text up to the next tag, or to the end.
    fn text(self: *Parser) Text {
        const start = self.at;
        self.skipTo('<');
        return .{ .start = start, .end = self.at };
    }

    /// Goes to the next such sign, or to the NUL at the end.
    fn skipTo(self: *Parser, sign: u8) void {
        while (true) : (self.at += WIDTH) {
            // The window goes on behind the element, so a whole chunk can be read.
            const chunk: Chunk = self.window[self.at..][0..WIDTH].*;
            const found: Mask = @bitCast(chunk == @as(Chunk, @splat(sign)));
            const end: Mask = @bitCast(chunk == @as(Chunk, @splat(0)));
            if (found | end == 0) continue;
            self.at += @ctz(found | end);
            return;
        }
    }

    fn isBlank(self: *const Parser, of: Text) Error!bool {
        var odd = false;
        for (self.slice(of)) |c| {
            switch (c) {
                0x21...0x7e => return false,
                ' ', '\t'...'\r', 0x1c...0x1f => {},
                else => odd = true,
            }
        }
        return if (odd) error.Unusual else true;
    }

    fn write(self: *Parser, number: u32) Error!void {
        const own = &self.nodes[number];
        if (own.attribute_count == 0 and own.first == NONE) return self.string("", own.text);
        try self.out.byte('{');
        for (self.attributes[own.attributes..][0..own.attribute_count]) |*each| {
            try self.string("@", each.name);
            try self.out.byte(':');
            try self.string("", each.value);
            try self.out.byte(',');
        }
        if (own.text.end > own.text.start) {
            try self.out.raw("\"#text\":");
            try self.string("", own.text);
            try self.out.byte(',');
        }
        var child = own.first;
        while (child != NONE) : (child = self.nodes[child].next) {
            if (self.nodes[child].written) continue;
            try self.string("", self.nodes[child].key);
            try self.out.byte(':');
            if (own.repeats) try self.same(child) else try self.write(child);
            try self.out.byte(',');
        }
        self.out.buffer[self.out.at - 1] = '}';
    }

    /// An element, or the list of it and those of its name that follow it.
    fn same(self: *Parser, number: u32) Error!void {
        var other = self.twin(number);
        if (other == NONE) return self.write(number);
        try self.out.byte('[');
        try self.write(number);
        while (other != NONE) : (other = self.twin(other)) {
            self.nodes[other].written = true;
            try self.out.byte(',');
            try self.write(other);
        }
        try self.out.byte(']');
    }

    /// The next element of the same name.
    fn twin(self: *const Parser, number: u32) u32 {
        const key = self.slice(self.nodes[number].key);
        var other = self.nodes[number].next;
        while (other != NONE) : (other = self.nodes[other].next) {
            if (std.mem.eql(u8, self.slice(self.nodes[other].key), key)) break;
        }
        return other;
    }

    /// A text as a JSON string, its entities replaced.
    fn string(self: *Parser, before: []const u8, of: Text) Error!void {
        const all = self.slice(of);
        if (!self.escaped or std.mem.indexOfScalar(u8, all, '&') == null) {
            if (before.len == 0) return self.out.quoted(all);
            try self.out.byte('"');
            try self.out.raw(before);
            try self.out.raw(all); // a name: nothing in it is to be escaped
            return self.out.byte('"');
        }
        try self.out.byte('"');
        var rest = all;
        while (std.mem.indexOfScalar(u8, rest, '&')) |at| {
            try self.piece(rest[0..at]);
            rest = rest[at + 1 ..];
            if (rest.len > 0 and rest[0] == '#') return error.Unusual;
            const found = for (ENTITIES) |entity| {
                if (std.mem.startsWith(u8, rest, entity[0])) break entity;
            } else .{ "", "&" };
            try self.piece(found[1]);
            rest = rest[found[0].len..];
        }
        try self.piece(rest);
        try self.out.byte('"');
    }

    /// A piece of a string, without the quotes.
    fn piece(self: *Parser, bytes: []const u8) Error!void {
        const start = self.out.at;
        try self.out.quoted(bytes);
        const end = self.out.at - 1;
        std.mem.copyForwards(u8, self.out.buffer[start .. end - 1], self.out.buffer[start + 1 .. end]);
        self.out.at = end - 1;
    }
};

/// A number that names of other lengths or ends seldom share.
fn mark(name: []const u8) u8 {
    if (name.len == 0) return 0;
    const length: u8 = @truncate(name.len);
    return length *% 37 +% name[0] *% 7 +% name[name.len / 2] *% 13 +% name[name.len - 1] *% 31;
}
