//! Writes the id of a document: a hash of the record's own fields or of all its content, or its number in
//! its object.

const std = @import("std");
const canonical = @import("canonical.zig");
const document = @import("document.zig");
const program = @import("program.zig");
const scan = @import("scan.zig");
const Error = document.Error;
const Run = document.Run;
const NONE = program.NONE;

const URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The hash of the fields that the log type names, if all have a value; else the number.
pub fn id(run: *Run) Error!void {
    const head = run.plan.head;
    var hash = std.crypto.hash.blake2.Blake2b128.init(.{});
    hash.update(run.context(.account));
    const own_fields = for (run.plan.words[head.id..][0..head.id_count]) |slot| {
        const value = run.values.slots[slot];
        const text = run.values.bytes(value);
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
        return run.ids.base64(&digest, URL_SAFE);
    }
    try run.ids.raw(run.context(.object_hash));
    try run.ids.byte('-');
    try run.ids.number(run.position);
}

/// The hash of the whole record, as canonical.zig writes it.
pub fn idOfContent(run: *Run, start: u32) Error!void {
    const scanner = scan.Scanner{ .plan = run.plan, .values = run.values, .text = run.values.window, .at = start };
    var content = canonical.Canonical{ .scanner = scanner, .out = run.out, .members = &run.members };
    var hash = std.crypto.hash.blake2.Blake2b128.init(.{});
    hash.update(run.context(.account));
    hash.update(&.{0});
    hash.update(try content.of());
    var digest: [16]u8 = undefined;
    hash.final(&digest);
    return run.ids.base64(&digest, URL_SAFE);
}
