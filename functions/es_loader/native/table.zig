//! A bounded hash table, (tag, text) -> what Python made of the text, and the bytes that it needs.
//!
//! It never grows: a full one refuses, and Python then empties it. What a text means is Python's
//! business; here it is a number, up to three pieces of JSON, and an address as bytes.

const std = @import("std");

pub const REFUSED = 1; // the guard refused the text
pub const UNUSUAL = 2; // a record with this text goes the general way
pub const LISTED = 4; // an address that a list of bad ones has

pub const NONE: u32 = 0xFFFF_FFFF;
const PROBES = 16;

pub const Entry = extern struct {
    tag: u32,
    hash: u32,
    key: u32,
    key_len: u32,
    pieces: [3]u32,
    lengths: [3]u32,
    index: u32,
    flags: u16,
    address_len: u16,
    address: [16]u8,
};

/// What Python made of texts, and the value tables of the log types.
pub const Known = Table(1 << 16, 1 << 15, 6 << 20);
pub const Fixed = Table(1 << 13, 1 << 12, 1 << 18);

pub fn Table(comptime slots: u32, comptime most: u32, comptime room: u32) type {
    return extern struct {
        const Self = @This();

        seed: u64,
        count: u32,
        used: u32,
        heads: [slots]u32, // number of an entry + 1, 0 for none
        entries: [most]Entry,
        bytes: [room]u8,

        pub fn clear(self: *Self) void {
            self.count = 0;
            self.used = 0;
            @memset(&self.heads, 0);
        }

        pub fn find(self: *const Self, tag: u32, text: []const u8) ?*const Entry {
            const hash = hashed(self.seed, tag, text);
            for (0..PROBES) |step| {
                const head = self.heads[(hash +% @as(u32, @intCast(step))) & (slots - 1)];
                if (head == 0) return null;
                const entry = &self.entries[head - 1];
                if (entry.hash == hash and entry.tag == tag and
                    std.mem.eql(u8, self.bytes[entry.key..][0..entry.key_len], text)) return entry;
            }
            return null;
        }

        /// Where the bytes are now; null where they do not fit.
        pub fn keep(self: *Self, text: []const u8) ?u32 {
            if (text.len > room - self.used) return null;
            const start = self.used;
            @memcpy(self.bytes[start..][0..text.len], text);
            self.used += @intCast(text.len);
            return start;
        }

        /// null: there is no room.
        pub fn put(self: *Self, text: []const u8, entry: Entry) ?*const Entry {
            if (self.count == most) return null;
            const key = self.keep(text) orelse return null;
            const hash = hashed(self.seed, entry.tag, text);
            const number = self.count;
            self.count += 1;
            self.entries[number] = entry;
            self.entries[number].hash = hash;
            self.entries[number].key = key;
            self.entries[number].key_len = @intCast(text.len);
            var place = hash & (slots - 1);
            for (0..PROBES) |step| {
                const next = (hash +% @as(u32, @intCast(step))) & (slots - 1);
                if (self.heads[next] == 0) {
                    place = next;
                    break;
                }
            }
            self.heads[place] = number + 1; // where all are taken, the first is forgotten
            return &self.entries[number];
        }

        pub fn piece(self: *const Self, entry: *const Entry, number: usize) []const u8 {
            return self.bytes[entry.pieces[number]..][0..entry.lengths[number]];
        }
    };
}

/// The seed differs with each process: whoever writes logs cannot make texts that collide.
fn hashed(seed: u64, tag: u32, text: []const u8) u32 {
    var sum = mixed(seed ^ (@as(u64, tag) << 32 | @as(u64, @as(u32, @truncate(text.len)))));
    var at: usize = 0;
    while (at + 8 <= text.len) : (at += 8) {
        sum = mixed(sum ^ std.mem.readInt(u64, text[at..][0..8], .little));
    }
    var rest: u64 = 0;
    for (text[at..]) |byte| rest = rest << 8 | byte;
    sum = mixed(sum ^ rest);
    return @truncate(sum >> 32);
}

fn mixed(value: u64) u64 {
    const product = @as(u128, value ^ 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93;
    return @as(u64, @truncate(product)) ^ @as(u64, @truncate(product >> 64));
}
