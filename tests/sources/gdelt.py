"""GDELT's files as their publisher writes them, made for tests."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping

WIDTHS = {"gkg": 27, "export": 61}
ENDINGS = {"gkg": "gkg.csv", "export": "export.CSV"}


def row(kind: str, columns: Mapping[int, str]) -> bytes:
    """A row with these columns, the others empty."""
    return "\t".join(columns.get(place, "") for place in range(WIDTHS[kind])).encode()


def article(url: str, *, title: str = "", stamp: str = "20250609114500", **more: str) -> bytes:
    """A row of the graph. `more`: themes, places, people, organisations, domain, translation, extras."""
    extras = f"<PAGE_TITLE>{title}</PAGE_TITLE>" if title else ""
    return row(
        "gkg",
        {
            0: f"{stamp}-1",
            1: stamp,
            2: "1",
            3: more.get("domain", ""),
            4: url,
            7: more.get("themes", ""),
            9: more.get("places", ""),
            11: more.get("people", ""),
            13: more.get("organisations", ""),
            15: "-1.5,2,3.5",
            25: more.get("translation", ""),
            26: more.get("extras", "") + extras,
        },
    )


def event(url: str, code: str = "163", *, stamp: str = "20250609114500", **more: str) -> bytes:
    """A row of the events. `more`: actor1, country1, actor2, country2, place, place_code."""
    return row(
        "export",
        {
            6: more.get("actor1", "CHINA"),
            7: more.get("country1", "CHN"),
            16: more.get("actor2", "UNITED STATES"),
            17: more.get("country2", "USA"),
            26: code,
            52: more.get("place", "London, United Kingdom"),
            53: more.get("place_code", "UK"),
            59: stamp,
            60: url,
        },
    )


def zipped(rows: Iterable[bytes], name: str = "table.csv") -> bytes:
    """An archive of one table, the same for the same rows."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), b"".join(row + b"\n" for row in rows), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def file_name(kind: str, stamp: str, *, translated: bool = False) -> str:
    """What a file is called."""
    return f"{stamp}{'.translation' if translated else ''}.{ENDINGS[kind]}.zip"


def update(files: Mapping[str, bytes], *, host: str = "http://data.gdeltproject.org") -> bytes:
    """A list of files by their names, each with size and sum."""
    lines = (
        f"{len(body)} {hashlib.md5(body, usedforsecurity=False).hexdigest()} {host}/gdeltv2/{name}\n"
        for name, body in files.items()
    )
    return "".join(lines).encode()
