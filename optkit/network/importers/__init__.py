"""Importers of networks: files of other formats turned into ``optkit/network`` documents.

Parsers make a :class:`~optkit.network.importers.graph.FileGraph` from a file; readers such
as :mod:`~optkit.network.importers.topology_zoo` make an
:class:`~optkit.network.importers.imported.ImportedNetwork` from it. Nothing is drawn or
assumed here: what a file does not state stays unknown.
"""
