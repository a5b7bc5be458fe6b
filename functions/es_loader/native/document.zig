//! Makes the document of one record, by the program of its log type.

const std = @import("std");
const canonical = @import("canonical.zig");
const emit = @import("emit.zig");
const flow = @import("flow.zig");
const threats = @import("lists.zig");
const named = @import("named.zig");
const places = @import("place.zig");
const program = @import("program.zig");
const scan = @import("scan.zig");
const table = @import("table.zig");
const times = @import("times.zig");
const values = @import("value.zig");
const view = @import("view.zig");
pub const Error = emit.Error;
const Program = program.Program;
const Type = values.Type;
const Value = scan.Value;
const NONE = program.NONE;

const DEEPEST = 24; // objects in a document
const MOST_DISTINCT = 64;
const MINUTES = 12; // tag of minutes, whose times have one index
const OWN_INDEX = 0; // number of the index that the age of the object chooses
const GENERATION = 32; // the tag of a time is time + GENERATION * that of the object
const DOMAIN = 1; // bits of the kind of `listed`: the field is a domain
const MERGED = 2; // the log type itself has such fields
const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What is kept between calls.
pub const Engine = extern struct {
    known: table.Known,
    fixed: table.Fixed,
    databases: [2]places.Database, // City, ASN
    lists: threats.Lists, // of bad addresses and domains
    located: u32, // 1: the databases are all that addresses are looked up in
    values: [@sizeOf(scan.Values)]u8 align(16),
};

/// What one call is about.
pub const Job = extern struct {
    window: [*]const u8, // records with a NUL after each, and 64 bytes more
    window_size: u64,
    lengths: [*]const u32, // of each record
    count: u64,
    words: [*]const u32,
    word_count: u64,
    texts: [*]const u8,
    text_count: u64,
    context: [*]const u8,
    context_size: u64,
    context_at: [9]u32, // where each text of the context begins; it ends with the next
    heads: [*]const u8, // for each index the beginning of the action line, up to the id
    head_ends: [*]const u32,
    out: [*]u8,
    out_room: u64,
    ids: [*]u8,
    ids_room: u64,
    ends: [*]u32, // of what `out` has for each record
    status: [*]u8,
    misses: [*]u32, // tag, start and end of each text
    miss_room: u64,
    position: u64, // record number of the first
    moments: ?[*]const u64, // of each record when its envelope says it was sent, ms since 1970, or 0
    generation: u32,
    check_utf8: u32,
    done: u64,
    ids_size: u64,
    miss_count: u64,
};

const Context = enum(usize) { ingested, file, account, region, object_hash, modified, aws, container };

