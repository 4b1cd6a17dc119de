"""What `make bench` measures: ratios within one run, medians of at least five, written to benchmarks/README.md."""
