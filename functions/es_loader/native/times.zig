//! Times as OpenSearch takes them: which texts are one already, and seconds since 1970.
//!
//! The same as times.py for the usual forms; whatever else is a time goes to Python.

const std = @import("std");

pub const MINUTE = 16; // bytes of an ISO time down to its minute
const DAY = 10; // and to its day

/// The text before the zone of a time in UTC, on a day that exists, as ISO 8601 has it; a blank may
/// stand for the T, and before the zone. null: it may be a time, but not such a one.
///
/// zoneless   a time without zone is one in UTC
pub fn utc(text: []const u8, zoneless: bool, buffer: *[LONGEST]u8) ?[]const u8 {
    var body = text;
    for ([_][]const u8{ "Z", "+00:00", "+0000", "UTC", "GMT" }) |zone| {
        if (!std.mem.endsWith(u8, text, zone)) continue;
        body = text[0 .. text.len - zone.len];
        if (std.mem.endsWith(u8, body, " ")) body = body[0 .. body.len - 1];
        break;
    } else if (!zoneless) return null;
    if (!exists(body)) return null;
    if (body[DAY] == 'T') return body;
    @memcpy(buffer[0..body.len], body);
    buffer[DAY] = 'T';
    return buffer[0..body.len];
}

fn exists(text: []const u8) bool {
    if (text.len < 19 or text.len > 29) return false;
    if (text[DAY] != 'T' and text[DAY] != ' ') return false;
    for ("0000-00-00?00:00:00", text[0..19]) |form, c| {
        if (form != '?' and (if (form == '0') !std.ascii.isDigit(c) else form != c)) return false;
    }
    if (text.len > 19) {
        if (text[19] != '.' or text.len == 20) return false;
        for (text[20..]) |c| if (!std.ascii.isDigit(c)) return false;
    }
    const month = pair(text, 5);
    const day = pair(text, 8);
    const days = [12]u8{ 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (month < 1 or month > 12 or day < 1) return false;
    if (day > days[month - 1]) return false; // 29 February: Python knows
    return pair(text, 0) > 0 and pair(text, 11) < 24 and pair(text, 14) < 60 and pair(text, 17) < 60;
}

fn pair(text: []const u8, at: usize) u32 {
    return @as(u32, text[at] - '0') * 10 + (text[at + 1] - '0');
}

/// Formats of times, as learn.py numbers them; `local`: as `iso`, but without zone it is not in UTC.
pub const Layout = enum(u32) { other, iso, syslog, clf, ctime, local, _ };
pub const LONGEST = 32; // bytes of a time in such a layout

/// The seconds of `Nov 24 20:00:05`, `Nov 24 20:00:05.25 2026` or `24/Nov/2026:20:00:05 +0000`, and the
/// text without them, which stands for its minute. null: it is no such time.
pub fn ofMinute(layout: Layout, text: []const u8, buffer: *[LONGEST]u8) ?struct { minute: []const u8, second: []const u8 } {
    var time = text;
    if (layout == .clf) {
        if (time.len > 0 and time[0] == '[') time = time[1..];
        if (time.len > 0 and time[time.len - 1] == ']') time = time[0 .. time.len - 1];
    }
    // Where the seconds stand, and how much is behind them.
    const at: usize, const behind: usize = switch (layout) {
        .syslog => .{ 13, 0 },
        .clf => .{ 18, 6 },
        .ctime => .{ 13, 5 },
        else => return null,
    };
    if (time.len < at + 2 + behind or time.len > LONGEST or time[at - 1] != ':') return null;
    const end = time.len - behind;
    const second = time[at..end];
    if (second[0] < '0' or second[0] > '5' or !std.ascii.isDigit(second[1])) return null;
    if (second.len > 2) {
        if (layout != .ctime or second[2] != '.' or second.len < 4 or second.len > 12) return null;
        for (second[3..]) |c| if (!std.ascii.isDigit(c)) return null;
    }
    @memcpy(buffer[0..at], time[0..at]);
    @memcpy(buffer[at..][0..behind], time[end..]);
    return .{ .minute = buffer[0 .. at + behind], .second = second };
}

/// An ISO time without its Z.
const Iso = struct {
    text: [26]u8 = "0000-00-00T00:00:00.000000".*,
    length: usize = 23,

    pub fn of(self: *const Iso) []const u8 {
        return self.text[0..self.length];
    }
};

/// The time of ten digits, seconds since 1970, perhaps with three behind a dot, of thirteen,
/// milliseconds, or of sixteen, microseconds: those that Python's numbers can tell.
pub fn ofNumber(text: []const u8) ?Iso {
    if (text.len < 10 or text[0] == '0') return null;
    const decimal = text.len == 14 and text[10] == '.'; // seconds, with milliseconds
    if (!decimal and text.len != 10 and text.len != 13 and text.len != 16) return null;
    if ((decimal or text.len == 16) and text[0] > '3') return null;
    var value: u64 = 0;
    for (text, 0..) |c, at| {
        if (decimal and at == 10) continue;
        if (!std.ascii.isDigit(c)) return null;
        value = value * 10 + (c - '0');
    }
    const unit: u64 = if (text.len == 10) 1 else if (text.len == 16) 1_000_000 else 1000;
    return ofMicroseconds(value * (1_000_000 / unit));
}

/// The time of microseconds since 1970.
pub fn ofMicroseconds(value: u64) Iso {
    const rest: u32 = @intCast(value % 1_000_000);
    const seconds = value / 1_000_000;
    const second: u32 = @intCast(seconds % 86400);
    // http://howardhinnant.github.io/date_algorithms.html#civil_from_days, in the eras after 1970
    const shifted: u32 = @intCast(seconds / 86400 + 719468);
    const era = shifted / 146097;
    const of_era = shifted % 146097;
    const year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const of_year = of_era - (365 * year + year / 4 - year / 100);
    const month = (5 * of_year + 2) / 153;
    const day = of_year - (153 * month + 2) / 5 + 1;
    const civil = if (month < 10) month + 3 else month - 9;
    const full_year = year + era * 400 + @intFromBool(civil <= 2);
    var made = Iso{};
    const out = &made.text;
    put(out[0..4], full_year);
    put(out[5..7], civil);
    put(out[8..10], day);
    put(out[11..13], second / 3600);
    put(out[14..16], second / 60 % 60);
    put(out[17..19], second % 60);
    put(out[20..26], rest);
    if (rest % 1000 != 0) made.length = 26;
    return made;
}

fn put(out: []u8, value: u32) void {
    var rest = value;
    var at = out.len;
    while (at > 0) {
        at -= 1;
        out[at] = @intCast('0' + rest % 10);
        rest /= 10;
    }
}
