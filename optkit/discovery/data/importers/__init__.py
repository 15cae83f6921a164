"""Importers: recorded mobility turned into ``optkit/discovery`` documents.

:mod:`~optkit.discovery.data.importers.traces` reads positions and contacts of moving
nodes from the formats that such recordings come in;
:mod:`~optkit.discovery.data.importers.mobility` looks
at them window by window. Energies, accuracies and times are computed as the generator
does, and the document's provenance says what was assumed.
"""
