"""The laptop stack: a real OpenSearch node, emulated AWS APIs, and the demo on top of both."""
