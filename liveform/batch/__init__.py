"""Many rows in, as many URLs out, in the same memory for a hundred rows and for a million.

``build_urls`` is for programs: an iterator in, an iterator out. The command ``liveform batch`` puts
files around the same loop:

    tables.py    rows of CSV, JSON Lines and Parquet files, in and out
    urls.py      a row -> its URL, or what is wrong with it
    workers.py   the same in several processes, in order
    journal.py   how far a run has come, so that the next one goes on from there
    codes.py     a QR code for each row: files, and a sheet to print
    run.py       all of it, from one file to the other
"""

from liveform.batch.urls import Outcome, build_urls

__all__ = ["Outcome", "build_urls"]
