"""The REST API under /api/v1, with /healthz and /readyz beside it; its description is at /docs."""
