-- The views: the promise to everyone who reads by hand. Columns are added, never taken away or renamed.

CREATE VIEW appearance AS
  -- Every day on which a bill can be shown on a page of parliament, and by what. The first of them ends the gap.
  -- own_look = 1: all we know is that it stood there when we first looked, which proves no day.
  -- at_most = 1: it may have stood somewhere earlier than we could see.
  SELECT i.bill_id,
         CASE WHEN s.held_on <= i.first_seen_on THEN s.held_on ELSE i.first_seen_on END AS shown_on,
         CASE WHEN p.seen_by = 'import' AND (s.held_on IS NULL OR s.held_on > i.first_seen_on) THEN 'import'
              WHEN s.committee IS NULL THEN 'agenda' ELSE 'committee' END AS kind,
         i.own_look = 1 AND (s.held_on IS NULL OR s.held_on > i.first_seen_on) AS own_look,
         NOT EXISTS (SELECT 1 FROM source w WHERE w.kind = 'bills' AND w.baseline_at IS NOT NULL
                     AND w.baseline_at < CASE WHEN s.held_on <= i.first_seen_on THEN s.held_on ELSE i.first_seen_on END) AS at_most,
         i.url AS url
    FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id JOIN poll p ON p.poll_id = i.first_poll_id
  UNION ALL
  SELECT r.bill_id, r.first_seen_on,
         CASE p.seen_by WHEN 'import' THEN 'import' ELSE 'list' END,
         r.own_look,
         p.seen_by = 'import' OR r.looked_before_on IS NULL OR r.looked_before_on < date(r.first_seen_on, '-1 day'),
         p.url
    FROM presence r JOIN poll p ON p.poll_id = r.first_poll_id;

CREATE VIEW contested AS
  -- Bills of whose signature two documents or pages print whole days, and no day that both print: which is right cannot be said.
  SELECT a.bill_id FROM signature a JOIN signature z ON z.bill_id = a.bill_id AND z.url > a.url
   WHERE length(a.signed_on) = 10 AND length(z.signed_on) = 10
     AND a.verb IN ('potpisan', 'sačinjen', 'zaključen') AND z.verb IN ('potpisan', 'sačinjen', 'zaključen')
     AND NOT EXISTS (SELECT 1 FROM signature s JOIN signature t ON t.bill_id = s.bill_id AND t.signed_on = s.signed_on
                      WHERE s.bill_id = a.bill_id AND s.url = a.url AND t.url = z.url AND length(s.signed_on) = 10);

CREATE VIEW gap AS
  -- Days from signature to first appearance, for bills that have a counterpart and a whole day of signature that no source contradicts.
  WITH signed AS (
    SELECT bill_id, min(signed_on) AS signed_on, max(coalesce(until_on, signed_on)) AS last_on
      FROM signature
     WHERE verb IN ('potpisan', 'sačinjen', 'zaključen') AND length(signed_on) = 10
     GROUP BY bill_id
  ), shown AS (
    -- The earliest appearance; on one day a proof goes before our own first look, and a sitting before a list.
    SELECT bill_id, shown_on, kind, own_look, at_most, url,
           row_number() OVER (PARTITION BY bill_id ORDER BY shown_on, own_look, kind IN ('list', 'import'), at_most) AS nth
      FROM appearance
  )
  SELECT g.bill_id, g.signed_on AS gap_from, s.shown_on AS gap_on, s.kind AS gap_to,
         CAST(julianday(s.shown_on) - julianday(g.signed_on) AS INTEGER) AS gap_days,
         s.at_most = 1 OR s.kind = 'import' OR g.last_on <> g.signed_on AS gap_at_most,
         s.url AS gap_url, p.sentence AS gap_sentence, p.url AS gap_sentence_url, p.page AS gap_sentence_page
    FROM signed g JOIN shown s ON s.bill_id = g.bill_id AND s.nth = 1
    -- The sentence that proves the beginning, as gap_url is the page that proves the end.
    JOIN signature p ON p.signature_id = (SELECT min(f.signature_id) FROM signature f
                                           WHERE f.bill_id = g.bill_id AND f.signed_on = g.signed_on
                                             AND f.verb IN ('potpisan', 'sačinjen', 'zaključen'))
   WHERE s.own_look = 0
     AND s.shown_on >= g.signed_on
     AND NOT EXISTS (SELECT 1 FROM contested c WHERE c.bill_id = g.bill_id)
     AND EXISTS (SELECT 1 FROM party c WHERE c.bill_id = g.bill_id AND c.ours = 0);

