//! Writes the members of a document that are values of the record: the first, an array, a sum, or what
//! a value table has for one.

const std = @import("std");
const document = @import("document.zig");
const program = @import("program.zig");
const scan = @import("scan.zig");
const values = @import("value.zig");
const Error = document.Error;
const Run = document.Run;
const Type = values.Type;
const Value = scan.Value;
const NONE = program.NONE;

/// The first source that has a value; whether one has.
pub fn first(run: *Run, op: *const program.Op) Error!bool {
    for (0..op.count) |number| {
        const from = run.source(op, number);
        if (from >= program.LIST) {
            if (run.values.item_count == 0) continue;
        } else if (run.values.slots[from].kind == .none) continue;
        const start = run.out.at;
        try run.name(op);
        if (try one(run, op, from)) {
            try run.out.byte(',');
            return true;
        }
        run.out.at = start;
    }
    return false;
}

/// The value of a source; false where there is none.
fn one(run: *Run, op: *const program.Op, from: u32) Error!bool {
    if (from >= program.LIST) return list(run, op, from);
    const value = &run.values.slots[from];
    if (value.kind == .array and op.kind != @intFromEnum(Type.raw)) return list(run, op, from);
    return values.write(run, @enumFromInt(op.kind), value);
}

/// The values of a source that is a list, as they stand there; false where there is none.
fn list(run: *Run, op: *const program.Op, from: u32) Error!bool {
    var some = false;
    var before: u8 = '[';
    for (run.values.items[0..run.values.item_count]) |*each| {
        if (each.list != from % program.LIST) continue;
        some = true;
        const start = run.out.at;
        try run.out.byte(before);
        if (try values.write(run, @enumFromInt(op.kind), &each.value)) {
            before = ',';
        } else run.out.at = start;
    }
    if (before == '[') {
        // Refused, or empty; or the items are not those of this list.
        const empty = !some and (from >= program.LIST or run.values.slots[from].isEmpty());
        if (!empty and !run.pending) return error.Unusual;
        return false;
    }
    try run.out.byte(']');
    return true;
}

/// The distinct values of all sources, or of the first that has some.
pub fn array(run: *Run, op: *const program.Op, of_first: bool) Error!void {
    const present = for (0..op.count) |number| {
        const from = run.source(op, number);
        if (from >= program.LIST) {
            if (run.values.item_count > 0) break true;
        } else if (run.values.slots[from].kind != .none) break true;
    } else false;
    if (!present) return;
    const start = run.out.at;
    try run.name(op);
    try run.out.byte('[');
    const written = &run.written;
    var count: usize = 0;
    var escaped = false;
    for (0..op.count) |number| {
        if (of_first and count > 0) break;
        const from = run.source(op, number);
        if (from < program.LIST and run.values.slots[from].kind != .array) {
            try item(run, op, &run.values.slots[from], written, &count, &escaped);
            continue;
        }
        var some = false;
        for (run.values.items[0..run.values.item_count]) |*each| {
            if (each.list != from % program.LIST) continue;
            try item(run, op, &each.value, written, &count, &escaped);
            some = true;
        }
        if (!some and from < program.LIST and !run.values.slots[from].isEmpty()) return error.Unusual;
    }
    if (count == 0) {
        run.out.at = start;
        return;
    }
    run.out.buffer[run.out.at - 1] = ']';
    try run.out.byte(',');
}

fn item(
    run: *Run,
    op: *const program.Op,
    value: *Value,
    written: *[document.MOST_DISTINCT][2]usize,
    count: *usize,
    escaped: *bool,
) Error!void {
    const start = run.out.at;
    if (!try values.write(run, @enumFromInt(op.kind), value)) return;
    if (value.kind == .escaped) escaped.* = true;
    if (escaped.* and count.* > 0) return error.Unusual; // texts that look different may be the same
    const new = run.out.buffer[start..run.out.at];
    for (written[0..count.*]) |each| {
        if (std.mem.eql(u8, run.out.buffer[each[0]..each[1]], new)) {
            run.out.at = start;
            return;
        }
    }
    if (count.* == document.MOST_DISTINCT) return error.Unusual;
    written[count.*] = .{ start, run.out.at };
    count.* += 1;
    try run.out.byte(',');
}

/// The sum of all sources, of which there are few.
pub fn sum(run: *Run, op: *const program.Op) Error!void {
    var total: u64 = 0;
    for (0..op.count) |number| {
        const value = &run.values.slots[run.source(op, number)];
        total += try values.number(run, value) orelse return;
    }
    try run.name(op);
    try run.out.number(total);
    try run.out.byte(',');
}

/// What a value table has for the first source that is in it.
pub fn lookup(run: *Run, op: *const program.Op) Error!void {
    var nothing = true;
    for (0..op.count) |number| {
        const text = try run.plain(run.values.slots[run.source(op, number)]) orelse continue;
        if (run.engine.fixed.find(op.kind, text)) |entry| {
            try run.name(op);
            try run.out.raw(run.engine.fixed.piece(entry, 0));
            return run.out.byte(',');
        }
        if (text.len > 0 and !std.mem.eql(u8, text, "-")) nothing = false;
    }
    const at = if (nothing) op.default else op.other;
    if (at == NONE) return;
    try run.name(op);
    try run.out.raw(run.plan.text(run.plan.words[at], run.plan.words[at + 1]));
    try run.out.byte(',');
}
