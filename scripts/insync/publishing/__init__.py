"""What is published is held to the code: the `insync` command and its checks."""