CREATE VIEW agreements AS
  -- One row a bill that confirms an international agreement, surely (doubtful = 0) or perhaps (doubtful = 1).
  -- A cell with many values is a JSON array; countries and languages always are.
  SELECT b.bill_id, b.act_number, b.legislature, b.title, b.title_latin, b.instrument,
         (SELECT CASE count(*) WHEN 1 THEN max(name) ELSE nullif(json_group_array(name), '[]') END
            FROM (SELECT name FROM party WHERE bill_id = b.bill_id AND ours = 1 ORDER BY position)) AS our_side,
         (SELECT CASE count(*) WHEN 1 THEN max(level) ELSE nullif(json_group_array(level), '[]') END
            FROM (SELECT level FROM party WHERE bill_id = b.bill_id AND ours = 1 GROUP BY level ORDER BY min(position))) AS our_level,
         (SELECT CASE count(*) WHEN 1 THEN max(name) ELSE nullif(json_group_array(name), '[]') END
            FROM (SELECT name FROM party WHERE bill_id = b.bill_id AND ours = 0 ORDER BY position)) AS counterpart,
         (SELECT json_group_array(country)
            FROM (SELECT country FROM party WHERE bill_id = b.bill_id AND ours = 0 AND country IS NOT NULL
                   GROUP BY country ORDER BY min(position))) AS countries,
         (SELECT CASE count(*) WHEN 1 THEN max(v) ELSE nullif(json_group_array(v), '[]') END
            FROM (SELECT signed_on AS v FROM signature WHERE bill_id = b.bill_id AND signed_on IS NOT NULL
                   GROUP BY v ORDER BY min(signature_id))) AS signed_on,
         (SELECT CASE count(*) WHEN 1 THEN max(v) ELSE nullif(json_group_array(v), '[]') END
            FROM (SELECT signed_at AS v FROM signature WHERE bill_id = b.bill_id AND signed_at IS NOT NULL
                   GROUP BY v ORDER BY min(signature_id))) AS signed_at,
         (SELECT CASE count(*) WHEN 1 THEN max(v) ELSE nullif(json_group_array(v), '[]') END
            FROM (SELECT verb AS v FROM signature WHERE bill_id = b.bill_id
                   GROUP BY v ORDER BY min(signature_id))) AS signed_verb,
         coalesce(b.languages, '[]') AS languages,
         b.listed_on, b.first_seen_at, b.seen_by,
         g.gap_days, g.gap_from, g.gap_to, g.gap_at_most,
         -- Two bills of one title whose signatures share no day confirm two agreements.
         CASE WHEN EXISTS (SELECT 1 FROM signature a JOIN signature z ON z.bill_id = b.same_as
                            WHERE a.bill_id = b.bill_id AND length(a.signed_on) = 10 AND length(z.signed_on) = 10)
               AND NOT EXISTS (SELECT 1 FROM signature a JOIN signature z ON z.bill_id = b.same_as AND z.signed_on = a.signed_on
                                WHERE a.bill_id = b.bill_id)
              THEN NULL ELSE b.same_as END AS same_as, b.stage,
         (SELECT max(s.held_on) FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id
           WHERE i.bill_id = b.bill_id AND i.gone_at IS NULL AND s.committee IS NULL AND s.cancelled = 0) AS sitting_on,
         b.adopted_on, b.delisted_at, b.submitter,
         d.url AS document_url,
         (SELECT v.sha256 FROM document v WHERE v.link_id = d.link_id ORDER BY v.document_id DESC LIMIT 1) AS document_sha256,
         coalesce((SELECT i.url FROM item i WHERE i.bill_id = b.bill_id AND i.first_poll_id = b.first_poll_id), p.url) AS source_url,
         b.verdict = 'doubtful' AS doubtful,
         b.evidence,
         b.language, g.gap_on, g.gap_url, b.possibly, b.decided, b.first_poll_id, b.unverified,
         g.gap_sentence, g.gap_sentence_url, g.gap_sentence_page,
         EXISTS (SELECT 1 FROM contested c WHERE c.bill_id = b.bill_id) AS signed_unclear
    FROM bill b
    JOIN poll p ON p.poll_id = b.first_poll_id
    LEFT JOIN gap g ON g.bill_id = b.bill_id
    LEFT JOIN link d ON d.link_id = (SELECT min(l.link_id) FROM link l WHERE l.bill_id = b.bill_id AND l.gone_at IS NULL)
   WHERE b.verdict IN ('agreement', 'doubtful');

