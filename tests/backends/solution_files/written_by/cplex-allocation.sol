<?xml version = "1.0" encoding="UTF-8" standalone="yes"?>
<CPLEXSolution version="1.2">
 <header
   problemName="/tmp/tmpdhk677lx/model.mps"
   solutionName="incumbent"
   solutionIndex="-1"
   objectiveValue="0.1844504071605742"
   solutionTypeValue="3"
   solutionTypeString="primal"
   solutionStatusValue="101"
   solutionStatusString="integer optimal solution"
   solutionMethodString="mip"
   primalFeasible="1"
   dualFeasible="1"
   MIPNodes="170"
   MIPIterations="814"
   writeLevel="1"/>
 <quality
   epInt="1.0000000000000001e-05"
   epRHS="9.9999999999999995e-07"
   maxIntInfeas="0"
   maxPrimalInfeas="1.7763568394002505e-15"
   maxX="6.3472341589657741"
   maxSlack="9.1098579792893286"/>
 <linearConstraints>
  <constraint name="whole_task" index="0" slack="1.7763568394002505e-15"/>
  <constraint name="flow_balance[_2_]" index="1" slack="-4.4408920985006262e-16"/>
  <constraint name="flow_balance[_3_]" index="2" slack="0"/>
  <constraint name="flow_balance[_4_]" index="3" slack="0"/>
  <constraint name="flow_balance[_1_]" index="4" slack="0"/>
  <constraint name="flow_balance[_5_]" index="5" slack="0"/>
  <constraint name="flow_balance[_6_]" index="6" slack="2.2204460492503131e-16"/>
  <constraint name="flow_balance[_7_]" index="7" slack="0"/>
  <constraint name="waiting[_2_,_1_]" index="8" slack="0"/>
  <constraint name="waiting[_1_,_2_]" index="9" slack="9.1098579792893286"/>
  <constraint name="waiting[_2_,_5_]" index="10" slack="0"/>
  <constraint name="waiting[_5_,_2_]" index="11" slack="8.5554114001796737"/>
  <constraint name="waiting[_2_,_6_]" index="12" slack="0"/>
  <constraint name="waiting[_6_,_2_]" index="13" slack="8.7981753182045122"/>
  <constraint name="waiting[_2_,_7_]" index="14" slack="0"/>
  <constraint name="waiting[_7_,_2_]" index="15" slack="8.943135906407937"/>
  <constraint name="waiting[_1_,_5_]" index="16" slack="9.1098579792893286"/>
  <constraint name="waiting[_5_,_1_]" index="17" slack="0"/>
  <constraint name="waiting[_1_,_6_]" index="18" slack="9.1098579792893286"/>
  <constraint name="waiting[_6_,_1_]" index="19" slack="0"/>
  <constraint name="waiting[_1_,_7_]" index="20" slack="9.1098579792893286"/>
  <constraint name="waiting[_7_,_1_]" index="21" slack="0"/>
  <constraint name="waiting[_5_,_6_]" index="22" slack="8.5554114001796737"/>
  <constraint name="waiting[_6_,_5_]" index="23" slack="0"/>
  <constraint name="waiting[_5_,_7_]" index="24" slack="8.5554114001796737"/>
  <constraint name="waiting[_7_,_5_]" index="25" slack="0"/>
  <constraint name="waiting[_6_,_7_]" index="26" slack="0"/>
  <constraint name="waiting[_7_,_6_]" index="27" slack="8.943135906407937"/>
  <constraint name="cost_of_server[_0_]" index="28" slack="-2.2334564753201391e-17"/>
  <constraint name="cost_of_server[_2_]" index="29" slack="2.7321894746634712e-17"/>
  <constraint name="cost_of_server[_3_]" index="30" slack="0"/>
  <constraint name="cost_of_server[_4_]" index="31" slack="2.7755575615628914e-17"/>
  <constraint name="cost_of_server[_1_]" index="32" slack="6.9388939039072284e-18"/>
  <constraint name="cost_of_server[_5_]" index="33" slack="-2.0816681711721685e-17"/>
  <constraint name="cost_of_server[_6_]" index="34" slack="-2.0816681711721685e-17"/>
  <constraint name="cost_of_server[_7_]" index="35" slack="1.3877787807814457e-17"/>
  <constraint name="no_cycle[_2_,_1_,_5_]" index="36" slack="-1"/>
  <constraint name="no_cycle[_2_,_1_,_6_]" index="37" slack="-1"/>
  <constraint name="no_cycle[_2_,_1_,_7_]" index="38" slack="-1"/>
  <constraint name="no_cycle[_2_,_5_,_6_]" index="39" slack="-1"/>
  <constraint name="no_cycle[_2_,_5_,_7_]" index="40" slack="-1"/>
  <constraint name="no_cycle[_2_,_6_,_7_]" index="41" slack="0"/>
  <constraint name="no_cycle[_1_,_5_,_6_]" index="42" slack="-1"/>
  <constraint name="no_cycle[_1_,_5_,_7_]" index="43" slack="-1"/>
  <constraint name="no_cycle[_1_,_6_,_7_]" index="44" slack="0"/>
  <constraint name="no_cycle[_5_,_6_,_7_]" index="45" slack="0"/>
 </linearConstraints>
 <variables>
  <variable name="largest_cost" index="0" value="0.1844504071605742"/>
  <variable name="load_gbit[_0_]" index="1" value="1.7902478162412043"/>
  <variable name="load_gbit[_2_]" index="2" value="1.7538147630472245"/>
  <variable name="load_gbit[_3_]" index="3" value="0.46683105322386642"/>
  <variable name="load_gbit[_4_]" index="4" value="1.395686971569154"/>
  <variable name="load_gbit[_1_]" index="5" value="0.89014202071067117"/>
  <variable name="load_gbit[_5_]" index="6" value="1.4445885998203267"/>
  <variable name="load_gbit[_6_]" index="7" value="1.2018246817954876"/>
  <variable name="load_gbit[_7_]" index="8" value="1.0568640935920635"/>
  <variable name="flow[_2_]" index="9" value="6.3472341589657741"/>
  <variable name="flow[_3_]" index="10" value="0.46683105322386642"/>
  <variable name="flow[_4_]" index="11" value="1.395686971569154"/>
  <variable name="flow[_1_]" index="12" value="0.89014202071067117"/>
  <variable name="flow[_5_]" index="13" value="1.4445885998203267"/>
  <variable name="flow[_6_]" index="14" value="2.2586887753875509"/>
  <variable name="flow[_7_]" index="15" value="1.0568640935920635"/>
  <variable name="before[_2_,_1_]" index="16" value="1"/>
  <variable name="before[_2_,_5_]" index="17" value="1"/>
  <variable name="before[_2_,_6_]" index="18" value="1"/>
  <variable name="before[_2_,_7_]" index="19" value="1"/>
  <variable name="before[_1_,_5_]" index="20" value="0"/>
  <variable name="before[_1_,_6_]" index="21" value="0"/>
  <variable name="before[_1_,_7_]" index="22" value="0"/>
  <variable name="before[_5_,_6_]" index="23" value="0"/>
  <variable name="before[_5_,_7_]" index="24" value="0"/>
  <variable name="before[_6_,_7_]" index="25" value="1"/>
  <variable name="held[_2_,_1_]" index="26" value="1.7538147630472245"/>
  <variable name="held[_1_,_2_]" index="27" value="0"/>
  <variable name="held[_2_,_5_]" index="28" value="1.7538147630472245"/>
  <variable name="held[_5_,_2_]" index="29" value="0"/>
  <variable name="held[_2_,_6_]" index="30" value="1.7538147630472245"/>
  <variable name="held[_6_,_2_]" index="31" value="0"/>
  <variable name="held[_2_,_7_]" index="32" value="1.7538147630472245"/>
  <variable name="held[_7_,_2_]" index="33" value="0"/>
  <variable name="held[_1_,_5_]" index="34" value="0"/>
  <variable name="held[_5_,_1_]" index="35" value="1.4445885998203267"/>
  <variable name="held[_1_,_6_]" index="36" value="0"/>
  <variable name="held[_6_,_1_]" index="37" value="1.2018246817954876"/>
  <variable name="held[_1_,_7_]" index="38" value="0"/>
  <variable name="held[_7_,_1_]" index="39" value="1.0568640935920635"/>
  <variable name="held[_5_,_6_]" index="40" value="0"/>
  <variable name="held[_6_,_5_]" index="41" value="1.2018246817954876"/>
  <variable name="held[_5_,_7_]" index="42" value="0"/>
  <variable name="held[_7_,_5_]" index="43" value="1.0568640935920635"/>
  <variable name="held[_6_,_7_]" index="44" value="1.2018246817954876"/>
  <variable name="held[_7_,_6_]" index="45" value="0"/>
 </variables>
</CPLEXSolution>
