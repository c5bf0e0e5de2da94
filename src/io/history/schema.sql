-- The tables. Comments stand inside the statements, so that `.schema` shows them. Read the views first: they are the promise.

CREATE TABLE source (
  -- One row a page we follow, with what was known of it after its last poll. The only table that changes at every poll.
  name            TEXT PRIMARY KEY,      -- as in the settings
  kind            TEXT NOT NULL,         -- bills, laws or activities
  url             TEXT NOT NULL,
  etag            TEXT,                  -- validators of the last good page, sent only where reader still matches
  last_modified   TEXT,
  reader          TEXT,                  -- fingerprint of the reader and rulebooks the validators were saved under
  body_sha256     TEXT,                  -- of the last good page
  rows            INTEGER NOT NULL,      -- counts of the last good page
  agreements      INTEGER NOT NULL,
  doubtful        INTEGER NOT NULL,
  last_good_at    TEXT,                  -- last poll that gave a valid page, or was told that it is unmodified
  last_full_at    TEXT,                  -- last valid page that was asked for without validators
  recent_rows     TEXT NOT NULL,         -- row counts of the last ten good pages, newest last: a JSON array
  failures        INTEGER NOT NULL,      -- failed polls in a row
  failing_since   TEXT,
  failure         TEXT,                  -- why the last one failed
  baseline_at     TEXT,                  -- when the silent first poll was recorded; null before
  robots          TEXT,                  -- the site's robots.txt as last fetched, and when
  robots_at       TEXT,
  next_try_at     TEXT,                  -- the daemon waits until then after a failure
  retry_after_until TEXT,                -- the server asked for patience until then
  told            TEXT NOT NULL,         -- what the operator was told of this episode: a JSON array of words
  quick_tries     INTEGER NOT NULL,      -- tries soon after the last failed poll; they count with it
  bad_certificate_since TEXT             -- since when a bad certificate has been the only thing that failed
) STRICT;

CREATE TABLE poll (
  -- One row a poll, whatever came of it: the proof that we looked.
  poll_id         INTEGER PRIMARY KEY,
  source          TEXT NOT NULL,
  kind            TEXT NOT NULL,         -- bills, laws, activities
  url             TEXT NOT NULL,
  started_at      TEXT NOT NULL,         -- UTC
  ended_at        TEXT NOT NULL,
  started_on      TEXT NOT NULL,         -- the Belgrade day
  observed_at     TEXT NOT NULL,         -- what time the pages speak of: now, or an archived page's capture time
  outcome         TEXT NOT NULL CHECK (outcome IN ('baseline', 'unmodified', 'recorded', 'degraded', 'held', 'failed')),
  http_status     INTEGER,
  rows            INTEGER NOT NULL,      -- read from the page
  agreements      INTEGER NOT NULL,
  doubtful        INTEGER NOT NULL,
  rejects         INTEGER NOT NULL,      -- rows that could not be read
  note            TEXT,                  -- why it failed, was held or degraded
  silent          INTEGER NOT NULL CHECK (silent IN (0, 1)),  -- a baseline or an import: nobody is written to about its changes
  seen_by         TEXT NOT NULL CHECK (seen_by IN ('live', 'import')),
  verified        INTEGER NOT NULL DEFAULT 1 CHECK (verified IN (0, 1))  -- 0: read although the site's certificate was not valid; no evidence
) STRICT;
CREATE INDEX poll_by_source ON poll (source, started_at);
CREATE INDEX poll_by_day ON poll (started_on);

CREATE TABLE snapshot (
  -- A page kept as evidence: which bytes, from where, in which file below evidence/.
  snapshot_id     INTEGER PRIMARY KEY,
  poll_id         INTEGER NOT NULL REFERENCES poll,
  url             TEXT NOT NULL,
  fetched_at      TEXT NOT NULL,
  sha256          TEXT NOT NULL,
  bytes           INTEGER NOT NULL,
  file            TEXT                   -- null where it could not be kept
) STRICT;
CREATE INDEX snapshot_by_poll ON snapshot (poll_id);
CREATE INDEX snapshot_by_hash ON snapshot (sha256);

CREATE TABLE reject (
  -- What stood on a page and could not be read.
  reject_id       INTEGER PRIMARY KEY,
  poll_id         INTEGER NOT NULL REFERENCES poll,
  text            TEXT NOT NULL,
  reason          TEXT NOT NULL
) STRICT;
CREATE INDEX reject_by_poll ON reject (poll_id);

