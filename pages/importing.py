"""Import: records from a CSV or XLSX file, looked at before anything is written."""

from syncengine.ui import frame, importing

session, _ = frame.begin(
    "Import",
    "Bring records in from a CSV or XLSX file. You see what it does before anything is written.",
    hint="upload a CSV file with the columns code, name and email. Nothing is written before you say so.",
)
importing.show(session)
