"""Importers: recorded load series turned into ``optkit/sync`` documents.

The module of a format reads its columns into
:class:`~optkit.sync.data.importers.grid.Series`. :mod:`~optkit.sync.data.importers.grid`
chooses a window and interpolates linearly on its slots;
:mod:`~optkit.sync.data.importers.build` assigns every series to a device of a random
network, made as by the generator. The provenance of the document says what was read, left
out, interpolated and assumed.
"""
