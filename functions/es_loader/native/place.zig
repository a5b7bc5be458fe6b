//! Place and network owner of an address, from MaxMind databases, as enrich/geoip.py tells them.
//!
//! What is not as expected, IPv6 addresses among it, is null or `error.Unusual`: Python looks.

const std = @import("std");
const emit = @import("emit.zig");
const lists = @import("lists.zig");
const mmdb = @import("mmdb.zig");
const table = @import("table.zig");
const Error = emit.Error;
const Writer = emit.Writer;
pub const Database = mmdb.Database;

const GEO = 14; // tags of what the databases say, by the place of a record in them; no type has them
const OWNER = 15;
const LONGEST = 2048; // bytes of JSON of a place

/// Enters an IPv4 address with its place and owner; null: Python has to do it.
pub fn learn(
    known: *table.Known,
    databases: *const [2]Database,
    listed: *const lists.Lists,
    tag: u32,
    text: []const u8,
) ?*const table.Entry {
    const address = parse(text) orelse return null;
    var entry = std.mem.zeroes(table.Entry);
    entry.tag = tag;
    std.mem.writeInt(u32, entry.address[0..4], address, .big);
    entry.address_len = 4;
    if (listed.hasAddress(address)) entry.flags = table.LISTED;
    const quoted = known.keep("\"") orelse return null;
    _ = known.keep(text) orelse return null;
    _ = known.keep("\"") orelse return null;
    entry.pieces[0] = quoted;
    entry.lengths[0] = @intCast(text.len + 2);
    for (databases, 1..) |*database, piece| {
        if (database.size == 0) continue;
        const at = (database.find(address) catch return null) orelse continue;
        const found = said(known, database, if (piece == 1) GEO else OWNER, at) catch return null;
        entry.pieces[piece] = found.pieces[0];
        entry.lengths[piece] = found.lengths[0];
    }
    return known.put(text, entry);
}

/// What a record of a database says, which many addresses share.
fn said(known: *table.Known, database: *const Database, tag: u32, at: usize) Error!*const table.Entry {
    const key = std.mem.asBytes(&@as(u64, at));
    if (known.find(tag, key)) |found| return found;
    var buffer: [LONGEST]u8 = undefined;
    var out = Writer{ .buffer = &buffer, .at = 0 };
    try if (tag == GEO) geo(database, at, &out) else owner(database, at, &out);
    var entry = std.mem.zeroes(table.Entry);
    entry.tag = tag;
    entry.pieces[0] = known.keep(buffer[0..out.at]) orelse return error.Full;
    entry.lengths[0] = @intCast(out.at);
    return known.put(key, entry) orelse error.Full;
}

fn geo(database: *const Database, at: usize, out: *Writer) Error!void {
    const country = try database.member(at, "country");
    const country_code = try database.text(try database.member(country, "iso_code"));
    var region: ?usize = null;
    if (try database.member(at, "subdivisions")) |list| {
        const found = try database.value(list);
        if (found.kind != mmdb.ARRAY) return error.Unusual;
        if (found.size > 0) region = found.at;
    }
    const region_code = try database.text(try database.member(region, "iso_code"));
    const continent = try database.member(at, "continent");
    try out.byte('{');
    try named(out, "\"city_name\":", try database.english(try database.member(at, "city")));
    try named(out, "\"continent_code\":", try database.text(try database.member(continent, "code")));
    try named(out, "\"country_iso_code\":", country_code);
    try named(out, "\"country_name\":", try database.english(country));
    if (region_code.len > 0) {
        var both: [64]u8 = undefined;
        var code = Writer{ .buffer = &both, .at = 0 };
        try code.raw(country_code);
        try code.byte('-');
        try code.raw(region_code);
        try named(out, "\"region_iso_code\":", both[0..code.at]);
    }
    try named(out, "\"region_name\":", try database.english(region));
    const location = try database.member(at, "location");
    const latitude = try database.member(location, "latitude");
    const longitude = try database.member(location, "longitude");
    if (latitude != null and longitude != null) {
        try out.raw("\"location\":{\"lat\":");
        try double(database, latitude.?, out);
        try out.raw(",\"lon\":");
        try double(database, longitude.?, out);
        try out.raw("},");
    }
    try out.close(1, 0);
    if (out.at > 0) out.at -= 1; // the comma
}

fn owner(database: *const Database, at: usize, out: *Writer) Error!void {
    const found = try database.value(try database.member(at, "autonomous_system_number") orelse return);
    if (found.kind != 5 and found.kind != 6) return error.Unusual; // integers without sign
    var number: u64 = 0;
    if (found.size > 4) return error.Unusual;
    for (try database.slice(found.at, found.size)) |byte| number = number << 8 | byte;
    try out.raw("{\"number\":");
    try out.number(number);
    const name = try database.text(try database.member(at, "autonomous_system_organization"));
    if (name.len > 0) {
        try out.raw(",\"organization\":{\"name\":");
        try out.quoted(name);
        try out.byte('}');
    }
    try out.byte('}');
}

fn named(out: *Writer, name: []const u8, text: []const u8) Error!void {
    if (text.len == 0) return;
    try out.raw(name);
    try out.quoted(text);
    try out.byte(',');
}

fn double(database: *const Database, at: usize, out: *Writer) Error!void {
    const found = try database.value(at);
    if (found.kind != mmdb.DOUBLE or found.size != 8) return error.Unusual;
    const bits = std.mem.readInt(u64, (try database.slice(found.at, 8))[0..8], .big);
    const number: f64 = @bitCast(bits);
    if (!(number >= -180 and number <= 180)) return error.Unusual;
    var digits: [64]u8 = undefined;
    try out.raw(std.fmt.bufPrint(&digits, "{d}", .{number}) catch return error.Unusual);
}

/// The number of an IPv4 address as inet_pton takes it; null: it is none.
fn parse(text: []const u8) ?u32 {
    if (text.len < 7 or text.len > 15) return null;
    var address: u32 = 0;
    var part: u32 = 0;
    var digits: u32 = 0;
    var dots: u32 = 0;
    for (text) |c| {
        if (c == '.') {
            if (digits == 0 or dots == 3) return null;
            address = address << 8 | part;
            dots += 1;
            part = 0;
            digits = 0;
        } else {
            if (!std.ascii.isDigit(c) or (digits > 0 and part == 0)) return null;
            part = part * 10 + (c - '0');
            digits += 1;
            if (part > 255) return null;
        }
    }
    return if (dots == 3 and digits > 0) address << 8 | part else null;
}
