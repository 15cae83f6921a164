"""A fuzzer of all readers: small files of every format, altered by structure."""
