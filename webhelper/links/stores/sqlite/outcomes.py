"""The SQL of the outcomes of visits in a file."""

from webhelper.links.stores.outcomes import RecordedOutcomes


class Outcomes(RecordedOutcomes):
    """Outcomes in a file, which a writer has alone."""

    PLACE = """
    SELECT links.seq, project, max_uses, counts, outcome FROM links JOIN visits ON visits.link = links.seq
    WHERE links.id = ? AND visits.id = ?
    """
    VISIT = "SELECT is_final, browser FROM visits WHERE link = ? AND id = ?"
    # Of the visits between two ids; the ids of one link sort by time.
    OUTCOMES = """
    SELECT visit, number, result, submission_id, error_code, at, source FROM outcomes
    WHERE link = (SELECT seq FROM links WHERE id = ?) AND visit BETWEEN ? AND ? ORDER BY visit, number
    """
    KEEP = "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    DROP = "DELETE FROM outcomes WHERE link = ? AND visit = ? AND number = ?"
    SETTLE = "UPDATE visits SET is_final = ? WHERE link = ? AND id = ?"
    SHOW_OF_LINK = "UPDATE links SET outcome = ? WHERE seq = ?"
    COUNT_OF_LINK = "UPDATE links SET counts = ? WHERE seq = ?"
    KEEP_SUBMISSION = """
    INSERT OR REPLACE INTO submissions VALUES (?, ?, (SELECT seq FROM links WHERE id = ?), ?)
    """
    SUBMISSIONS = """
    SELECT submission_id FROM submissions WHERE link = (SELECT seq FROM links WHERE id = ?) AND visit = ?
    """
