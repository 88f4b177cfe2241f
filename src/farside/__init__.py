"""farside: declare a sample-return mission in one file, fly it with real physics, and keep the sample it brings home."""
