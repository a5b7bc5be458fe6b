//! A call that writes records as JSON objects, for those whose own format the library reads.

const emit = @import("emit.zig");

/// What one call is about.
pub const JsonJob = extern struct {
    window: [*]const u8, // records with a NUL after each, and 64 bytes more
    window_size: u64,
    lengths: [*]const u32, // of each record
    count: u64,
    out: [*]u8, // an object for each, nothing where it is left to Python
    out_room: u64,
    ends: [*]u32, // of each object in `out`
    done: u64,

    /// Writes each record by `write(writer, start, end)`.
    pub fn each(
        job: *JsonJob,
        writer: anytype,
        comptime write: fn (@TypeOf(writer), u32, u32) emit.Error!void,
    ) void {
        job.done = 0;
        var start: u32 = 0;
        while (job.done < job.count) : (job.done += 1) {
            const end = start + job.lengths[job.done];
            const before = writer.out.at;
            write(writer, start, end) catch |problem| {
                if (problem == error.Full and before > 0) break;
                writer.out.at = before;
            };
            job.ends[job.done] = @intCast(writer.out.at);
            start = end + 1;
        }
    }
};
