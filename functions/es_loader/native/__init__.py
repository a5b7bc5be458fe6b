"""Makes documents of whole windows of records in a compiled library, where that can be done.

`program` writes what a log type maps as a list of operations, the library (in Zig) carries them
out, `engine` calls it. Whatever is unusual in a record is left to the function that `compile` made:
that one decides what a document is, the library only has to be the same, or to leave it.
"""
