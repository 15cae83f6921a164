"""Small valid files of every format, and the readers that take them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import optkit
from optkit.backends.solution_files.read import read_solution_file
from optkit.bench.suite import load_suite

Reader = Callable[[Path], object]


@dataclass(frozen=True)
class Seed:
    """A valid file and its reader.

    Parameters
    ----------
    name
        The reader, and the form of the file.
    file
        Name of the file to write; its ending may choose the reader.
    content
        Its bytes.
    read
        Reads the file at a path, or raises an error of optkit.
    beside
        Contents of files that have to stand beside it, by name.
    """

    name: str
    file: str
    content: bytes
    read: Reader
    beside: dict[str, bytes] = field(default_factory=dict)


GML = """graph [
  Network "Toy"
  directed 0
  node [ id 0 label "A" Country "X" Latitude 50.1 Longitude 8.2 ]
  node [ id 1 label "B" ]
  node [ id 2 label "C" ]
  edge [ source 0 target 1 LinkSpeed "10" LinkSpeedUnits "G" LinkSpeedRaw 1e10 ]
  edge [ source 1 target 2 LinkLabel "155 Mbps" ]
]
"""

GRAPHML = """<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="label" attr.type="string" for="node" id="d0" />
  <key attr.name="LinkSpeedRaw" attr.type="double" for="edge" id="d1" />
  <graph edgedefault="undirected">
    <node id="0"><data key="d0">A</data></node>
    <node id="1"><data key="d0">B</data></node>
    <node id="2"><data key="d0">C</data></node>
    <edge source="0" target="1"><data key="d1">1e10</data></edge>
    <edge source="1" target="2" />
  </graph>
</graphml>
"""

SNDLIB = """?SNDlib native format; type: network; version: 1.0
# network toy
NODES (
  A ( 8.2 50.1 )
  B ( 9.0 51.0 )
  C ( 10.0 52.0 )
)
LINKS (
  L1 ( A B ) 10.0 0.0 0.0 0.0 ( 40.0 1.0 )
  L2 ( B C ) 10.0 0.0 0.0 0.0 ( 40.0 1.0 )
)
DEMANDS (
  D1 ( A C ) 1 5.0 UNLIMITED
)
"""

SNDLIB_XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0">
 <networkStructure>
  <nodes coordinatesType="geographical">
   <node id="A"><coordinates><x>8.2</x><y>50.1</y></coordinates></node>
   <node id="B"><coordinates><x>9.0</x><y>51.0</y></coordinates></node>
  </nodes>
  <links>
   <link id="L1"><source>A</source><target>B</target>
    <preInstalledModule><capacity>10.0</capacity><cost>1</cost></preInstalledModule>
   </link>
  </links>
 </networkStructure>
</network>
"""

MPS = """NAME t
ROWS
 N obj
 L r1
 G r2
 E r3
COLUMNS
 M1 'MARKER' 'INTORG'
 x obj -1 r1 1
 x r2 2
 M2 'MARKER' 'INTEND'
 y obj -10 r1 1
 y r2 1 r3 1
RHS
 RHS r1 10 r2 1
 RHS r3 2
RANGES
 RNG r1 4
BOUNDS
 UP BND x 10
 LO BND y 0
 UP BND y 5
ENDATA
"""

FIXED_MPS = """NAME          TOY
ROWS
 N  COST
 L  ROW1
COLUMNS
    COL1      COST              1.0   ROW1             1.0
    COL2      COST              2.0   ROW1             3.0
RHS
    RHS       ROW1             4.0
BOUNDS
 UP BND       COL1              4.0
 UP BND       COL2              1.0
ENDATA
"""

AUX_NAMES = """@NUMVARS
1
@NUMCONSTRS
2
@VARSBEGIN
y 1.
@VARSEND
@CONSTRSBEGIN
r1
r2
@CONSTRSEND
@NAME
t
@MPS
m.mps
"""

