<?xml version = "1.0" encoding="UTF-8" standalone="yes"?>
<CPLEXSolution version="1.2">
 <header
   problemName="/tmp/tmp06vwqn41/model.mps"
   solutionName="incumbent"
   solutionIndex="-1"
   objectiveValue="-42"
   solutionTypeValue="3"
   solutionTypeString="primal"
   solutionStatusValue="101"
   solutionStatusString="integer optimal solution"
   solutionMethodString="mip"
   primalFeasible="1"
   dualFeasible="1"
   MIPNodes="0"
   MIPIterations="2"
   writeLevel="1"/>
 <quality
   epInt="1.0000000000000001e-05"
   epRHS="9.9999999999999995e-07"
   maxIntInfeas="0"
   maxPrimalInfeas="0"
   maxX="4"
   maxSlack="29"/>
 <linearConstraints>
  <constraint name="budget" index="0" slack="0"/>
  <constraint name="sum" index="1" slack="0"/>
  <constraint name="difference" index="2" slack="15"/>
  <constraint name="least" index="3" slack="-29"/>
 </linearConstraints>
 <variables>
  <variable name="x" index="0" value="2"/>
  <variable name="y" index="1" value="4"/>
 </variables>
</CPLEXSolution>
