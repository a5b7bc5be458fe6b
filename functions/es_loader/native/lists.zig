//! Lists of bad addresses and domains: finds the few texts that may be on one.
//!
//! Python knows the lists exactly, and is asked about those. IPv6 addresses are always Python's.

const std = @import("std");

const LONGEST = 254; // bytes of a domain, with a final dot
pub const FILTER_BITS = 1 << 23; // of a megabyte
const BASIS: u64 = 0xCBF2_9CE4_8422_2325;

pub const Lists = extern struct {
    ranges: ?[*]const [2]u32, // first and last IPv4 address of each, in order
    range_count: u64,
    filter: ?[*]u8, // Bloom filter of the domains; null: there are none

    pub fn hasAddress(self: *const Lists, address: u32) bool {
        const ranges = (self.ranges orelse return false)[0..self.range_count];
        var low: usize = 0;
        var high = ranges.len;
        while (low < high) {
            const middle = (low + high) / 2;
            if (ranges[middle][1] < address) low = middle + 1 else high = middle;
        }
        return low < ranges.len and ranges[low][0] <= address;
    }

    /// Whether a domain, or one above it that has a dot, may be listed.
    pub fn mayHave(self: *const Lists, text: []const u8) bool {
        const filter = self.filter orelse return false;
        if (text.len > LONGEST) return false;
        var at = if (std.mem.endsWith(u8, text, ".")) text.len - 1 else text.len;
        var hash = BASIS;
        var dots: usize = 0;
        var digits = true; // so far there are only digits
        while (at > 0) {
            at -= 1;
            const c = text[at];
            if (c == '.') {
                if (dots == 0 and digits) return false; // an address
                if (dots > 0 and has(filter, hash)) return true;
                dots += 1;
            } else if (!std.ascii.isDigit(c)) digits = false;
            hash = mixed(hash, std.ascii.toLower(c));
        }
        return dots > 0 and has(filter, hash);
    }

    /// Fills the filter; `domains` are in lower case, with a line feed after each.
    pub fn fill(self: *const Lists, domains: []const u8) void {
        const filter = self.filter orelse return;
        var names = std.mem.splitScalar(u8, domains, '\n');
        while (names.next()) |name| {
            var hash = BASIS;
            var at = name.len;
            while (at > 0) {
                at -= 1;
                hash = mixed(hash, name[at]);
            }
            for (bits(hash)) |bit| filter[bit / 8] |= @as(u8, 1) << @intCast(bit % 8);
        }
    }
};

fn has(filter: [*]const u8, hash: u64) bool {
    for (bits(hash)) |bit| {
        if (filter[bit / 8] >> @intCast(bit % 8) & 1 == 0) return false;
    }
    return true;
}

/// FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv
fn mixed(hash: u64, byte: u8) u64 {
    return (hash ^ byte) *% 0x100_0000_01B3;
}

fn bits(hash: u64) [2]usize {
    const spread = (hash ^ hash >> 32) *% 0x9E37_79B9_7F4A_7C15;
    return .{ @intCast(spread >> 41), @intCast(spread & (FILTER_BITS - 1)) };
}