AUX_INDEX = "N 1\nM 2\nLC 1\nLR 0\nLR 1\nLO 1\nOS 1\n"

KI = "3\n10 20 30\n1 2 3\n4 5 6\n7\n8\n"

GOOGLE = """0,,11,0,alice=,3,aa=,bb=
600000000,,21,0,bob=,1,aa=,bb=
640000000,,22,0,carol=,2,cc=,bb=
710000000,,22,4,carol=,2,cc=,bb=
"""
GOOGLE_TASKS = """600000000,,21,0,7,0,bob=,1,2,0.1,0.2,0.01,0
640000000,,22,1,8,0,carol=,2,9,0.1,0.2,0.01,1
"""
ALIBABA_2017 = """41561,41620,3,4,5,Terminated,50,0.015
41565,41640,4,5,5,Terminated,50,0.015
41590,41700,6,7,2,Running,,
"""
ALIBABA_2018 = """M1,1,j_1,1,Terminated,87076,87086,50.0,0.2
R2_1,2,j_1,1,Terminated,87090,87100,100.0,0.4
task_x,1,j_2,3,Failed,87120,,50.0,0.2
"""
AZURE_2023 = """TIMESTAMP,ContextTokens,GeneratedTokens
2023-11-16 18:15:46.6805900,374,44
2023-11-16 18:15:50.9951690,396,109
2023-11-16 18:15:52.1,879,55
"""
AZURE_2024 = """TIMESTAMP,ContextTokens,GeneratedTokens
2024-05-12 00:00:00.101000+00:00,1400,3
2024-05-12 00:00:01+00:00,862,38
2024-05-12 00:00:02.248000+00:00,617,104
"""
AZURE_2025 = """TIMESTAMP,NumImages,ContextTokens,GeneratedTokens
2025-01-12 00:00:00.101000Z,1,1400,3
2025-01-12 00:00:01Z,0,862,38
"""
MACHINE_USAGE = """m_1,0,10,92,,,43,33,5
m_1,300,50,92,,,43,33,5
m_1,600,40,92,,,43,33,5
m_2,0,5,92,,,43,33,5
m_2,600,8,92,,,43,33,5
"""
_BITBRAINS = [
    "Timestamp [ms]", "CPU cores", "CPU capacity provisioned [MHZ]",
    "CPU usage [MHZ]", "CPU usage [%]", "Memory capacity provisioned [KB]",
    "Memory usage [KB]", "Disk read throughput [KB/s]",
    "Disk write throughput [KB/s]", "Network received throughput [KB/s]",
    "Network transmitted throughput [KB/s]",
]  # fmt: skip
BITBRAINS = ";\t".join(_BITBRAINS) + "".join(
    f"\n{t};\t2;\t5e3;\t87.7;\t{load};\t8e6;\t1e6;\t0.1;\t0.2;\t0.3;\t0.4"
    for t, load in ((1376314846, 10.0), (1376315146, 20.5), (1376315446, 30.0))
)
PLANETLAB = "#12\n" + "".join(f"{load}\n" for load in range(10, 22))
NAB = """timestamp,value
2014-02-14 14:27:00,51.5
2014-02-14 14:32:00,44.5
2014-02-14 14:42:00,40.5
"""
WALKS = "node,t_s,x_m,y_m\n" + "".join(
    f"{name},{t},{10 * t / 30 + k},{k}\n"
    for k, name in enumerate("uvw")
    for t in range(0, 121, 30)
)
CONTACTS = (
    "0\tCONN\t1\t2\tup\n30\tCONN\t2\t3\tup\n"
    "50\tCONN\t1\t2\tdown\n90\tCONN\t2\t3\tdown\n"
)
NODE_TIMES = "".join(
    f"{node} {t} {10 + t / 6 + node} {t / 2}\n" for t in (0, 60, 120) for node in (0, 1)
)
TAXI = "".join(f"37.75{k} -122.39{k} {k % 2} {1213084687 + 60 * k}\n" for k in range(6))

