<?xml version = "1.0" encoding="UTF-8" standalone="yes"?>
<CPLEXSolution version="1.2">
 <header
   problemName="/tmp/tmpq34f1zli/model.mps"
   solutionName="incumbent"
   solutionIndex="-1"
   objectiveValue="3.4794810000000003"
   solutionTypeValue="3"
   solutionTypeString="primal"
   solutionStatusValue="101"
   solutionStatusString="integer optimal solution"
   solutionMethodString="mip"
   primalFeasible="1"
   dualFeasible="1"
   MIPNodes="0"
   MIPIterations="0"
   writeLevel="1"/>
 <quality
   epInt="1.0000000000000001e-05"
   epRHS="9.9999999999999995e-07"
   maxIntInfeas="0"
   maxPrimalInfeas="0"
   maxX="1"
   maxSlack="2.6019930010000003"/>
 <linearConstraints>
  <constraint name="upper.some_agent[0,r0]" index="0" slack="0"/>
  <constraint name="upper.some_agent[0,r1]" index="1" slack="0"/>
  <constraint name="upper.some_agent[0,r2]" index="2" slack="0"/>
  <constraint name="upper.usable_agent[0,n1]" index="3" slack="0"/>
  <constraint name="upper.usable_agent[0,n0]" index="4" slack="0"/>
  <constraint name="upper.some_connection[0,r0]" index="5" slack="0"/>
  <constraint name="upper.some_connection[0,r1]" index="6" slack="0"/>
  <constraint name="upper.one_connection[0,n1]" index="7" slack="0"/>
  <constraint name="upper.one_connection[0,n0]" index="8" slack="0"/>
  <constraint name="upper.connects[0,n1,n0]" index="9" slack="0"/>
  <constraint name="upper.connects[0,n0,n0]" index="10" slack="0"/>
  <constraint name="upper.open_agents[0,n1,n0]" index="11" slack="0"/>
  <constraint name="upper.open_agents[0,n0,n0]" index="12" slack="0"/>
  <constraint name="lower.connection[0,n1]" index="13" slack="1"/>
  <constraint name="lower.connection[0,n3]" index="14" slack="0"/>
  <constraint name="lower.connection[0,n0]" index="15" slack="1"/>
  <constraint name="lower.connection[0,n2]" index="16" slack="0"/>
  <constraint name="lower.connection[0,n4]" index="17" slack="0"/>
  <constraint name="lower.agent_accuracy[0]" index="18" slack="-1.0000000000000001e-09"/>
  <constraint name="lower.self_accuracy[0]" index="19" slack="-2.6019930010000003"/>
 </linearConstraints>
 <variables>
  <variable name="upper.opened[0,r0,n0]" index="0" value="1"/>
  <variable name="upper.opened[0,r1,n0]" index="1" value="1"/>
  <variable name="upper.opened[0,r2,n0]" index="2" value="1"/>
  <variable name="upper.connected[0,n1,n0]" index="3" value="1"/>
  <variable name="upper.connected[0,n0,n0]" index="4" value="1"/>
  <variable name="lower.agent[0,n1]" index="5" value="0"/>
  <variable name="lower.agent[0,n3]" index="6" value="0"/>
  <variable name="lower.agent[0,n0]" index="7" value="0"/>
  <variable name="lower.agent[0,n2]" index="8" value="0"/>
  <variable name="lower.agent[0,n4]" index="9" value="0"/>
 </variables>
</CPLEXSolution>
