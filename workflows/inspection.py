"""The gate over bundles and files from outside. (Interim: in this process.)"""

from collections.abc import Mapping

from workflows import deployments, engine


def inspect(bundles: Mapping[str, Mapping[str, bytes]]) -> dict[str, list[engine.Finding]]:
    """The findings of each scheme's bundle."""
    return {scheme: deployments.check(bundle, scheme) for scheme, bundle in bundles.items()}


def inspect_file(path: str, content: bytes, *, expected_key: str) -> list[engine.Finding]:
    """What forbids keeping this file at all."""
    return []