CREATE TABLE hold (
  -- A page too implausible to believe at once. It waits for a person, or for its twelve hours.
  hold_id         INTEGER PRIMARY KEY,
  source          TEXT NOT NULL,
  poll_id         INTEGER REFERENCES poll,
  held_at         TEXT NOT NULL,
  reason          TEXT NOT NULL,
  url             TEXT NOT NULL,         -- the stored page: its address, hash, and file below evidence/
  sha256          TEXT NOT NULL,
  file            TEXT,
  ordered_at      TEXT,                  -- a person ordered its release beside a running daemon
  closed_at       TEXT,                  -- null while it is held
  closed_by       TEXT                   -- why it is no longer held, in words
) STRICT;
CREATE INDEX hold_open ON hold (source) WHERE closed_at IS NULL;

CREATE TABLE bill (
  -- Every bill ever seen, agreement or not, gone or not. Nothing is ever deleted here.
  bill_id         INTEGER PRIMARY KEY,
  act_number      TEXT,                  -- 404-18: serial and two-digit year of submission, unique within a legislature
  legislature     INTEGER NOT NULL,      -- the one of the day it was first seen
  title           TEXT NOT NULL,         -- the spelling shown; all spellings are in title
  title_latin     TEXT NOT NULL,         -- the same, in Latin script
  language        TEXT NOT NULL,         -- sr-Latn, sr-Cyrl, en
  stage           TEXT NOT NULL,         -- committee, listed, scheduled, adopted, delisted
  verdict         TEXT NOT NULL CHECK (verdict IN ('agreement', 'doubtful', 'other')),
  decided         INTEGER NOT NULL DEFAULT 0,  -- 1: the verdict is a person's, see decision
  instrument      TEXT,                  -- sporazum, ugovor, konvencija, ...
  evidence        TEXT NOT NULL,         -- the words of the title and the rule that decided
  profile         TEXT,                  -- JSON: what identifies it in any language
  languages       TEXT,                  -- JSON array: the originals' languages, from Article 1
  listed_on       TEXT,                  -- the date in its list row. What it means is not known: it ends no gap
  listed_text     TEXT,                  -- as printed
  submitter       TEXT,
  listed          INTEGER NOT NULL DEFAULT 0,  -- 1: has had its `listed` change
  possibly        INTEGER REFERENCES bill,     -- may be the same bill as that one; it could not be said surely
  same_as         INTEGER REFERENCES bill,     -- the first bill that confirms the same agreement, in an earlier legislature
  adopted_on      TEXT,                  -- the Belgrade day we first saw it adopted; null where that was our own first look
  delisted_at     TEXT,
  first_seen_at   TEXT NOT NULL,
  seen_by         TEXT NOT NULL CHECK (seen_by IN ('live', 'import')),
  first_poll_id   INTEGER NOT NULL REFERENCES poll,
  unverified      INTEGER NOT NULL DEFAULT 0 CHECK (unverified IN (0, 1))  -- 1: seen only in polls whose certificate was not valid
) STRICT;
CREATE INDEX bill_by_act_number ON bill (act_number);
CREATE INDEX bill_by_sight ON bill (first_seen_at) WHERE seen_by = 'live';

CREATE TABLE title (
  -- Every spelling, script and language a bill was met under.
  title_id        INTEGER PRIMARY KEY,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  title           TEXT NOT NULL,         -- as printed
  title_key       TEXT NOT NULL,         -- folded, for comparing
  language        TEXT NOT NULL,
  first_seen_at   TEXT NOT NULL,
  UNIQUE (bill_id, title)
) STRICT;

