"""The SQL of the outcomes of visits in a database."""

from webhelper.links.stores.outcomes import RecordedOutcomes


class Outcomes(RecordedOutcomes):
    """Outcomes in a database, which many write at once."""

    # The link is locked before its visits and outcomes are looked at: whoever had it before has committed.
    # The visit is locked too, for it may have been erased meanwhile; but who waited still sees it as it was.
    PLACE = """
    SELECT links.seq, project, max_uses, counts, outcome FROM links JOIN visits ON visits.link = links.seq
    WHERE links.id = %s AND visits.id = %s FOR NO KEY UPDATE OF links FOR KEY SHARE OF visits
    """
    VISIT = "SELECT is_final, browser FROM visits WHERE link = %s AND id = %s"
    # Of the visits between two ids; the ids of one link sort by time.
    OUTCOMES = """
    SELECT visit, number, result, submission_id, error_code, at, source FROM outcomes
    WHERE link = (SELECT seq FROM links WHERE id = %s) AND visit BETWEEN %s AND %s ORDER BY visit, number
    """
    KEEP = """
    INSERT INTO outcomes (link, visit, number, result, submission_id, error_code, at, source)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (link, visit, number) DO UPDATE SET result = excluded.result,
        submission_id = excluded.submission_id, error_code = excluded.error_code, at = excluded.at,
        source = excluded.source
    """
    DROP = "DELETE FROM outcomes WHERE link = %s AND visit = %s AND number = %s"
    SETTLE = "UPDATE visits SET is_final = %s WHERE link = %s AND id = %s"
    SHOW_OF_LINK = "UPDATE links SET outcome = %s WHERE seq = %s"
    COUNT_OF_LINK = "UPDATE links SET counts = %s WHERE seq = %s"
    KEEP_SUBMISSION = """
    INSERT INTO submissions (project, submission_id, link, visit)
    VALUES (%s, %s, (SELECT seq FROM links WHERE id = %s), %s)
    ON CONFLICT (project, submission_id) DO UPDATE SET link = excluded.link, visit = excluded.visit
    """
    SUBMISSIONS = """
    SELECT submission_id FROM submissions WHERE link = (SELECT seq FROM links WHERE id = %s) AND visit = %s
    """
