"""The papers' tables and figures, computed again and judged claim by claim."""
