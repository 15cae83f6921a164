"""Importers: recorded load series turned into ``optkit/sync`` documents.

A format's module reads its columns into :class:`~optkit.sync.data.importers.series.Series`;
:mod:`~optkit.sync.data.importers.grid` chooses a window and interpolates linearly on
its slots;
:mod:`~optkit.sync.data.importers.build` gives every series to a device of a network that is
drawn as the generator draws it. The document's provenance says what was read, left out,
interpolated and assumed.
"""
