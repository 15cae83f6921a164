"""What the checker recomputes, by formulas that no solver uses."""
