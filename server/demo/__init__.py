"""Demonstration data: batch 2026-01 of domain.md 7 half-way through its life. All people and firms are fictitious."""

from server.demo.play import play

__all__ = ["play"]