CREATE VIEW parties AS
  -- One row a party of an agreement, as its source prints it; evidence is the title or sentence it was read from.
  SELECT c.bill_id, c.ours, c.name, c.country, c.level, c.evidence, c.position
    FROM party c JOIN bill b ON b.bill_id = c.bill_id
   WHERE b.verdict IN ('agreement', 'doubtful')
   ORDER BY c.bill_id, c.position;

CREATE VIEW bills AS
  -- Every bill seen, agreement or not.
  SELECT b.bill_id, b.act_number, b.legislature, b.title, b.title_latin, b.language, b.verdict, b.stage, b.listed_on, b.first_seen_at,
         b.seen_by, b.adopted_on, b.delisted_at, b.submitter, b.same_as, b.evidence,
         (SELECT json_group_array(t.title) FROM (SELECT title FROM title WHERE bill_id = b.bill_id ORDER BY title_id) t) AS titles,
         (SELECT json_group_array(r.source) FROM (SELECT source FROM presence WHERE bill_id = b.bill_id AND present = 1) r) AS stands_on,
         b.unverified
    FROM bill b;

CREATE VIEW changes AS
  -- The log of changes, oldest first, with the bill's number and title as they were known that day.
  SELECT c.change_id, c.seen_at, c.bill_id, c.act_number, c.title_latin, c.kind, c.field, c.before, c.after, c.source, c.poll_id, c.hash,
         c.title, c.silent, b.verdict
    FROM change c JOIN bill b ON b.bill_id = c.bill_id
   ORDER BY c.change_id;

CREATE VIEW sittings AS
  -- Sittings of the Assembly (body = 'assembly') and of committees (body = the name as printed).
  SELECT s.sitting_id, coalesce(s.committee, 'assembly') AS body, s.title, s.held_on, s.begins_at, s.hall, s.cancelled, s.agenda_known,
         (SELECT count(*) FROM item i WHERE i.sitting_id = s.sitting_id AND i.gone_at IS NULL) AS bills,
         (SELECT count(*) FROM item i JOIN bill b ON b.bill_id = i.bill_id
           WHERE i.sitting_id = s.sitting_id AND i.gone_at IS NULL AND b.verdict <> 'other') AS agreements,
         s.url, s.first_seen_at, s.language, s.content_id
    FROM sitting s;

CREATE VIEW agenda AS
  -- The bills on each sitting's agenda, or named in its prose, with the sentence that says so.
  SELECT i.sitting_id, i.bill_id, i.position, i.title, i.sentence, i.url, i.first_seen_at, i.gone_at,
         coalesce(s.committee, 'assembly') AS body, s.held_on, s.cancelled, b.act_number, b.title_latin, b.verdict
    FROM item i JOIN sitting s ON s.sitting_id = i.sitting_id JOIN bill b ON b.bill_id = i.bill_id;

CREATE VIEW documents AS
  -- Every version of every linked document. One that was never fetched has one row, with state = 'pending' and no hash.
  SELECT l.bill_id, l.url, v.sha256, v.bytes, v.fetched_at, v.file, v.text, coalesce(v.state, 'pending') AS state, l.label,
         l.first_seen_at, l.gone_at, v.text_sha256, v.document_id, l.link_id, b.act_number, b.title_latin, v.read_by, v.note
    FROM link l JOIN bill b ON b.bill_id = l.bill_id LEFT JOIN document v ON v.link_id = l.link_id;

CREATE VIEW polls AS
  -- Every time we looked, and what came of it.
  SELECT poll_id, source, started_at, ended_at, outcome, http_status, rows, rejects, note,
         kind, url, agreements, doubtful, started_on, observed_at, silent, seen_by, verified
    FROM poll;

CREATE VIEW polls_by_day AS
  -- For the proof of silence: a line a Belgrade day and source. A day on which we did not look has no line.
  SELECT started_on AS day, source, count(*) AS polls,
         sum(outcome IN ('baseline', 'unmodified', 'recorded', 'degraded')) AS good,
         sum(outcome = 'failed') AS failed, sum(outcome = 'held') AS held, sum(outcome = 'degraded') AS degraded,
         max(CASE WHEN outcome NOT IN ('failed', 'held') THEN ended_at END) AS last_good_at,
         max(rows) AS rows
    FROM poll WHERE seen_by = 'live'
   GROUP BY started_on, source;
