//! The program of a log type: 32-bit words that `program.py` writes, and the texts they point to.

const std = @import("std");

pub const NONE: u32 = 0xFFFF_FFFF;
pub const MOST_SLOTS = 512;

pub const Head = extern struct {
    slots: u32, // number of values that are read
    root: u32, // JSON: place of the record; NONE: columns
    delimiter: u32,
    columns: u32, // where the slot of each column stands
    column_count: u32,
    ops: u32,
    op_count: u32,
    id: u32, // where the slots of the own id stand
    id_count: u32, // NONE: the id is of the whole content
    sections: u32, // of a record: the text as delivered, what was parsed of it, what was added
    keeps_original: u32, // 0: a record of which a value was refused goes the general way
    extra: u32, // place of what was added; NONE: nothing is
    views: u32, // where these stand: what is shown, the slot of which, the slot it goes to
    view_words: u32,
    none: u32, // where offset and length of the texts stand that are no value
    none_count: u32,
    named: u32, // 1: keys of JSON may have any spelling
};

/// What is read of a value, each NONE where it is not.
pub const Place = extern struct {
    slot: u32, // the value itself
    list: u32, // the value as an item of this list
    node: u32, // members of an object
    element: u32, // place of the elements of an array
    first: u32, // place of its first element
};

/// A key of an object; `length` is NONE in a free slot of the hash table.
pub const Key = extern struct {
    text: u32,
    length: u32,
    place: u32,
    number: u32,
};

pub const Op = extern struct {
    code: Code,
    text: u32, // what it writes first: a literal, or the member's name
    length: u32,
    kind: u32, // type of the member, tag of its table; of an object with sources, what follows its end
    default: u32, // where offset and length of these literals stand, NONE: no such literal
    other: u32,
    sources: u32, // where the slots stand; a list is LIST + its number
    count: u32,
};

pub const LIST: u32 = 1 << 16;

pub const Code = enum(u32) {
    literal,
    context,
    open,
    close,
    value,
    array,
    lookup,
    time,
    timeless,
    account,
    region,
    place,
    agent,
    flow,
    original,
    position,
    listed,
    sum,
    array_of_first,
    _,
};

pub const Program = struct {
    words: []const u32,
    texts: []const u8,
    head: *const Head,

    pub fn of(words: []const u32, texts: []const u8) Program {
        return .{ .words = words, .texts = texts, .head = @ptrCast(words.ptr) };
    }

    pub fn place(self: *const Program, at: u32) *const Place {
        return @ptrCast(self.words[at..][0..5]);
    }

    pub fn op(self: *const Program, number: usize) *const Op {
        return @ptrCast(self.words[self.head.ops + number * 8 ..][0..8]);
    }

    pub fn text(self: *const Program, start: u32, length: u32) []const u8 {
        return self.texts[start..][0..length];
    }

    /// Whether a text is one of those that stand for no value.
    pub fn isNone(self: *const Program, value: []const u8) bool {
        for (0..self.head.none_count) |number| {
            const at = self.head.none + 2 * number;
            if (std.mem.eql(u8, self.text(self.words[at], self.words[at + 1]), value)) return true;
        }
        return false;
    }

    /// The key of a node, a hash table of keys that is preceded by its size less 1.
    pub fn key(self: *const Program, node: u32, name: []const u8) ?*const Key {
        if (name.len == 0) return null;
        const mask = self.words[node];
        const first: u32 = name[0];
        const last: u32 = name[name.len - 1];
        var slot = (@as(u32, @truncate(name.len)) *% 5 +% first *% 7 +% last *% 31) & mask;
        while (true) : (slot = (slot + 1) & mask) {
            const found: *const Key = @ptrCast(self.words[node + 1 + slot * 4 ..][0..4]);
            if (found.length == NONE) return null;
            if (found.length == name.len and
                std.mem.eql(u8, self.text(found.text, found.length), name)) return found;
        }
    }
};
