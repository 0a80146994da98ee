"""CSV in every encoding and with every sign; what cannot be read is told with its row."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from syncengine.imports import ImportRefused, Options
from syncengine.imports.files import content, open_table
from syncengine.imports.table import MOST_COLUMNS, Row, Table


def table(data: bytes | str, **options: str) -> Table:
    return open_table(content(data.encode() if isinstance(data, str) else data, "a.csv"), Options(**options))  # type: ignore[arg-type]


def rows(data: bytes | str, **options: str) -> list[Row]:
    return list(table(data, **options).rows())


TEXT = "code,name\n1,Größe\n2,México\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_each_unicode_encoding_is_found_without_a_word(encoding: str) -> None:
    found = table(TEXT.encode(encoding))
    assert found.columns == ["code", "name"]
    assert [row.cells[1] for row in found.rows()] == ["Größe", "México"]
    assert found.notes == []


def test_windows_1252_is_read_and_the_reader_is_told() -> None:
    found = table(TEXT.encode("cp1252"))
    assert [row.cells[1] for row in found.rows()] == ["Größe", "México"]
    assert "Windows-1252" in found.notes[0]


def test_an_encoding_that_is_named_is_used() -> None:
    assert rows("n\nÿ\n".encode("cp850"), encoding="cp850")[0].cells == ["ÿ"]
    with pytest.raises(ImportRefused, match="is not known"):
        table(TEXT, encoding="utf-42")
    with pytest.raises(ImportRefused, match="is not known"):
        table(TEXT, encoding="base64")


def test_a_stray_byte_in_a_utf8_file_does_not_turn_the_whole_file_into_windows_1252() -> None:
    found = table("code,name\n1,Größe\n".encode() + b"2,M\xe9xico\n")
    assert [row.cells[1] for row in found.rows()] == ["Größe", "M\udce9xico"]


def test_half_a_letter_at_the_end_of_utf16_is_told_with_its_row() -> None:
    with pytest.raises(ImportRefused, match="row 4"):
        rows(TEXT.encode("utf-16") + b"\x31")


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_each_delimiter_is_found_although_others_stand_in_texts(sign: str) -> None:
    text = f"code{sign}name{sign}note\n1{sign}Smith, Ann; wife{sign}x\n2{sign}b|c{sign}y\n"
    if sign in ",;|":
        text = text.replace("Smith, Ann; wife", '"Smith, Ann; wife"').replace("b|c", '"b|c"')
    found = table(text)
    assert found.columns == ["code", "name", "note"]
    assert [len(row.cells) for row in found.rows()] == [3, 3]


def test_a_delimiter_that_is_named_or_announced_is_used() -> None:
    assert table("a:b\n1:2\n", delimiter=":").columns == ["a", "b"]
    found = table("sep=;\na;b\n1;2\n")
    assert found.columns == ["a", "b"]
    assert [row.number for row in found.rows()] == [3]


def test_one_column_needs_no_delimiter() -> None:
    assert [row.cells for row in rows("name\nAnn Smith\n")] == [["Ann Smith"]]


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    found = rows('a,b\r\n1,"two\r\nlines"\r\n\r\n , \r\n3,"say ""so"""\r\n')
    assert [(row.number, row.cells) for row in found] == [(2, ["1", "two\r\nlines"]), (5, ["3", 'say "so"'])]


@pytest.mark.parametrize("text", ["1\n", "1,2,3,4\n", '1,"2"x,3\n'])
def test_a_ragged_row_is_told_and_the_next_is_read(text: str) -> None:
    bad, good = rows(f"a,b,c\n{text}7,8,9\n")
    assert (bad.number, bad.trouble is not None) == (2, True)
    assert (good.number, good.cells, good.trouble) == (3, ["7", "8", "9"], None)


def test_blank_cells_beyond_the_header_do_no_harm() -> None:
    assert rows("a,b,\n1,2,\n1,2,,\n")[1].cells == ["1", "2"]


def test_a_quotation_mark_that_is_never_closed_is_told() -> None:
    assert [row.trouble is not None for row in rows('a,b\n1,2\n3,"open\n4,5\n')] == [False, True]
    assert rows('a,b\n1,"' + "x" * 200_000 + "\n")[0].trouble is not None


@pytest.mark.parametrize("empty", ["", "\n", "\ufeff"])
def test_a_file_with_nothing_in_it_is_refused(empty: str) -> None:
    with pytest.raises(ImportRefused, match=r"empty|no header"):
        table(empty)


def test_a_header_alone_has_no_rows() -> None:
    assert rows("a,b\n") == []
    assert rows("a,b") == []


def test_column_names_are_trimmed_made_unique_and_told() -> None:
    found = table(" Name , Name,,x\n1,2,3,4\n")
    assert found.columns == ["Name", "Name (2)", "column 3", "x"]
    assert "place 2" in found.notes[0]


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(ImportRefused, match="more than"):
        table(",".join(f"c{n}" for n in range(MOST_COLUMNS + 1)))


def test_a_path_a_stream_and_bytes_are_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text(TEXT, "utf-8")
    with path.open("rb") as stream:
        sources = [content(path), content(str(path)), content(TEXT.encode(), "customers.csv"), content(stream)]
    for source in sources:
        assert source.name == "customers.csv"
        assert source.digest == sources[0].digest
        assert len(list(open_table(source, Options()).rows())) == 2
    assert content(io.BytesIO(b"a")).name == "the file"


def test_a_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match=r"none\.csv cannot be read"):
        content(tmp_path / "none.csv")


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.imports.table.MOST_BYTES", 4)
    with pytest.raises(ImportRefused, match="Split it"):
        content(b"12345")


def test_a_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncengine.imports.csvfile.MOST_ROWS", 3)
    with pytest.raises(ImportRefused, match="more than 3 rows"):
        rows("a\n1\n2\n3\n")


def test_an_old_workbook_is_refused_with_the_way_out() -> None:
    with pytest.raises(ImportRefused, match=r"Save it as \.xlsx"):
        table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)


@pytest.mark.parametrize(("begins", "what"), [(b"\x89PNG\r\n\x1a\n", "a picture"), (b"%PDF-1.7\nname,email\n", "a PDF")])
def test_what_only_shows_a_table_is_refused_by_its_kind(begins: bytes, what: str) -> None:
    with pytest.raises(ImportRefused, match=f"is {what}, not a table"):
        table(begins)


@pytest.mark.parametrize(
    "options",
    [
        {"date_order": "ydm"},
        {"decimal_sign": ";"},
        {"thousands_sign": "."},
        {"thousands_sign": "_"},
        {"delimiter": "::"},
        {"delimiter": '"'},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(ImportRefused):
        Options(**options)  # type: ignore[arg-type]
