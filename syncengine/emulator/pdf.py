"""A small writer of PDF files: lines of text in one of the standard fonts, on as many Letter pages as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Points; a Letter page with margins of an inch.
WIDTH, HEIGHT, MARGIN = 612, 792, 72
#: Widths of Helvetica's characters from blank to tilde, in thousandths of the font's size (from the standard metrics).
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """One piece of text.

    Attributes:
        x, y: where it stands, in points from the lower left corner.
        text: what it says; characters beyond Windows-1252 become question marks.
        size: the font's size in points.
        right: whether `x` is where it ends instead of where it begins.
    """

    x: float
    y: float
    text: str
    size: float = 10
    right: bool = False


def width(text: str, size: float) -> float:
    """Points that a text takes in Helvetica; accented letters count as an average one."""
    return sum(_WIDTHS[ord(c) - 32] if 32 <= ord(c) < 127 else 556 for c in text) * size / 1000


def fitting(text: str, size: float, room: float) -> str:
    """As much of a text as there is room for, in points."""
    if width(text, size) <= room:
        return text
    while text and width(text + "...", size) > room:
        text = text[:-1]
    return text + "..."


def document(pages: Sequence[Sequence[Text]], title: str) -> bytes:
    """The PDF of these pages."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * place} 0 R" for place in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for place, page in enumerate(pages):
        stream = b"\n".join(_drawn(text) for text in page)
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}]"
        uses = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} {uses} /Contents {5 + 2 * place} 0 R >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
    objects.append(b"<< /Title %b >>" % _string(title))
    return _file(objects)


def _drawn(text: Text) -> bytes:
    x = text.x - width(text.text, text.size) if text.right else text.x
    return f"BT /F1 {text.size:g} Tf {x:.2f} {text.y:.2f} Td ".encode() + _string(text.text) + b" Tj ET"


def _string(text: str) -> bytes:
    """A string of the file: brackets and backslashes escaped, control characters as blanks."""
    plain = "".join(max(c, " ") for c in text).encode("cp1252", "replace")
    return b"(" + plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") + b")"


def _file(objects: Sequence[bytes]) -> bytes:
    """Header, objects, table of their places, trailer; the last object is the one that tells about the file."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, size - 1, start)
    return bytes(out)
