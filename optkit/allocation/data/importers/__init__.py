"""Importers: real network files turned into ``optkit/allocation`` documents.

Files are read by :mod:`optkit.network.importers`, which returns a network. What it does not
state (computing power, often link speeds) is drawn here from a seed, and the document's
provenance says so.
"""
