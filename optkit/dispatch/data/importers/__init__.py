"""Importers: recorded arrivals turned into ``optkit/dispatch`` documents.

The module of a format reads its columns into a
:class:`~optkit.dispatch.data.importers.trace.Trace`.
:mod:`~optkit.dispatch.data.importers.build` maps trace seconds to slots, assigns the
arrivals to access points, and draws the rest of the instance as the generator does. The
document's provenance says what was read, left out and assumed.
"""
