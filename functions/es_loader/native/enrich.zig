//! Writes what is known of values from elsewhere: places, user agents, flows, lists of bad addresses and
//! domains.

const std = @import("std");
const document = @import("document.zig");
const flow = @import("flow.zig");
const program = @import("program.zig");
const table = @import("table.zig");
const values = @import("value.zig");
const Error = document.Error;
const Run = document.Run;
const Type = values.Type;
const NONE = program.NONE;

const DOMAIN = 1; // bits of the kind of `listed`: the field is a domain
const MERGED = 2; // the log type itself has such fields

/// Address, place and network owner: members of the object that is open.
pub fn place(run: *Run, op: *const program.Op) Error!void {
    for (0..op.count) |number| {
        const value = &run.values.slots[run.source(op, number)];
        const text = try run.plain(value.*) orelse continue;
        if (text.len == 0 or std.mem.eql(u8, text, "-")) continue;
        const entry = try values.find(run, @intFromEnum(Type.ip), value) orelse {
            if (run.pending) return;
            continue;
        };
        const names = [3][]const u8{ "\"ip\":", "\"geo\":", "\"as\":" };
        for (names, 0..) |key, which| {
            if (entry.lengths[which] == 0) continue;
            try run.out.raw(key);
            try run.out.raw(run.engine.known.piece(entry, which));
            try run.out.byte(',');
        }
        return;
    }
}

/// What a User-Agent says: members of the object that is open.
pub fn agent(run: *Run, op: *const program.Op) Error!void {
    for (0..op.count) |number| {
        const from = run.source(op, number);
        if (from >= program.LIST) return error.Unusual;
        const value = &run.values.slots[from];
        const text = run.values.bytes(value.*);
        switch (value.kind) {
            .none => continue,
            .column, .text => if (text.len == 0 or std.mem.eql(u8, text, "-")) continue,
            else => return error.Unusual,
        }
        const entry = try values.find(run, @intFromEnum(Type.agent), value) orelse return;
        return run.out.raw(run.engine.known.piece(entry, 0));
    }
}

/// Network type and community id: members of the object that is open.
pub fn flowOf(run: *Run, op: *const program.Op) Error!void {
    var texts: [5][]const u8 = undefined;
    for (&texts, 0..) |*text, number| {
        const slot = run.source(op, number);
        text.* = if (slot == NONE) "" else try run.plain(run.values.slots[slot]) orelse "";
    }
    var ends: [2][]const u8 = undefined;
    for (&ends, 0..) |*end, number| {
        const text = texts[number];
        if (text.len == 0 or std.mem.eql(u8, text, "-")) return;
        const value = &run.values.slots[run.source(op, number)];
        const entry = try values.find(run, @intFromEnum(Type.ip), value) orelse return;
        end.* = entry.address[0..entry.address_len];
    }
    try run.out.raw(if (ends[0].len == 4) "\"type\":\"ipv4\"," else "\"type\":\"ipv6\",");
    const start = run.out.at;
    try run.out.raw("\"community_id\":");
    if (try flow.id(&run.out, ends[0], ends[1], texts[2], texts[3], texts[4])) |_| {
        try run.out.byte(',');
    } else run.out.at = start;
}

/// What lists say of an address or a domain; general where they say it of two.
pub fn threat(run: *Run, op: *const program.Op) Error!void {
    for (0..op.count) |number| {
        const from = run.source(op, number);
        if (from >= program.LIST) {
            if (run.values.item_count > 0) return error.Unusual;
            continue;
        }
        const value = &run.values.slots[from];
        const text = run.values.bytes(value.*);
        switch (value.kind) {
            .none, .integer => continue,
            .column, .text => if (text.len == 0 or std.mem.eql(u8, text, "-")) continue,
            else => return error.Unusual,
        }
        if (op.kind & DOMAIN != 0) {
            if (!run.engine.lists.mayHave(text)) return;
        } else {
            const entry = try values.find(run, @intFromEnum(Type.ip), value) orelse {
                if (run.pending) return;
                continue;
            };
            if (entry.flags & table.LISTED == 0) return;
        }
        const entry = try values.find(run, @intFromEnum(Type.listed), value) orelse return;
        if (entry.lengths[0] == 0) return; // only its hash is that of a listed domain
        if (run.listed or op.kind & MERGED != 0) return error.Unusual;
        run.listed = true;
        try run.name(op);
        try run.out.raw(run.engine.known.piece(entry, 0));
        return run.out.raw(run.plan.text(run.plan.words[op.default], run.plan.words[op.default + 1]));
    }
}
