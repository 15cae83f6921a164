"""Reporting policies, a module each (Sec. III-A); see :mod:`optkit.sync.policies.base`."""
