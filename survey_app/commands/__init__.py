"""The `minyi` command's groups, one module each; every module exposes `command`."""
