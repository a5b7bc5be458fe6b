"""From an S3 object to OpenSearch documents."""
