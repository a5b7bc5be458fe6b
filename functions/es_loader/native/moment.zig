//! Writes @timestamp, which decides the index, and whose time it is.

const std = @import("std");
const document = @import("document.zig");
const program = @import("program.zig");
const times = @import("times.zig");
const values = @import("value.zig");
const Error = document.Error;
const Run = document.Run;
const Type = values.Type;

const MINUTES = 12; // tag of minutes, whose times have one index
const OWN_INDEX = 0; // number of the index that the age of the object chooses
const GENERATION = 32; // the tag of a time is time + GENERATION * that of the object

/// @timestamp, and with it the index; those of the object where the record tells no time.
pub fn time(run: *Run, op: *const program.Op) Error!void {
    const generation = @intFromEnum(Type.time) + GENERATION * run.job.generation;
    const minutes = MINUTES + GENERATION * run.job.generation;
    run.dated = .record;
    for (0..op.count) |number| {
        const value = &run.values.slots[run.source(op, number)];
        const bytes = run.values.bytes(value.*);
        if (value.kind == .none or bytes.len == 0 or std.mem.eql(u8, bytes, "-")) continue;
        if (value.kind == .escaped or std.mem.eql(u8, bytes, "0")) return error.Unusual;
        // All of a minute have one index.
        const layout: times.Layout = @enumFromInt(op.kind);
        var buffer: [times.LONGEST]u8 = undefined;
        if (times.ofMinute(layout, bytes, &buffer)) |parts| {
            if (run.engine.known.find(minutes, parts.minute)) |entry| {
                run.index = @intCast(entry.index);
                try run.name(op);
                try run.out.raw(run.engine.known.piece(entry, 0));
                try run.out.raw(parts.second);
                try run.out.raw(run.engine.known.piece(entry, 1));
                return run.out.byte(',');
            }
        }
        const made = if (layout != .other) times.ofNumber(bytes) else null;
        const body: ?[]const u8 = if (made) |*each| each.of() else times.utc(bytes, layout == .iso or layout == .ctime, &buffer);
        if (layout != .other) if (body) |iso| {
            if (run.engine.known.find(minutes, iso[0..times.MINUTE])) |entry| {
                run.index = @intCast(entry.index);
                try run.name(op);
                try run.out.byte('"');
                try run.out.raw(iso);
                try run.out.raw("Z\",");
                return;
            }
        };
        if (value.kind == .integer and layout == .other) return error.Unusual;
        if (try values.find(run, generation, value)) |entry| {
            run.index = @intCast(entry.index);
            try run.name(op);
            try run.out.raw(run.engine.known.piece(entry, 0));
            return run.out.byte(',');
        }
        if (run.pending) return;
        return error.Unusual; // refused
    }
    if (run.moment != 0) {
        // Python has entered the minutes of all moments.
        const made = times.ofMicroseconds(run.moment * 1000);
        const iso = made.of();
        const entry = run.engine.known.find(minutes, iso[0..times.MINUTE]) orelse return error.Unusual;
        run.dated = .envelope;
        run.index = @intCast(entry.index);
        try run.name(op);
        try run.out.byte('"');
        try run.out.raw(iso);
        return run.out.raw("Z\",");
    }
    run.dated = .object;
    run.index = OWN_INDEX;
    try run.name(op);
    try run.out.raw(run.context(.modified));
    try run.out.byte(',');
}

/// Whose time it is, where it is not that of the record.
pub fn timeless(run: *Run, op: *const program.Op) Error!void {
    const at = switch (run.dated) {
        .record => return,
        .envelope => op.other,
        .object => op.default,
    };
    try run.name(op);
    try run.out.raw(run.plan.text(run.plan.words[at], run.plan.words[at + 1]));
    try run.out.byte(',');
}
