"""Importers: recorded arrivals turned into ``optkit/dispatch`` documents.

A format's module reads its columns into a
:class:`~optkit.dispatch.data.importers.trace.Trace`;
:mod:`~optkit.dispatch.data.importers.build` maps trace seconds to slots, deals the
arrivals out
to access points, and lets the rest of the instance be drawn as the generator does. The
document's provenance says what was read, left out and assumed.
"""
