# Solution for model discovery
# Objective value = 3.479481
upper.opened[0,r0,n0] 1
upper.opened[0,r1,n0] 1
upper.opened[0,r2,n0] 1
upper.connected[0,n1,n0] 1
upper.connected[0,n0,n0] 1
lower.agent[0,n1] 0
lower.agent[0,n3] 0
lower.agent[0,n0] 0
lower.agent[0,n2] 0
lower.agent[0,n4] 0
