"""What `insync check` holds pages and outputs to, besides what the build itself does."""
