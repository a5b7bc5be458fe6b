//! The community id of a flow, version 1, seed 0: one text for both directions.
//! https://github.com/corelight/community-id-spec
//!
//! The same as enrich/flow.py, for numbers as they are usually written; others go to Python.

const std = @import("std");
const emit = @import("emit.zig");
const Error = emit.Error;
const Sha1 = std.crypto.hash.Sha1;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ICMP = [_]u8{ 8, 0, 13, 14, 15, 16, 17, 18, 10, 9 };
const ICMP6 = [_]u8{ 128, 129, 133, 134, 135, 136, 130, 131 };

/// Writes the id as a JSON string. null: there is none, nothing is written.
pub fn id(
    out: *emit.Writer,
    source: []const u8,
    destination: []const u8,
    source_port: []const u8,
    destination_port: []const u8,
    protocol: []const u8,
) Error!?void {
    const number = try digits(protocol, 255) orelse return null;
    const with_ports = number == 6 or number == 17 or number == 132;
    const with_types = number == 1 or number == 58;
    var ports = [2]u16{ 0, 0 };
    var ordered = true; // whether it matters which end comes first
    if (with_ports or with_types) {
        ports[0] = try digits(source_port, 65535) orelse return null;
        ports[1] = try digits(destination_port, 65535) orelse return null;
    }
    if (with_types) {
        if (answer(if (number == 1) &ICMP else &ICMP6, ports[0])) |type_| {
            ports[1] = type_;
        } else ordered = false;
    }
    const order = std.mem.order(u8, source, destination);
    const swapped = ordered and (order == .gt or (order == .eq and ports[0] > ports[1]));
    var data: [2 + 32 + 2 + 4]u8 = undefined;
    var length: usize = 0;
    add(&data, &length, &.{ 0, 0 });
    add(&data, &length, if (swapped) destination else source);
    add(&data, &length, if (swapped) source else destination);
    add(&data, &length, &.{ @intCast(number), 0 });
    if (with_ports or with_types) {
        if (swapped) std.mem.swap(u16, &ports[0], &ports[1]);
        for (ports) |port| add(&data, &length, &.{ @intCast(port >> 8), @truncate(port) });
    }
    var digest: [20]u8 = undefined;
    Sha1.hash(data[0..length], &digest, .{});
    try out.raw("\"1:");
    try out.base64(&digest, ALPHABET);
    try out.raw("=\"");
}

/// A number as it is usually written; null: no value.
fn digits(text: []const u8, most: u32) Error!?u16 {
    if (text.len == 0 or std.mem.eql(u8, text, "-")) return null;
    if (text.len > 5 or (text.len > 1 and text[0] == '0')) return error.Unusual;
    var value: u32 = 0;
    for (text) |c| {
        if (!std.ascii.isDigit(c)) return error.Unusual;
        value = value * 10 + (c - '0');
    }
    if (value > most) return error.Unusual;
    return @intCast(value);
}

fn answer(pairs: []const u8, type_: u16) ?u16 {
    for (pairs, 0..) |known, place| {
        if (known == type_) return pairs[place ^ 1];
    }
    return null;
}

fn add(data: []u8, length: *usize, bytes: []const u8) void {
    @memcpy(data[length.*..][0..bytes.len], bytes);
    length.* += bytes.len;
}
