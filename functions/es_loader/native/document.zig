//! Makes the document of one record, by the program of its log type.

const std = @import("std");
const canonical = @import("canonical.zig");
const emit = @import("emit.zig");
const enrich = @import("enrich.zig");
const fields = @import("fields.zig");
const identity = @import("identity.zig");
const moment = @import("moment.zig");
const flow = @import("flow.zig");
const threats = @import("lists.zig");
const named = @import("named.zig");
const places = @import("place.zig");
const program = @import("program.zig");
const scan = @import("scan.zig");
const table = @import("table.zig");
const values = @import("value.zig");
const view = @import("view.zig");
pub const Error = emit.Error;
const Program = program.Program;
const Type = values.Type;
const Value = scan.Value;
const NONE = program.NONE;

const DEEPEST = 24; // objects in a document
pub const MOST_DISTINCT = 64;

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
    origins: ?[*]const u32, // of each record the number of its origin; null: they have one
    origin_texts: [*]const u8, // of each origin what it adds to `aws`, and to `container`
    origin_ends: [*]const u32,
    moments: ?[*]const u64, // of each record when its envelope says it was sent, ms since 1970, or 0
    generation: u32,
    check_utf8: u32,
    done: u64,
    ids_size: u64,
    miss_count: u64,
};

pub const Context = enum(usize) { ingested, file, account, region, object_hash, modified, aws, container };

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
        if (head.id_count == NONE) try identity.idOfContent(self, from) else try identity.id(self);
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
            .value => _ = try fields.first(self, op),
            .array => try fields.array(self, op, false),
            .array_of_first => try fields.array(self, op, true),
            .sum => try fields.sum(self, op),
            .lookup => try fields.lookup(self, op),
            .time => try moment.time(self, op),
            .timeless => try moment.timeless(self, op),
            .account => try self.own(op, .account),
            .region => try self.own(op, .region),
            .place => try enrich.place(self, op),
            .agent => try enrich.agent(self, op),
            .flow => try enrich.flowOf(self, op),
            .listed => try enrich.threat(self, op),
            else => return error.Unusual,
        }
    }

    pub fn name(self: *Run, op: *const program.Op) Error!void {
        try self.out.raw(self.plan.text(op.text, op.length));
    }

    pub fn context(self: *const Run, which: Context) []const u8 {
        if (self.job.origins) |origins| if (which == .aws or which == .container) {
            const at = 2 * origins[self.job.done] + @intFromBool(which == .container);
            const start = if (at == 0) 0 else self.job.origin_ends[at - 1];
            return self.job.origin_texts[start..self.job.origin_ends[at]];
        };
        const at = self.job.context_at;
        const number = @intFromEnum(which);
        return self.job.context[0..self.job.context_size][at[number]..at[number + 1]];
    }

    pub fn source(self: *const Run, op: *const program.Op, number: usize) u32 {
        return self.plan.words[op.sources + number];
    }

    // Members

    /// The text of a value, as Python's str() gives it; null where there is none.
    pub fn plain(self: *const Run, value: Value) Error!?[]const u8 {
        return switch (value.kind) {
            .none => null,
            .column, .text, .integer => self.values.bytes(value),
            .yes => "true",
            .no => "false",
            else => error.Unusual,
        };
    }

    /// Account or region: that of the record, else that of the object.
    fn own(self: *Run, op: *const program.Op, which: Context) Error!void {
        const given = self.context(which);
        const start = self.out.at;
        if (try fields.first(self, op)) {
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

    // The id of the document

};
