"""GDELT's archives: one zipped table each, read line by line in bounded memory, whatever it unpacks to. Pure.

An archive's directory is judged before it is read, for a hostile one could list millions of members. Of what
it declares nothing is believed: lines, size and checksum are watched while the table streams by.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO

from alerter.sources.formats.bodies import page_title

UNPACKED = 256 * 1024 * 1024
"""Bytes of a table; the largest are around a quarter of it."""
LINE_LENGTH = 1024 * 1024
LINES = 500_000
"""Rows of a table, which has a few thousand: empty ones pack so well that reading them would take minutes."""
_DIRECTORY = 4096
_END = struct.Struct("<4s4H2LH")
_END_MARK, _ZIP64_MARK = b"PK\x05\x06", b"PK\x06\x07"
_ZIP64_LOCATOR = 20
_BROKEN = "sent a broken archive"
_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error, OSError)


class BrokenArchive(ValueError):
    """Not an archive of one table; completes a sentence that starts with its host."""


@contextmanager
def unpacked(file: BinaryIO) -> Iterator[Iterator[bytes]]:
    """The lines of the one table in the archive, without their ends; too long a one is empty.

    Raises BrokenArchive, also while lines are taken.
    """
    _check_end(file)
    with _opened(file) as archive, _table(archive) as table:
        try:
            yield _lines(table)
        except _FAULTS as error:
            raise BrokenArchive(_BROKEN) from error


def _opened(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*_FAULTS, ValueError) as error:  # ValueError: a name that cannot be decoded
        raise BrokenArchive(_BROKEN) from error


def _table(archive: zipfile.ZipFile) -> IO[bytes]:
    member = _only(archive)
    try:
        return archive.open(member)
    except (*_FAULTS, ValueError) as error:
        raise BrokenArchive(_BROKEN) from error


def _check_end(file: BinaryIO) -> None:
    """Judges the archive by the record at its end."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(20_000)
    if not head.strip():
        raise BrokenArchive("gave an empty answer")
    title = page_title(head)
    if title is not None:
        raise BrokenArchive(f"answered with a web page{title} instead of an archive")
    file.seek(max(0, size - 0xFFFF - _END.size))
    tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        raise BrokenArchive(_BROKEN)
    _, _, _, _, members, directory, _, _ = _END.unpack_from(tail, at)
    is_zip64 = tail[max(0, at - _ZIP64_LOCATOR) : at].startswith(_ZIP64_MARK)
    if members != 1 or directory > _DIRECTORY or is_zip64:
        raise BrokenArchive("sent an archive that holds something else than one table")


def _only(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    (member,) = archive.infolist()
    if member.file_size > UNPACKED:
        raise BrokenArchive(f"sent an archive that unpacks to {member.file_size:,} bytes")
    if member.flag_bits & 1 or member.compress_type not in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}:
        raise BrokenArchive("sent an archive that cannot be opened")
    return member


def _lines(table: IO[bytes]) -> Iterator[bytes]:
    taken = 0
    while line := table.readline(LINE_LENGTH):
        taken += 1
        if taken > LINES:
            raise BrokenArchive(f"sent a table of more than {LINES:,} rows")
        if line.endswith(b"\n") or len(line) < LINE_LENGTH:
            yield line.rstrip(b"\r\n")
            continue
        while line and not line.endswith(b"\n"):
            line = table.readline(LINE_LENGTH)
        yield b""
