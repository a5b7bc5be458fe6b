"""What the loader adds to a document from outside the record: one module each."""
