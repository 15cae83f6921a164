NAME          moore-bard FREE
  C x                              2
  C y                              4
ENDATA
