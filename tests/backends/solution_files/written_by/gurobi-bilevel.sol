# Solution for model moore-bard
# Objective value = -42
x 2
y 4
