"""The papers' tables and figures, computed again, and their claims judged one by one."""