CREATE TABLE party (
  -- Who concludes the agreement, as its source prints it.
  bill_id         INTEGER NOT NULL REFERENCES bill,
  position        INTEGER NOT NULL,      -- from 1, in the order printed
  ours            INTEGER NOT NULL CHECK (ours IN (0, 1)),
  name            TEXT NOT NULL,
  country         TEXT,                  -- ISO 3166 alpha-2; null for organisations and where none is named
  level           TEXT NOT NULL,         -- state, government, ministry, agency, bank, organisation, parliament, other
  evidence        TEXT NOT NULL,         -- the title or sentence it was read from
  PRIMARY KEY (bill_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE signature (
  -- When and where it was signed, each statement with the sentence it came from. Machine-read.
  signature_id    INTEGER PRIMARY KEY,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  signed_on       TEXT,                  -- a day, or a bare year where only that is printed
  until_on        TEXT,                  -- last day of a range
  signed_at       TEXT,                  -- the place: nominative, Latin script
  verb            TEXT NOT NULL,         -- potpisan, sačinjen, zaključen, usvojen, donet: five legal acts
  sentence        TEXT NOT NULL,
  url             TEXT NOT NULL,         -- the page or document it stands in
  page            INTEGER,               -- of the document, from 1; null for a web page and for documents without pages
  seen_at         TEXT NOT NULL
) STRICT;
CREATE INDEX signature_by_bill ON signature (bill_id);

CREATE TABLE link (
  -- A document's address, as a row or an agenda item linked it.
  link_id         INTEGER PRIMARY KEY,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  url             TEXT NOT NULL,
  canonical       TEXT NOT NULL,         -- the same address in whatever host or spelling it comes
  label           TEXT NOT NULL,
  source          TEXT,                  -- the list whose row links it; null for an agenda's
  missing_since   TEXT,                  -- first good look without validators at the row that lacked it
  missing_polls   INTEGER NOT NULL DEFAULT 0,  -- how many such looks in a row
  first_seen_at   TEXT NOT NULL,
  gone_at         TEXT,                  -- when its absence from the row was proved
  UNIQUE (bill_id, canonical)
) STRICT;
CREATE INDEX link_missing ON link (source) WHERE missing_polls > 0;

CREATE TABLE errand (
  -- When a linked document is fetched next, and how the last try ended. With source the only table that changes without news.
  link_id         INTEGER PRIMARY KEY REFERENCES link,
  tried_at        TEXT NOT NULL,
  next_at         TEXT NOT NULL,
  tries           INTEGER NOT NULL,      -- failed tries in a row
  failing_since   TEXT,
  failure         TEXT                   -- why the last one failed
) STRICT;

CREATE TABLE document (
  -- One row a version of a linked document: other bytes are another version.
  document_id     INTEGER PRIMARY KEY,
  link_id         INTEGER NOT NULL REFERENCES link,
  state           TEXT NOT NULL CHECK (state IN ('text', 'scan', 'garbled', 'missing', 'unreadable', 'unread')),
  sha256          TEXT,                  -- null where missing
  bytes           INTEGER,
  fetched_at      TEXT NOT NULL,
  file            TEXT,                  -- below evidence/
  text            TEXT,                  -- pages parted by form feeds, words parted at a line's end whole again
  text_sha256     TEXT,
  read_by         TEXT,                  -- the program that read it; of a scan with a text: what recognised its letters
  note            TEXT,                  -- why there is no text, in words
  difference      TEXT                   -- JSON: what it says otherwise than the version before, clause by clause; null where that is not known
) STRICT;
CREATE INDEX document_by_link ON document (link_id);

CREATE TABLE presence (
  -- On which source's list a bill stands or stood.
  bill_id         INTEGER NOT NULL REFERENCES bill,
  source          TEXT NOT NULL,
  present         INTEGER NOT NULL CHECK (present IN (0, 1)),  -- stays 1 until its absence is proved
  missing_since   TEXT,                  -- first good look without validators that lacked it
  missing_polls   INTEGER NOT NULL,      -- how many such looks in a row
  first_seen_at   TEXT NOT NULL,
  first_seen_on   TEXT NOT NULL,         -- the Belgrade day
  looked_before_on TEXT,                 -- the Belgrade day of the last good look before, which lacked it
  first_poll_id   INTEGER NOT NULL REFERENCES poll,
  own_look        INTEGER NOT NULL CHECK (own_look IN (0, 1)),  -- 1: it stood there when we first looked, which proves no day
  PRIMARY KEY (bill_id, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX presence_missing ON presence (source) WHERE missing_polls > 0;
CREATE INDEX presence_by_sight ON presence (first_seen_at);

CREATE TABLE sitting (
  -- A sitting of the Assembly or of a committee, as one page tells of it.
  sitting_id      INTEGER PRIMARY KEY,
  content_id      INTEGER UNIQUE,        -- parliament's id of its page; null for an entry of the calendar
  committee       TEXT,                  -- the committee's name as printed; null for the Assembly itself
  title           TEXT NOT NULL,
  held_on         TEXT,                  -- the day in the page's heading: of the sitting, not of publication
  begins_at       TEXT,                  -- Belgrade time
  hall            TEXT,
  cancelled       INTEGER NOT NULL CHECK (cancelled IN (0, 1)),
  agenda_known    INTEGER NOT NULL CHECK (agenda_known IN (0, 1)),
  url             TEXT NOT NULL,
  language        TEXT NOT NULL,         -- of the page
  first_seen_at   TEXT NOT NULL,
  first_poll_id   INTEGER NOT NULL REFERENCES poll
) STRICT;
CREATE INDEX sitting_by_day ON sitting (held_on);

CREATE TABLE item (
  -- A bill on a sitting's agenda, or named in its prose.
  sitting_id      INTEGER NOT NULL REFERENCES sitting,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  position        INTEGER,               -- its place on the agenda, where the page has one
  title           TEXT NOT NULL,         -- as printed there
  sentence        TEXT NOT NULL,         -- the evidence
  url             TEXT NOT NULL,
  first_seen_at   TEXT NOT NULL,
  first_seen_on   TEXT NOT NULL,         -- the Belgrade day
  first_poll_id   INTEGER NOT NULL REFERENCES poll,
  last_poll_id    INTEGER NOT NULL REFERENCES poll,  -- the last one that told it anew
  gone_at         TEXT,                  -- when it left the agenda
  own_look        INTEGER NOT NULL CHECK (own_look IN (0, 1)),  -- 1: its page was there when we first looked
  PRIMARY KEY (sitting_id, bill_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_by_bill ON item (bill_id);

CREATE TABLE activity (
  -- A page of the parliament's doings that a list linked to: read, or still to be read.
  activity_id     INTEGER PRIMARY KEY,
  source          TEXT NOT NULL,
  canonical       TEXT NOT NULL,         -- the address in whatever host or spelling it comes
  url             TEXT NOT NULL,
  content_id      INTEGER,
  linked_at       TEXT NOT NULL,
  baseline        INTEGER NOT NULL CHECK (baseline IN (0, 1)),  -- linked already at the first poll: silent whenever it is read
  read_at         TEXT,                  -- null while it has not been read
  etag            TEXT,
  last_modified   TEXT,
  body_sha256     TEXT,
  held_on         TEXT,
  language        TEXT,
  tries           INTEGER NOT NULL DEFAULT 0,  -- failed readings in a row
  failure         TEXT,
  UNIQUE (source, canonical)
) STRICT;
CREATE INDEX activity_by_sight ON activity (linked_at);

CREATE TABLE merge (
  -- A mention or a row that was found to be a bill already known, and why.
  merge_id        INTEGER PRIMARY KEY,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  poll_id         INTEGER REFERENCES poll,
  merged_at       TEXT NOT NULL,
  note            TEXT NOT NULL
) STRICT;
CREATE INDEX merge_by_bill ON merge (bill_id);

CREATE TABLE decision (
  -- A person's verdict on a doubtful bill.
  decision_id     INTEGER PRIMARY KEY,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  verdict         TEXT NOT NULL CHECK (verdict IN ('agreement', 'other')),
  before          TEXT NOT NULL,
  reason          TEXT NOT NULL,
  decided_by      TEXT NOT NULL,
  decided_at      TEXT NOT NULL
) STRICT;
CREATE INDEX decision_by_bill ON decision (bill_id);

CREATE TABLE change (
  -- The log: append-only, numbered without a gap, each row sealed by the hash of the row before it and of itself.
  -- docs/history.md says how to compute the hashes again.
  change_id       INTEGER PRIMARY KEY,
  seen_at         TEXT NOT NULL,
  bill_id         INTEGER NOT NULL REFERENCES bill,
  act_number      TEXT,                  -- as known that day
  title           TEXT NOT NULL,         -- as shown that day
  title_latin     TEXT NOT NULL,         -- the same in Latin script; not part of the hash
  kind            TEXT NOT NULL CHECK (kind IN ('listed', 'recognised', 'provisional', 'scheduled', 'unscheduled', 'adopted', 'delisted',
                                                'relisted', 'amended', 'document_added', 'document_removed', 'document_replaced')),
  field           TEXT,                  -- for amended: what changed
  before          TEXT,
  after           TEXT,
  source          TEXT,                  -- null for a person's decision, which is no poll
  poll_id         INTEGER REFERENCES poll,
  silent          INTEGER NOT NULL CHECK (silent IN (0, 1)),  -- 1: from a baseline or an import; nobody was written to
  hash            TEXT NOT NULL
) STRICT;
CREATE INDEX change_by_bill ON change (bill_id);
CREATE INDEX change_by_time ON change (seen_at);
CREATE INDEX change_by_poll ON change (poll_id);
CREATE INDEX change_by_kind ON change (kind, bill_id);
CREATE INDEX change_told ON change (bill_id) WHERE silent = 0;
CREATE TRIGGER change_is_never_updated BEFORE UPDATE ON change
  BEGIN SELECT RAISE(ABORT, 'the log of changes is append-only'); END;
CREATE TRIGGER change_is_never_deleted BEFORE DELETE ON change
  BEGIN SELECT RAISE(ABORT, 'the log of changes is append-only'); END;
CREATE TRIGGER change_is_never_inserted_out_of_turn BEFORE INSERT ON change
  WHEN NEW.change_id IS NOT (SELECT coalesce(max(change_id), 0) + 1 FROM change)
  BEGIN SELECT RAISE(ABORT, 'the log of changes is append-only'); END;

CREATE VIRTUAL TABLE search USING fts5 (
  -- Full-text search: WHERE search MATCH 'sporazum*'. Every text is indexed in Cyrillic and in Latin, with marks, without, and with dj for đ.
  bill_id UNINDEXED, title, parties, text,
  tokenize = 'unicode61 remove_diacritics 2'
);
