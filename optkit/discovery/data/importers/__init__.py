"""Importers: recorded mobility turned into ``optkit/discovery`` documents.

:mod:`~optkit.discovery.data.importers.traces` reads positions and contacts of moving nodes
from the formats of such recordings; :mod:`~optkit.discovery.data.importers.mobility` takes
windows from them. Energies, accuracies and times are computed as in the generator, and the
document's provenance says what was assumed.
"""
