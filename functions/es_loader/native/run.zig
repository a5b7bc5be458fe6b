//! Makes documents of a window of records in one call: what Python calls, and no more.
//!
//! Each record becomes two lines of a bulk body in `out`, which end where `ends` says, and a line in
//! `ids`, or nothing and an empty line: then Python makes its document, since something in it is unusual (GENERAL), or
//! since a text is in no table yet (PENDING), of which `misses` tells.

const std = @import("std");
const cef = @import("cef.zig");
const document = @import("document.zig");
const elements = @import("elements.zig");
const lines = @import("lines.zig");
const places = @import("place.zig");
const scan = @import("scan.zig");
const table = @import("table.zig");
const program = @import("program.zig");
const xml = @import("xml.zig");
const Engine = document.Engine;
const Job = document.Job;
const JsonJob = @import("json_job.zig").JsonJob;
const Lists = @import("lists.zig").Lists;
const NONE = program.NONE;

/// A mistake ends the process: a wrong document is not worth going on for.
pub const panic = std.debug.no_panic;

const ACTION_END = "\"}}\n"; // behind the id
const PENDING = 254;
const GENERAL = 255;

export fn native_size() u64 {
    return @sizeOf(Engine);
}

/// Number that Python compares: a library of another time is not used.
export fn native_version() u64 {
    return 14;
}

export fn native_start(engine: *Engine, seed: u64) void {
    engine.known.seed = seed;
    engine.fixed.seed = seed;
}

export fn native_clear(engine: *Engine) void {
    engine.known.clear();
}

/// Where the bytes are in the table; NONE where it is full.
export fn native_keep(engine: *Engine, fixed: bool, bytes: [*]const u8, size: u64) u32 {
    const found = if (fixed) engine.fixed.keep(bytes[0..size]) else engine.known.keep(bytes[0..size]);
    return found orelse NONE;
}

/// Enters a text; false where the table is full.
export fn native_put(engine: *Engine, fixed: bool, bytes: [*]const u8, size: u64, entry: *const table.Entry) bool {
    const text = bytes[0..size];
    const found = if (fixed) engine.fixed.put(text, entry.*) else engine.known.put(text, entry.*);
    return found != null;
}

/// Addresses are looked up here from now on; `databases` stay where they are.
export fn native_locate(engine: *Engine, databases: *const [2]places.Database) void {
    engine.databases = databases.*;
    for (&engine.databases) |*database| database.open();
    engine.located = 1;
}

/// Addresses and domains are looked for in these lists from now on; `lists` stays where it points to.
export fn native_lists(engine: *Engine, lists: *const Lists, domains: [*]const u8, size: u64) void {
    engine.lists = lists.*;
    engine.lists.fill(domains[0..size]);
}

/// Writes XML as JSON.
export fn native_xml(job: *JsonJob) void {
    xml.run(job);
}

/// Writes lines of the Common Event Format as JSON.
export fn native_cef(job: *JsonJob) void {
    cef.run(job);
}

/// Start and end of each element of this name in a window of XML, as far as they are not unusual.
export fn native_elements(window: [*]const u8, size: u64, name: [*]const u8, name_size: u64, ends: [*]u32, room: u64) u32 {
    return @intCast(elements.find(window[0..size], name[0..name_size], ends[0..room]));
}

/// Start and end of each line of a window of JSON objects, one a line; NONE where it is none.
export fn native_lines(window: [*]const u8, size: u64, ends: [*]u32, room: u64) u32 {
    const found = lines.find(window[0..size], ends[0..room]) orelse return NONE;
    return @intCast(found);
}

export fn native_run(engine: *Engine, job: *Job) void {
    const plan = program.Program.of(job.words[0..job.word_count], job.texts[0..job.text_count]);
    const values: *scan.Values = @ptrCast(&engine.values);
    values.window = job.window[0..job.window_size];
    var run = document.Run{
        .engine = engine,
        .job = job,
        .plan = &plan,
        .values = values,
        .out = .{ .buffer = &.{}, .at = 0 },
        .ids = .{ .buffer = &.{}, .at = 0 },
    };
    job.miss_count = 0;
    job.done = 0;
    var start: u32 = 0;
    const sections = plan.head.sections;
    while (job.done < job.count) : (job.done += 1) {
        var ends: [3][2]u32 = @splat(.{ 0, 0 });
        var next = start;
        for (ends[0..sections], job.lengths[job.done * sections ..][0..sections]) |*end, length| {
            end.* = .{ next, next + length };
            next += length + 1;
        }
        // All records that follow, and this one, have room for a line feed.
        run.out.buffer = job.out[0..job.out_room];
        run.ids.buffer = job.ids[0 .. job.ids_room - (job.count - job.done)];
        const before = .{ run.out.at, run.ids.at };
        run.position = job.position + job.done;
        run.moment = if (job.moments) |moments| moments[job.done] else 0;
        const status: u8 = linesOf(&run, ends) catch |problem| switch (problem) {
            error.Unusual => GENERAL,
            error.Full => if (before[0] == 0) GENERAL else break,
        };
        if (status >= PENDING) {
            run.out.at = before[0];
            run.ids.at = before[1];
        }
        job.ends[job.done] = @intCast(run.out.at);
        job.ids[run.ids.at] = '\n';
        run.ids.at += 1;
        job.status[job.done] = status;
        job.ids_size = run.ids.at;
        start = next;
    }
}

/// Writes the document of a record and its action line; returns the number of its index, or PENDING.
fn linesOf(run: *document.Run, ends: [3][2]u32) document.Error!u8 {
    const start, const id_start = .{ run.out.at, run.ids.at };
    const index = try run.record(ends[0], ends[1], ends[2]);
    if (run.pending) return PENDING;
    const first = if (index == 0) 0 else run.job.head_ends[index - 1];
    const head = run.job.heads[first..run.job.head_ends[index]];
    const id = run.ids.buffer[id_start..run.ids.at];
    const length = run.out.at - start;
    const size = head.len + id.len + ACTION_END.len;
    if (size > run.out.buffer.len - run.out.at) return error.Full;
    @memmove(run.out.buffer[start + size ..][0..length], run.out.buffer[start..][0..length]);
    run.out.at = start;
    try run.out.raw(head);
    try run.out.raw(id);
    try run.out.raw(ACTION_END);
    run.out.at += length;
    try run.out.byte('\n');
    return index;
}
