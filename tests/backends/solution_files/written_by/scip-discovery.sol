objective value:                             3.479481
upper.connected[0,n0,n0]                            1 	(obj:0.2)
upper.connected[0,n1,n0]                            1 	(obj:0.586821)
upper.opened[0,r2,n0]                               1 	(obj:0.982393)
upper.opened[0,r1,n0]                               1 	(obj:1.021551)
upper.opened[0,r0,n0]                               1 	(obj:0.688716)
