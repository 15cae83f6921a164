NAME          discovery FREE
  C upper.opened[0,r0,n0]                           1
  C upper.opened[0,r1,n0]                           1
  C upper.opened[0,r2,n0]                           1
  C upper.connected[0,n1,n0]                        1
  C upper.connected[0,n0,n0]                        1
  C lower.agent[0,n1]                               0
  C lower.agent[0,n3]                               0
  C lower.agent[0,n0]                               0
  C lower.agent[0,n2]                               0
  C lower.agent[0,n4]                               0
ENDATA