HIGHS = """Model status
Optimal

# Primal solution values
Feasible
Objective 8
# Columns 2
x[a] 0
y 4
# Rows 1
r 4
"""
XPRESS = "NAME m FREE\n  C x[a]  0\n  C y  4\nENDATA\n"
SCIP = "solution status: optimal solution found\nobjective value: 8\ny 4 \t(obj:2)\n"
CPLEX = """<?xml version = "1.0" encoding="UTF-8"?>
<CPLEXSolution version="1.2">
 <header problemName="m" objectiveValue="8"/>
 <variables><variable name="y" index="1" value="4"/></variables>
</CPLEXSolution>
"""

SUITE = """schema = "optkit/suite"
schema_version = 1
name = "toy"

[limits]
time = "2s"

[[instances]]
generate = "allocation"
seeds = [1, 2]
options = { servers = 4 }

[[solvers]]
solver = "auto"

[[solvers]]
solver = "ga"
options = { population = 20 }
"""


def _importer(name: str, **options: Any) -> Reader:
    def read(path: Path) -> object:
        return optkit.import_instance(name, path, 1, **options)

    return read


def _series(name: str) -> Reader:
    return _importer(name, routers=1, devices=1, slots=2)


def _load_policy(path: Path) -> object:
    from optkit.sync.learning.checkpoint import load

    return load(path)


LINKS = """source,target,gbps,latency_s,directed
a,b,10,0.002,no
b,"c d",2.5,,no
"""

EDGES = """# two links
a b 10 0.002
b c {'gbps': 2.5}
"""

NETWORK = {
    "schema": "optkit/network",
    "schema_version": 1,
    "name": "n",
    "coordinates": "geographic",
    "nodes": [
        {"id": 1, "ghz": 2.0, "roles": ["server"], "position": [8.5, 47.4]},
        {"id": "b", "capacitance": 0.01, "tx_watt": 1.0},
    ],
    "links": [{"source": 1, "target": "b", "gbps": 10.0, "latency_s": 0.002}],
}


def _policies() -> list[Seed]:
    """Return the trained policies that the package ships."""
    import optkit.sync.learning

    folder = Path(optkit.sync.learning.__file__).parent / "checkpoints"
    return [
        Seed(f"policy {path.stem}", "p.npz", path.read_bytes(), _load_policy)
        for path in sorted(folder.glob("*.npz"))
    ]


def _documents() -> list[Seed]:
    """Return an instance and a solution file of every family."""
    from optkit.core.tools.solution_files import solution_document

    options: dict[str, dict[str, Any]] = {
        "allocation": {"servers": 4},
        "bilevel": {},
        "discovery": {"nodes": 4, "windows": 1},
        "dispatch": {"aps": 2, "servers": 2, "types": 1, "intervals": 2},
        "sync": {"routers": 2, "slots": 4},
    }
    solvers = {"dispatch": "selfish", "sync": "fixed-interval"}
    seeds = []
    for family, values in options.items():
        instance = optkit.generate(family, seed=1, **values)
        text = json.dumps(instance.document()).encode()
        seeds.append(Seed(f"instance {family}", "i.json", text, optkit.load))
        known = {info.name for info in optkit.solvers(family)}
        solver = solvers.get(family, "auto")
        result = optkit.solve(
            instance,
            solver if solver in known else "auto",
            limits=optkit.Limits(time=5),
        )
        text = json.dumps(solution_document(result).document()).encode()

        def read(path: Path, instance: optkit.Instance = instance) -> object:
            document = optkit.load_solution(path)
            return optkit.check_document(instance, document, str(path))

        seeds.append(Seed(f"solution {family}", "s.json", text, read))
    return seeds


