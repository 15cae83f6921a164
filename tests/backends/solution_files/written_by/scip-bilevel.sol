objective value:                                  -42
x                                                   2 	(obj:-1)
y                                                   4 	(obj:-10)
