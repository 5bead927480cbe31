"""Small configurations for tests."""

from pathlib import Path


def written(folder: Path, **files: str) -> Path:
    """The folder, with a YAML file per keyword."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
