"""The door to a file: what it is, CSV or XLSX, is told from its bytes."""

from __future__ import annotations

from codecs import BOM_UTF8

from syncengine.imports.csvfile import CsvTable
from syncengine.imports.options import Options
from syncengine.imports.problems import ImportRefused
from syncengine.imports.table import Content, Source, Table, content

__all__ = ["Content", "Source", "Table", "content", "open_table"]


#: What people take for a table because it shows one, by how its bytes begin.
_SHOWN = {
    b"\x89PNG": "a picture", b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"%PDF": "a PDF",
    b"<html": "a web page", b"<!doc": "a web page", b"<tabl": "a web page", b"<?xml": "XML",
}  # fmt: skip


def open_table(source: Content, options: Options) -> Table:
    """`source` as a table: XLSX where the bytes say so, else CSV."""
    with source.open() as stream:
        start = stream.read(8).removeprefix(BOM_UTF8)
    if start.startswith(b"PK\x03\x04"):
        from syncengine.imports.xlsx import XlsxTable  # here: openpyxl costs a third of a second, and CSV does without

        return XlsxTable(source, options)
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise ImportRefused(
            f"{source.name} is an old (.xls) or encrypted workbook. Save it as .xlsx without a password, or as CSV."
        )
    for begins, what in _SHOWN.items():
        if start.lower().startswith(begins.lower()):
            raise ImportRefused(f"{source.name} is {what}, not a table. Export the table itself, as CSV or XLSX.")
    return CsvTable(source, options)
