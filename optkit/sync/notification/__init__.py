"""Notification policies, a module each (Sec. III-B); see :mod:`optkit.sync.policy`."""
