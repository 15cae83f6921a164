"""Importers: real network files turned into ``optkit/allocation`` documents.

Each importer is a module with one function ``read(source, options, seed)``:
:mod:`~optkit.allocation.data.importers.topology_zoo` (GML and GraphML of the Internet
Topology Zoo) and :mod:`~optkit.allocation.data.importers.sndlib` (native and XML files of
SNDlib). What a file does not state (computing power, often link speeds) is drawn from a
seed, and the document's provenance says so.
"""