def seeds() -> list[Seed]:
    """Return a valid file for every reader and every form that it reads."""
    mibs = partial(_importer, "mibs")
    texts: list[tuple[str, str, str, Reader]] = [
        ("gml", "n.gml", GML, _importer("topology-zoo")),
        ("graphml", "n.graphml", GRAPHML, _importer("topology-zoo")),
        ("network gml", "n.gml", GML, _network("gml")),
        ("network graphml", "n.graphml", GRAPHML, _network("graphml")),
        ("network sndlib", "n.txt", SNDLIB, _network("sndlib")),
        ("network csv", "l.csv", LINKS, _network("csv")),
        ("network edges", "e.txt", EDGES, _network("edge-list")),
        ("instance network", "n.json", json.dumps(NETWORK), optkit.load),
        ("sndlib native", "n.txt", SNDLIB, _importer("sndlib")),
        ("sndlib xml", "n.xml", SNDLIB_XML, _importer("sndlib")),
        ("ki", "k.ki", KI, optkit.load),
        ("google jobs", "job_events.csv", GOOGLE, _dispatch("google-trace")),
        ("google tasks", "task_events.csv", GOOGLE_TASKS, _dispatch("google-trace")),
        ("alibaba 2017", "batch_task.csv", ALIBABA_2017, _dispatch("alibaba")),
        ("alibaba 2018", "batch_task.csv", ALIBABA_2018, _dispatch("alibaba")),
        ("azure 2023", "a.csv", AZURE_2023, _dispatch("azure-llm")),
        ("azure 2024", "a.csv", AZURE_2024, _dispatch("azure-llm")),
        ("azure 2025", "a.csv", AZURE_2025, _dispatch("azure-llm")),
        ("alibaba usage", "machine_usage.csv", MACHINE_USAGE, _series("alibaba-usage")),
        ("bitbrains", "1.csv", BITBRAINS, _series("bitbrains")),
        ("planetlab", "vm_a", PLANETLAB, _series("planetlab")),
        ("nab", "n.csv", NAB, _series("nab")),
        ("walks", "w.csv", WALKS, _mobility()),
        ("contacts", "c.tsv", CONTACTS, _mobility()),
        ("node times", "n.dat", NODE_TIMES, _mobility()),
        ("taxi", "new_a.txt", TAXI, _mobility()),
        ("highs solution", "m.sol", HIGHS, read_solution_file),
        ("scip solution", "m.sol", SCIP, read_solution_file),
        ("xpress solution", "m.sol", XPRESS, read_solution_file),
        ("cplex solution", "m.sol", CPLEX, read_solution_file),
        (
            "cbc solution",
            "m.sol",
            "Optimal - objective value 8\n 1 y 4 2\n",
            read_solution_file,
        ),
        (
            "gurobi solution",
            "m.sol",
            "# Objective value = 8\nx 0\ny 4\n",
            read_solution_file,
        ),
        ("miplib solution", "m.sol", "=obj= 8\ny 4\n", read_solution_file),
        ("suite", "s.toml", SUITE, load_suite),
    ]
    made = [Seed(name, file, text.encode(), read) for name, file, text, read in texts]
    mps, aux = MPS.encode(), AUX_NAMES.encode()
    made += [
        Seed("mps", "m.mps", mps, optkit.load, {"m.aux": aux}),
        Seed(
            "fixed mps",
            "m.mps",
            FIXED_MPS.encode(),
            optkit.load,
            {"m.aux": b"N 1\nM 1\nLC 1\nLR 0\nLO 1\nOS 1\n"},
        ),
        Seed("aux names", "m.aux", aux, mibs(), {"m.mps": mps}),
        Seed("aux index", "m.aux", AUX_INDEX.encode(), mibs(), {"m.mps": mps}),
        *_policies(),
        *_documents(),
    ]
    return made


def _network(name: str) -> Reader:
    return partial(optkit.import_file, name, family="network")


def _dispatch(name: str) -> Reader:
    return _importer(name, interval_seconds=1, aps=2, servers=2)


def _mobility() -> Reader:
    return _importer("mobility", windows=2, every_s=30.0, nodes=2, candidates=1)
