"""Writes the published JSON Schema anew: python tools/write_schema.py. A test compares it with the models."""

from __future__ import annotations

from pathlib import Path

from campaignflow.loading.schema import schema_text

PUBLISHED = Path(__file__).resolve().parent.parent / "src" / "campaignflow" / "schema" / "plan.schema.json"

if __name__ == "__main__":
    PUBLISHED.write_text(schema_text(), encoding="utf-8")