pub const Run = struct {
    engine: *Engine,
    job: *Job,
    plan: *const Program,
    values: *scan.Values,
    out: emit.Writer,
    ids: emit.Writer,
    position: u64 = 0,
    pending: bool = false,
    moment: u64 = 0, // when the envelope says that the record was sent, or 0
    dated: enum { record, envelope, object } = .record, // what tells the time
    listed: bool = false, // something in it is on a list
    index: u8 = 0,
    // Here, since each use of its own would fill them:
    written: [MOST_DISTINCT][2]usize = undefined,
    members: [canonical.MOST_MEMBERS]canonical.Member = undefined,

    /// The number of the index of a record, whose text as delivered, parsed content, and added
    /// values lie between these ends; no parsed content: that is the text.
    pub fn record(self: *Run, original: [2]u32, parsed: [2]u32, extra: [2]u32) Error!u8 {
        const start, const end = original;
        const head = self.plan.head;
        const window = self.values.window;
        self.pending = false;
        self.listed = false;
        if (start == end) return error.Unusual;
        if (self.job.check_utf8 != 0 and !std.unicode.utf8ValidateSlice(window[start..end])) {
            return error.Unusual;
        }
        self.values.clear(head.slots);
        const from, const to = if (parsed[1] > parsed[0]) parsed else original;
        if (head.root == NONE) {
            try scan.columns(self.plan, self.values, from, to);
        } else if (head.named == 1) {
            try named.read(self.plan, self.values, from, to);
        } else {
            try scan.json(self.plan, self.values, head.root, from, to);
        }
        if (extra[1] > extra[0]) {
            try scan.json(self.plan, self.values, head.extra, extra[0], extra[1]);
        }
        try view.note(self.plan, self.values);
        try self.out.byte('{');
        var opened: [DEEPEST][2]usize = undefined;
        var depth: usize = 0;
        var number: usize = 0;
        while (number < head.op_count) {
            const op = self.plan.op(number);
            number += 1;
            switch (op.code) {
                .open => {
                    if (op.count > 0 and !self.hasValue(op)) {
                        number = op.kind; // behind its end
                        continue;
                    }
                    const before = self.out.at;
                    try self.name(op);
                    opened[depth] = .{ self.out.at, before };
                    depth += 1;
                },
                .close => {
                    depth -= 1;
                    try self.out.close(opened[depth][0], opened[depth][1]);
                },
                .original => {
                    try self.name(op);
                    try self.out.quoted(window[start..end]);
                    try self.out.byte(',');
                },
                else => try self.member(op),
            }
        }
        self.out.buffer[self.out.at - 1] = '}';
        if (head.id_count == NONE) try self.idOfContent(from) else try self.id();
        return self.index;
    }

    /// Whether one of the sources may have a value.
    fn hasValue(self: *const Run, op: *const program.Op) bool {
        for (self.plan.words[op.sources..][0..op.count]) |from| {
            if (from == NONE) continue;
            if (from >= program.LIST) {
                if (self.values.item_count > 0) return true;
            } else if (self.values.slots[from].kind != .none) return true;
        }
        return false;
    }

    fn member(self: *Run, op: *const program.Op) Error!void {
        switch (op.code) {
            .literal => try self.name(op),
            .context => try self.out.raw(self.context(@enumFromInt(op.kind))),
            .position => {
                try self.name(op);
                try self.out.number(self.position);
                try self.out.byte(',');
            },
            .value => _ = try self.first(op),
            .array => try self.array(op, false),
            .array_of_first => try self.array(op, true),
            .sum => try self.sum(op),
            .lookup => try self.lookup(op),
            .time => try self.time(op),
            .timeless => try self.timeless(op),
            .account => try self.own(op, .account),
            .region => try self.own(op, .region),
            .place => try self.place(op),
            .agent => try self.agent(op),
            .flow => try self.flowOf(op),
            .listed => try self.threat(op),
            else => return error.Unusual,
        }
    }

    fn name(self: *Run, op: *const program.Op) Error!void {
        try self.out.raw(self.plan.text(op.text, op.length));
    }

    fn context(self: *const Run, which: Context) []const u8 {
        const at = self.job.context_at;
        const number = @intFromEnum(which);
        return self.job.context[0..self.job.context_size][at[number]..at[number + 1]];
    }

    fn source(self: *const Run, op: *const program.Op, number: usize) u32 {
        return self.plan.words[op.sources + number];
    }

    // Members

    /// The first source that has a value; whether one has.
    fn first(self: *Run, op: *const program.Op) Error!bool {
        for (0..op.count) |number| {
            const from = self.source(op, number);
            if (from >= program.LIST) {
                if (self.values.item_count == 0) continue;
            } else if (self.values.slots[from].kind == .none) continue;
            const start = self.out.at;
            try self.name(op);
            if (try self.one(op, from)) {
                try self.out.byte(',');
                return true;
            }
            self.out.at = start;
        }
        return false;
    }

    /// The value of a source; false where there is none.
    fn one(self: *Run, op: *const program.Op, from: u32) Error!bool {
        if (from >= program.LIST) return self.list(op, from);
        const value = &self.values.slots[from];
        if (value.kind == .array and op.kind != @intFromEnum(Type.raw)) return self.list(op, from);
        return values.write(self, @enumFromInt(op.kind), value);
    }

    /// The values of a source that is a list, as they stand there; false where there is none.
    fn list(self: *Run, op: *const program.Op, from: u32) Error!bool {
        var some = false;
        var before: u8 = '[';
        for (self.values.items[0..self.values.item_count]) |*each| {
            if (each.list != from % program.LIST) continue;
            some = true;
            const start = self.out.at;
            try self.out.byte(before);
            if (try values.write(self, @enumFromInt(op.kind), &each.value)) {
                before = ',';
            } else self.out.at = start;
        }
        if (before == '[') {
            // Refused, or empty; or the items are not those of this list.
            const empty = !some and (from >= program.LIST or self.values.slots[from].isEmpty());
            if (!empty and !self.pending) return error.Unusual;
            return false;
        }
        try self.out.byte(']');
        return true;
    }

    /// The distinct values of all sources, or of the first that has some.
    fn array(self: *Run, op: *const program.Op, of_first: bool) Error!void {
        const present = for (0..op.count) |number| {
            const from = self.source(op, number);
            if (from >= program.LIST) {
                if (self.values.item_count > 0) break true;
            } else if (self.values.slots[from].kind != .none) break true;
        } else false;
        if (!present) return;
        const start = self.out.at;
        try self.name(op);
        try self.out.byte('[');
        const written = &self.written;
        var count: usize = 0;
        var escaped = false;
        for (0..op.count) |number| {
            if (of_first and count > 0) break;
            const from = self.source(op, number);
            if (from < program.LIST and self.values.slots[from].kind != .array) {
                try self.item(op, &self.values.slots[from], written, &count, &escaped);
                continue;
            }
            var some = false;
            for (self.values.items[0..self.values.item_count]) |*each| {
                if (each.list != from % program.LIST) continue;
                try self.item(op, &each.value, written, &count, &escaped);
                some = true;
            }
            if (!some and from < program.LIST and !self.values.slots[from].isEmpty()) return error.Unusual;
        }
        if (count == 0) {
            self.out.at = start;
            return;
        }
        self.out.buffer[self.out.at - 1] = ']';
        try self.out.byte(',');
    }

    fn item(
        self: *Run,
        op: *const program.Op,
        value: *Value,
        written: *[MOST_DISTINCT][2]usize,
        count: *usize,
        escaped: *bool,
    ) Error!void {
        const start = self.out.at;
        if (!try values.write(self, @enumFromInt(op.kind), value)) return;
        if (value.kind == .escaped) escaped.* = true;
        if (escaped.* and count.* > 0) return error.Unusual; // texts that look different may be the same
        const new = self.out.buffer[start..self.out.at];
        for (written[0..count.*]) |each| {
            if (std.mem.eql(u8, self.out.buffer[each[0]..each[1]], new)) {
                self.out.at = start;
                return;
            }
        }
        if (count.* == MOST_DISTINCT) return error.Unusual;
        written[count.*] = .{ start, self.out.at };
        count.* += 1;
        try self.out.byte(',');
    }

    /// The sum of all sources, of which there are few.
    fn sum(self: *Run, op: *const program.Op) Error!void {
        var total: u64 = 0;
        for (0..op.count) |number| {
            const value = &self.values.slots[self.source(op, number)];
            total += try values.number(self, value) orelse return;
        }
        try self.name(op);
        try self.out.number(total);
        try self.out.byte(',');
    }

    /// What a value table has for the first source that is in it.
    fn lookup(self: *Run, op: *const program.Op) Error!void {
        var nothing = true;
        for (0..op.count) |number| {
            const text = try self.plain(self.values.slots[self.source(op, number)]) orelse continue;
            if (self.engine.fixed.find(op.kind, text)) |entry| {
                try self.name(op);
                try self.out.raw(self.engine.fixed.piece(entry, 0));
                return self.out.byte(',');
            }
            if (text.len > 0 and !std.mem.eql(u8, text, "-")) nothing = false;
        }
        const at = if (nothing) op.default else op.other;
        if (at == NONE) return;
        try self.name(op);
        try self.out.raw(self.plan.text(self.plan.words[at], self.plan.words[at + 1]));
        try self.out.byte(',');
    }

    /// The text of a value, as Python's str() gives it; null where there is none.
    fn plain(self: *const Run, value: Value) Error!?[]const u8 {
        return switch (value.kind) {
            .none => null,
            .column, .text, .integer => self.values.bytes(value),
            .yes => "true",
            .no => "false",
            else => error.Unusual,
        };
    }

    /// @timestamp, and with it the index; those of the object where the record tells no time.
    fn time(self: *Run, op: *const program.Op) Error!void {
        const generation = @intFromEnum(Type.time) + GENERATION * self.job.generation;
        const minutes = MINUTES + GENERATION * self.job.generation;
        self.dated = .record;
        for (0..op.count) |number| {
            const value = &self.values.slots[self.source(op, number)];
            const bytes = self.values.bytes(value.*);
            if (value.kind == .none or bytes.len == 0 or std.mem.eql(u8, bytes, "-")) continue;
            if (value.kind == .escaped or std.mem.eql(u8, bytes, "0")) return error.Unusual;
            // All of a minute have one index.
            const layout: times.Layout = @enumFromInt(op.kind);
            var buffer: [times.LONGEST]u8 = undefined;
            if (times.ofMinute(layout, bytes, &buffer)) |parts| {
                if (self.engine.known.find(minutes, parts.minute)) |entry| {
                    self.index = @intCast(entry.index);
                    try self.name(op);
                    try self.out.raw(self.engine.known.piece(entry, 0));
                    try self.out.raw(parts.second);
                    try self.out.raw(self.engine.known.piece(entry, 1));
                    return self.out.byte(',');
                }
            }
            const made = if (layout != .other) times.ofNumber(bytes) else null;
            const body: ?[]const u8 = if (made) |*each| each.of() else times.utc(bytes, layout == .iso or layout == .ctime, &buffer);
            if (layout != .other) if (body) |iso| {
                if (self.engine.known.find(minutes, iso[0..times.MINUTE])) |entry| {
                    self.index = @intCast(entry.index);
                    try self.name(op);
                    try self.out.byte('"');
                    try self.out.raw(iso);
                    try self.out.raw("Z\",");
                    return;
                }
            };
            if (value.kind == .integer and layout == .other) return error.Unusual;
            if (try values.find(self, generation, value)) |entry| {
                self.index = @intCast(entry.index);
                try self.name(op);
                try self.out.raw(self.engine.known.piece(entry, 0));
                return self.out.byte(',');
            }
            if (self.pending) return;
            return error.Unusual; // refused
        }
        if (self.moment != 0) {
            // Python has entered the minutes of all moments.
            const made = times.ofMicroseconds(self.moment * 1000);
            const iso = made.of();
            const entry = self.engine.known.find(minutes, iso[0..times.MINUTE]) orelse return error.Unusual;
            self.dated = .envelope;
            self.index = @intCast(entry.index);
            try self.name(op);
            try self.out.byte('"');
            try self.out.raw(iso);
            return self.out.raw("Z\",");
        }
        self.dated = .object;
        self.index = OWN_INDEX;
        try self.name(op);
        try self.out.raw(self.context(.modified));
        try self.out.byte(',');
    }

    /// Whose time it is, where it is not that of the record.
    fn timeless(self: *Run, op: *const program.Op) Error!void {
        const at = switch (self.dated) {
            .record => return,
            .envelope => op.other,
            .object => op.default,
        };
        try self.name(op);
        try self.out.raw(self.plan.text(self.plan.words[at], self.plan.words[at + 1]));
        try self.out.byte(',');
    }

    /// Account or region: that of the record, else that of the object.
    fn own(self: *Run, op: *const program.Op, which: Context) Error!void {
        const given = self.context(which);
        const start = self.out.at;
        if (try self.first(op)) {
            if (which != .account or given.len == 0) return;
            // Of another account: only digits are compared.
            const value = self.out.buffer[start + op.length + 1 .. self.out.at - 2];
            if (!std.mem.eql(u8, value, given)) return error.Unusual;
            return;
        }
        if (given.len == 0) return;
        try self.name(op);
        try self.out.quoted(given);
        try self.out.byte(',');
    }

    /// Address, place and network owner: members of the object that is open.
    fn place(self: *Run, op: *const program.Op) Error!void {
        for (0..op.count) |number| {
            const value = &self.values.slots[self.source(op, number)];
            const text = try self.plain(value.*) orelse continue;
            if (text.len == 0 or std.mem.eql(u8, text, "-")) continue;
            const entry = try values.find(self, @intFromEnum(Type.ip), value) orelse {
                if (self.pending) return;
                continue;
            };
            const names = [3][]const u8{ "\"ip\":", "\"geo\":", "\"as\":" };
            for (names, 0..) |key, which| {
                if (entry.lengths[which] == 0) continue;
                try self.out.raw(key);
                try self.out.raw(self.engine.known.piece(entry, which));
                try self.out.byte(',');
            }
            return;
        }
    }

    /// What a User-Agent says: members of the object that is open.
    fn agent(self: *Run, op: *const program.Op) Error!void {
        for (0..op.count) |number| {
            const from = self.source(op, number);
            if (from >= program.LIST) return error.Unusual;
            const value = &self.values.slots[from];
            const text = self.values.bytes(value.*);
            switch (value.kind) {
                .none => continue,
                .column, .text => if (text.len == 0 or std.mem.eql(u8, text, "-")) continue,
                else => return error.Unusual,
            }
            const entry = try values.find(self, @intFromEnum(Type.agent), value) orelse return;
            return self.out.raw(self.engine.known.piece(entry, 0));
        }
    }

    /// Network type and community id: members of the object that is open.
    fn flowOf(self: *Run, op: *const program.Op) Error!void {
        var texts: [5][]const u8 = undefined;
        for (&texts, 0..) |*text, number| {
            const slot = self.source(op, number);
            text.* = if (slot == NONE) "" else try self.plain(self.values.slots[slot]) orelse "";
        }
        var ends: [2][]const u8 = undefined;
        for (&ends, 0..) |*end, number| {
            const text = texts[number];
            if (text.len == 0 or std.mem.eql(u8, text, "-")) return;
            const value = &self.values.slots[self.source(op, number)];
            const entry = try values.find(self, @intFromEnum(Type.ip), value) orelse return;
            end.* = entry.address[0..entry.address_len];
        }
        try self.out.raw(if (ends[0].len == 4) "\"type\":\"ipv4\"," else "\"type\":\"ipv6\",");
        const start = self.out.at;
        try self.out.raw("\"community_id\":");
        if (try flow.id(&self.out, ends[0], ends[1], texts[2], texts[3], texts[4])) |_| {
            try self.out.byte(',');
        } else self.out.at = start;
    }

    /// What lists say of an address or a domain; general where they say it of two.
    fn threat(self: *Run, op: *const program.Op) Error!void {
        for (0..op.count) |number| {
            const from = self.source(op, number);
            if (from >= program.LIST) {
                if (self.values.item_count > 0) return error.Unusual;
                continue;
            }
            const value = &self.values.slots[from];
            const text = self.values.bytes(value.*);
            switch (value.kind) {
                .none, .integer => continue,
                .column, .text => if (text.len == 0 or std.mem.eql(u8, text, "-")) continue,
                else => return error.Unusual,
            }
            if (op.kind & DOMAIN != 0) {
                if (!self.engine.lists.mayHave(text)) return;
            } else {
                const entry = try values.find(self, @intFromEnum(Type.ip), value) orelse {
                    if (self.pending) return;
                    continue;
                };
                if (entry.flags & table.LISTED == 0) return;
            }
            const entry = try values.find(self, @intFromEnum(Type.listed), value) orelse return;
            if (entry.lengths[0] == 0) return; // only its hash is that of a listed domain
            if (self.listed or op.kind & MERGED != 0) return error.Unusual;
            self.listed = true;
            try self.name(op);
            try self.out.raw(self.engine.known.piece(entry, 0));
            return self.out.raw(self.plan.text(self.plan.words[op.default], self.plan.words[op.default + 1]));
        }
    }

    // The id of the document

    fn id(self: *Run) Error!void {
        const head = self.plan.head;
        var hash = std.crypto.hash.blake2.Blake2b128.init(.{});
        hash.update(self.context(.account));
        const own_fields = for (self.plan.words[head.id..][0..head.id_count]) |slot| {
            const value = self.values.slots[slot];
            const text = self.values.bytes(value);
            switch (value.kind) {
                .none, .object, .array => break false,
                .column, .text => if (text.len == 0 or std.mem.eql(u8, text, "-")) break false,
                .integer => {},
                else => return error.Unusual,
            }
            hash.update(&.{0});
            hash.update(text);
        } else head.id_count > 0;
        if (own_fields) {
            var digest: [16]u8 = undefined;
            hash.final(&digest);
            return self.ids.base64(&digest, URL_SAFE);
        }
        try self.ids.raw(self.context(.object_hash));
        try self.ids.byte('-');
        try self.ids.number(self.position);
    }

    fn idOfContent(self: *Run, start: u32) Error!void {
        const scanner = scan.Scanner{ .plan = self.plan, .values = self.values, .text = self.values.window, .at = start };
        var content = canonical.Canonical{ .scanner = scanner, .out = self.out, .members = &self.members };
        var hash = std.crypto.hash.blake2.Blake2b128.init(.{});
        hash.update(self.context(.account));
        hash.update(&.{0});
        hash.update(try content.of());
        var digest: [16]u8 = undefined;
        hash.final(&digest);
        return self.ids.base64(&digest, URL_SAFE);
    }
};
