"""Statistics of a study's runs, computed with statistical libraries."""
