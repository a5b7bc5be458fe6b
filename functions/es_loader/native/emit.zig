//! Writes JSON into a buffer of fixed size; what does not fit is `error.Full`.

const std = @import("std");

pub const Error = error{ Full, Unusual };

const WIDTH = 16;

pub const Writer = struct {
    buffer: []u8,
    at: usize,

    pub fn byte(self: *Writer, value: u8) Error!void {
        if (self.at >= self.buffer.len) return error.Full;
        self.buffer[self.at] = value;
        self.at += 1;
    }

    pub fn raw(self: *Writer, text: []const u8) Error!void {
        if (text.len > self.buffer.len - self.at) return error.Full;
        @memcpy(self.buffer[self.at..][0..text.len], text);
        self.at += text.len;
    }

    /// A text as a JSON string.
    pub fn quoted(self: *Writer, text: []const u8) Error!void {
        const room = self.buffer.len - self.at;
        const more = 2 * WIDTH + 2; // the quotes, and what a whole chunk writes too much
        // Six bytes stand for one at most: only where that is too much are they counted.
        if (text.len * 6 + more > room and text.len + escapes(text) + more > room) return error.Full;
        const out = self.buffer;
        var to = self.at;
        out[to] = '"';
        to += 1;
        var at: usize = 0;
        var block: usize = 0; // where a chunk begins; what is copied from it may reach behind it
        while (block + 2 * WIDTH <= text.len) : (block += WIDTH) {
            var mask = special(WIDTH, text[block..][0..WIDTH].*);
            while (mask != 0) : (mask &= mask - 1) {
                const next = block + @ctz(mask);
                out[to..][0..WIDTH].* = text[at..][0..WIDTH].*;
                to = escape(out, to + next - at, text[next]);
                at = next + 1;
            }
            out[to..][0..WIDTH].* = text[at..][0..WIDTH].*;
            to += block + WIDTH - at;
            at = block + WIDTH;
        }
        const rest = text[at..];
        if (isPlain(rest, out[to..])) {
            to += rest.len;
        } else for (rest) |c| {
            if (c == '"' or c == '\\' or c < 0x20) {
                to = escape(out, to, c);
            } else {
                out[to] = c;
                to += 1;
            }
        }
        out[to] = '"';
        self.at = to + 1;
    }

    pub fn number(self: *Writer, value: u64) Error!void {
        var digits: [20]u8 = undefined;
        var start: usize = digits.len;
        var rest = value;
        while (true) {
            start -= 1;
            digits[start] = @intCast('0' + rest % 10);
            rest /= 10;
            if (rest == 0) break;
        }
        try self.raw(digits[start..]);
    }

    /// Bytes as base64, without padding.
    pub fn base64(self: *Writer, bytes: []const u8, alphabet: *const [64]u8) Error!void {
        var held: u32 = 0;
        var bits: u5 = 0;
        for (bytes) |value| {
            held = held << 8 | value;
            bits += 8;
            while (bits >= 6) {
                bits -= 6;
                try self.byte(alphabet[held >> bits & 63]);
            }
            held &= 63;
        }
        if (bits > 0) try self.byte(alphabet[held << (6 - bits) & 63]);
    }

    /// Ends an object that began at `start` and whose members begin at `opened`; each member ends
    /// with a comma.
    pub fn close(self: *Writer, opened: usize, start: usize) Error!void {
        if (self.at == opened) {
            self.at = start; // nothing is in it
        } else {
            self.buffer[self.at - 1] = '}';
            try self.byte(',');
        }
    }
};

/// Copies a short text in which nothing is to be escaped; false where it is no such text.
fn isPlain(text: []const u8, out: []u8) bool {
    inline for (.{ WIDTH, 8, 4 }) |width| {
        if (text.len >= width) {
            if (text.len > 2 * width) return false;
            // Both halves, which may overlap.
            const first = text[0..width].*;
            const last = text[text.len - width ..][0..width].*;
            if (special(width, first) | special(width, last) != 0) return false;
            out[0..width].* = first;
            out[text.len - width ..][0..width].* = last;
            return true;
        }
    }
    for (text, out[0..text.len]) |c, *to| {
        if (c == '"' or c == '\\' or c < 0x20) return false;
        to.* = c;
    }
    return true;
}

/// Which bytes are to be escaped, a bit for each.
fn special(comptime width: comptime_int, chunk: @Vector(width, u8)) @Int(.unsigned, width) {
    const Bits = @Int(.unsigned, width);
    const quote: Bits = @bitCast(chunk == @as(@TypeOf(chunk), @splat('"')));
    const slash: Bits = @bitCast(chunk == @as(@TypeOf(chunk), @splat('\\')));
    const control: Bits = @bitCast(chunk < @as(@TypeOf(chunk), @splat(0x20)));
    return quote | slash | control;
}

fn escape(out: []u8, to: usize, c: u8) usize {
    out[to] = '\\';
    out[to + 1] = c;
    if (c >= 0x20) return to + 2;
    switch (c) {
        '\n' => out[to + 1] = 'n',
        '\r' => out[to + 1] = 'r',
        '\t' => out[to + 1] = 't',
        else => {
            const hex = "0123456789abcdef";
            out[to + 1 ..][0..6].* = .{ 'u', '0', '0', hex[c >> 4], hex[c & 15], 0 };
            return to + 6;
        },
    }
    return to + 2;
}

fn escapes(text: []const u8) usize {
    var more: usize = 0;
    for (text) |c| {
        if (c == '"' or c == '\\') more += 1 else if (c < 0x20) more += 5;
    }
    return more;
}
