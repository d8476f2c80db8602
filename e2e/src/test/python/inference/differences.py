"""Where Farol's replica answers otherwise on purpose: docs/inference-server.md shows these reasons."""

REASONS = {}


def reason(scenario, label):
    for name, (_, where) in REASONS.items():
        if (scenario, label) in where:
            return name
    return None
